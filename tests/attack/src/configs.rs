//! The configs, and what is sent to them.

use std::iter;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum_cookie_session::{Key, Session, SessionConfig, SessionConfigBuilder, Status};
use serde_json::{Map, Value, json};

use crate::format::FORMATS;

pub(crate) const NAME: &str = "session";

pub(crate) fn secret(byte: u8) -> [u8; 32] {
    [byte; 32]
}

pub(crate) fn key(byte: u8) -> Key {
    Key::new(secret(byte)).expect("32 bytes")
}

/// The clock stands still, so that tokens with the same contents are the same.
pub(crate) fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

pub(crate) fn built(builder: SessionConfigBuilder) -> SessionConfig {
    let builder = builder.cookie_name(NAME).clock(now);
    builder.build().expect("a config that browsers accept")
}

pub(crate) fn native() -> SessionConfig {
    FORMATS[0].config()
}

/// Letters in no order, so that formats that compress have little to gain.
pub(crate) fn noise(len: usize) -> String {
    let mut state = 1u32;
    let letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    iter::repeat_with(letter).take(len).collect()
}

/// So many bytes of JSON, or a little more.
pub(crate) fn contents(len: usize) -> Map<String, Value> {
    let fill = noise(len.saturating_sub(16));
    let Value::Object(contents) = json!({ "n": 1, "fill": fill }) else {
        unreachable!("it is written as an object");
    };
    contents
}

/// `name=value`, and the signature's cookie where there is one.
pub(crate) fn cookie(config: &SessionConfig, len: usize) -> String {
    config.encode(&contents(len)).expect("it fits")
}

/// The longest that fits into 4096 bytes, or nearly.
pub(crate) fn longest_cookie(config: &SessionConfig) -> String {
    // Flask and Django deflate, so more goes in.
    let mut lens = (1000..8000).rev().step_by(16);
    let cookie = lens.find_map(|len| config.encode(&contents(len)).ok());
    cookie.expect("a kilobyte fits")
}

pub(crate) fn headers(cookies: &[u8]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, HeaderValue::from_bytes(cookies).ok()?);
    Some(headers)
}

/// Whether the session is valid, and has the good contents.
pub(crate) fn is_valid(config: &SessionConfig, headers: &HeaderMap) -> bool {
    let session: Session = Session::from_headers(headers, config);
    let is_valid = session.status() == Status::Valid;
    assert_eq!(
        is_valid,
        session.get("n") == Some(1),
        "a session without its contents"
    );
    is_valid
}
