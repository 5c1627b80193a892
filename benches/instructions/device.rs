//! A browser whose device has a key, in software. It binds a session as
//! `guide::device_bound` describes.

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, HeaderName, SET_COOKIE};
use axum::http::{HeaderMap, Request};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use tower::ServiceExt;

const RESPONSE: HeaderName = HeaderName::from_static("secure-session-response");

/// Starts a session at `start`, registers a key, and returns the `Cookie` header of the browser
/// afterwards: the bound session, and the proof. `read` has to return the session.
///
/// # Panics
///
/// If the application does not bind its sessions.
pub(crate) async fn bind(app: &Router, start: &str, read: &str) -> String {
    let started = send(app, Request::get(start)).await;
    let register = &started["secure-session-registration"];
    let register = register.to_str().expect("ASCII");
    let (path, challenge) = (quoted(register, "path="), quoted(register, "challenge="));
    let jwt = registration_jwt(challenge);
    let registered = send(app, Request::post(path).header(RESPONSE, jwt)).await;
    let proof = pair(&registered, "-proof=");
    let unbound = format!("{}; {proof}", pair(&started, "session="));
    let bound = send(app, Request::get(read).header(COOKIE, unbound)).await;
    format!("{}; {proof}", pair(&bound, "session="))
}

async fn send(app: &Router, request: axum::http::request::Builder) -> HeaderMap {
    let request = request.body(Body::empty()).expect("a valid request");
    let Ok(response) = app.clone().oneshot(request).await;
    assert!(response.status().is_success(), "{:?}", response.status());
    response.into_parts().0.headers
}

/// `name=value` of the cookie that is set and whose name and `=` end in `end`.
fn pair(headers: &HeaderMap, end: &str) -> String {
    let mut set = headers.get_all(SET_COOKIE).iter();
    let pair = set.find_map(|header| {
        let pair = header.to_str().ok()?.split(';').next()?;
        let name = pair.split_inclusive('=').next()?;
        name.ends_with(end).then(|| pair.to_owned())
    });
    pair.expect("the cookie is set")
}

/// The text between the quotes after `name`.
fn quoted<'a>(header: &'a str, name: &str) -> &'a str {
    let (_, rest) = header.split_once(name).expect("the parameter is there");
    rest.split('"').nth(1).expect("its value is in quotes")
}

/// What a browser signs to register its key.
fn registration_jwt(challenge: &str) -> String {
    let key = SigningKey::from_slice(&[7; 32]).expect("32 bytes below the order of the curve");
    let point = key.verifying_key().to_sec1_point(false);
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    let (x, y) = (encode(x), encode(y));
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    let header = format!(r#"{{"alg":"ES256","typ":"dbsc+jwt","jwk":{jwk}}}"#);
    let claims = format!(r#"{{"jti":"{challenge}"}}"#);
    let text = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    );
    let signature: Signature = key.sign(text.as_bytes());
    format!("{text}.{}", encode(&signature.to_bytes()))
}
