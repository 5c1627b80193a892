// A provider on this machine: every name and password is accepted. For trying out, and for tests.
import Provider from 'oidc-provider';

const { PROVIDER_PORT = '3001', ORIGIN = 'http://localhost:3000' } = process.env;

const provider = new Provider(`http://127.0.0.1:${PROVIDER_PORT}`, {
  clients: [{
    client_id: 'example',
    client_secret: 'a secret to try it out',
    redirect_uris: [`${ORIGIN}/callback`],
    post_logout_redirect_uris: [`${ORIGIN}/`],
    backchannel_logout_uri: `${ORIGIN}/back-channel-logout`,
    backchannel_logout_session_required: true,
  }],
  features: { backchannelLogout: { enabled: true } },
  cookies: { keys: ['a key to try it out'] },
  claims: { openid: ['sub'], profile: ['name'] },
  // The name comes in the ID token, as with most providers.
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} Lovelace` }) }),
  // By itself it sends a logout token to no loopback address.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
});
for (const event of ['server_error', 'authorization.error', 'grant.error', 'backchannel.error']) {
  provider.on(event, (_, error) => console.error(event, error.message));
}

provider.listen(PROVIDER_PORT, '127.0.0.1', () => {
  console.log(`the provider is ${provider.issuer}`);
});
