//! Why what a ceremony has to remember is not in the cookie.
#![allow(clippy::unwrap_used, reason = "a test")]

use axum_cookie_session::{Key, SessionConfig, SessionMap};
use uuid::Uuid;
use webauthn_authenticator_rs::WebauthnAuthenticator;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;
use webauthn_rs::prelude::{Passkey, PasskeyAuthentication, Url, Webauthn, WebauthnBuilder};

fn origin() -> Url {
    Url::parse("https://example.com").unwrap()
}

fn webauthn() -> Webauthn {
    let origin = origin();
    let builder = WebauthnBuilder::new("example.com", &origin).unwrap();
    builder.build().unwrap()
}

fn register(webauthn: &Webauthn) -> (SoftPasskey, Passkey) {
    let mut device = SoftPasskey::new(true);
    let started = webauthn.start_passkey_registration(Uuid::new_v4(), "ada", "ada", None);
    let (options, state) = started.unwrap();
    let answer = device.do_registration(origin(), options).unwrap();
    let passkey = webauthn.finish_passkey_registration(&answer, &state);
    (device, passkey.unwrap())
}

#[test]
fn a_cookie_holds_the_state_of_five_passkeys_and_not_of_six() {
    let (webauthn, config) = (webauthn(), SessionConfig::new(Key::generate()));
    let passkeys: Vec<_> = (0..6).map(|_| register(&webauthn).1).collect();
    let fits = |passkeys: &[Passkey]| {
        let (_, state) = webauthn.start_passkey_authentication(passkeys).unwrap();
        let mut session = SessionMap::default();
        session.insert("state", state);
        config.encode(&session).is_ok()
    };
    assert!(fits(&passkeys[..5]));
    assert!(!fits(&passkeys));
}

#[test]
fn a_state_that_comes_back_from_a_cookie_accepts_an_answer_again_and_again() {
    let webauthn = webauthn();
    let (mut device, passkey) = register(&webauthn);
    let (options, state) = webauthn.start_passkey_authentication(&[passkey]).unwrap();
    let cookie = serde_json::to_string(&state).unwrap();
    let answer = device.do_authentication(origin(), options).unwrap();
    for _ in 0..3 {
        let state: PasskeyAuthentication = serde_json::from_str(&cookie).unwrap();
        let result = webauthn.finish_passkey_authentication(&answer, &state);
        assert!(result.is_ok());
    }
}
