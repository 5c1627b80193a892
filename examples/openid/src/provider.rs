//! The provider: what we ask it, and whether its answers are true. It knows no session.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Display;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
};
use openidconnect::reqwest::redirect::Policy;
use openidconnect::{
    AdditionalClaims, AuthorizationCode, CsrfToken, DiscoveryError, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdToken, JsonWebTokenType, LogoutRequest, Nonce,
    PkceCodeChallenge, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl,
    RequestTokenError, Scope, TokenResponse, reqwest,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::attempts::Attempt;
use crate::failure::Failure;
use crate::{Answer, Login, ResponseMode, Settings};

/// How long the provider's addresses and keys are kept. Providers show a new key well before they
/// sign with it.
const KEEP: Duration = Duration::from_secs(10 * 60);

/// How long the provider may take for each answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What a logout token has under `events`.
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An ID token or a logout token.
type Token =
    IdToken<Claims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// What tokens may have besides the claims that the crate knows.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// The session at the provider.
    sid: Option<String>,
    events: Option<HashMap<String, Value>>,
}

impl AdditionalClaims for Claims {}

/// Clones share the addresses and keys.
#[derive(Clone)]
pub(crate) struct Provider(Arc<Inner>);

struct Inner {
    settings: Settings,
    redirect: RedirectUrl,
    home: PostLogoutRedirectUrl,
    http: reqwest::Client,
    known: RwLock<Option<(Instant, Arc<ProviderMetadataWithLogout>)>>,
}

impl Provider {
    pub(crate) fn new(settings: Settings) -> Result<Self, Box<dyn Error>> {
        let http = reqwest::ClientBuilder::new()
            // An answer that redirects could send us to any address of our own network.
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self(Arc::new(Inner {
            redirect: RedirectUrl::new(format!("{}/callback", settings.origin))?,
            home: PostLogoutRedirectUrl::new(format!("{}/", settings.origin))?,
            settings,
            http,
            known: RwLock::default(),
        })))
    }

    /// Where a sign-in begins, and what its answer has to match.
    pub(crate) async fn begin(&self) -> Result<(String, Attempt), Failure> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client().await?;
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge);
        if self.0.settings.response_mode != ResponseMode::Query {
            request = request.add_extra_param("response_mode", "form_post");
        }
        let (url, state, nonce) = request.url();
        let attempt = Attempt {
            state,
            nonce,
            verifier,
        };
        Ok((url.into(), attempt))
    }

    /// Who has signed in, by the answer to this attempt.
    pub(crate) async fn finish(&self, attempt: Attempt, answer: Answer) -> Result<Login, Failure> {
        let issuer = &self.0.settings.issuer;
        if answer.iss.is_some_and(|iss| iss != issuer.as_str()) {
            return Err(Failure::OtherProvider);
        }
        match answer.error.as_deref() {
            Some("access_denied") => return Err(Failure::Declined),
            Some("temporarily_unavailable") => return Err(Failure::Unavailable),
            Some(error) => return Err(bad_answer(format!("error={error:?}"))),
            None => {}
        }
        let client = self.client().await?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(answer.code))
            .map_err(bad_answer)?
            .set_pkce_verifier(attempt.verifier)
            .request_async(&self.0.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(_) => Failure::Unavailable,
                RequestTokenError::ServerResponse(response)
                    if *response.error() == CoreErrorResponseType::InvalidGrant =>
                {
                    Failure::RefusedCode
                }
                error => bad_answer(error),
            })?;

        let token = tokens.id_token().ok_or_else(|| bad_answer("no ID token"))?;
        // Once more, for the claims that the crate does not know.
        let token: Token = token.to_string().parse().map_err(bad_answer)?;
        let claims = token
            .claims(&client.id_token_verifier(), &attempt.nonce)
            .map_err(bad_answer)?;
        let name = claims.name().and_then(|name| name.get(None));
        Ok(Login {
            user: claims.subject().to_string(),
            // It can have any length, and a cookie has 4096 bytes.
            name: name.map(|name| name.chars().take(100).collect()),
            sid: claims.additional_claims().sid.clone(),
        })
    }

    /// Where the user signs out at the provider, if it has such a page.
    pub(crate) async fn end(&self) -> Result<Option<String>, Failure> {
        let metadata = self.metadata().await?;
        let page = metadata.additional_metadata().end_session_endpoint.clone();
        Ok(page.map(|page| {
            LogoutRequest::from(page)
                // In place of the ID token, which would have to be kept until now.
                .set_client_id(self.0.settings.client_id.clone())
                .set_post_logout_redirect_uri(self.0.home.clone())
                .http_get_url()
                .into()
        }))
    }

    /// Whose sessions a logout token ends: the provider's session, if it names one, and the user.
    pub(crate) async fn logout_token(
        &self,
        token: &str,
    ) -> Result<(Option<String>, String), Failure> {
        let refused = |error: &dyn Error| {
            eprintln!("logout token: {error}");
            Failure::LogoutToken
        };
        // OpenID Connect lets a provider leave out `sub`, if there is a `sid`. This does not.
        let token: Token = token.parse().map_err(|error| refused(&error))?;
        let types = ["logout+jwt", "JWT"].map(|typ| JsonWebTokenType::new(typ.to_owned()));
        let types = types.iter().filter_map(|typ| typ.normalize().ok());
        let client = self.client().await?;
        let verifier = client.id_token_verifier().set_allowed_jose_types(types);
        // Only an ID token has a nonce.
        let no_nonce = |nonce: Option<&Nonce>| match nonce {
            None => Ok(()),
            Some(_) => Err("a logout token has no nonce".to_owned()),
        };
        let claims = token
            .claims(&verifier, no_nonce)
            .map_err(|error| refused(&error))?;
        let Claims { sid, events } = claims.additional_claims();
        match events {
            Some(events) if events.contains_key(LOGOUT_EVENT) => {
                Ok((sid.clone(), claims.subject().to_string()))
            }
            _ => Err(Failure::LogoutToken),
        }
    }

    async fn client(&self) -> Result<Client, Failure> {
        let metadata = ProviderMetadataWithLogout::clone(&*self.metadata().await?);
        let settings = &self.0.settings;
        let secret = Some(settings.client_secret.clone());
        Ok(
            CoreClient::from_provider_metadata(metadata, settings.client_id.clone(), secret)
                .set_redirect_uri(self.0.redirect.clone()),
        )
    }

    /// Asks on the first need, so that this program starts without the provider.
    async fn metadata(&self) -> Result<Arc<ProviderMetadataWithLogout>, Failure> {
        if let Some(metadata) = self.known() {
            return Ok(metadata);
        }
        let issuer = self.0.settings.issuer.clone();
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &self.0.http).await;
        let metadata = Arc::new(metadata.map_err(|error| match error {
            DiscoveryError::Request(_) => Failure::Unavailable,
            error => bad_answer(error),
        })?);
        let known = Some((Instant::now(), metadata.clone()));
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(metadata)
    }

    fn known(&self) -> Option<Arc<ProviderMetadataWithLogout>> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        let (since, metadata) = known.as_ref()?;
        (since.elapsed() < KEEP).then(|| metadata.clone())
    }
}

/// The page does not say why, but the log does.
fn bad_answer(reason: impl Display) -> Failure {
    eprintln!("provider: {reason}");
    Failure::BadAnswer
}
