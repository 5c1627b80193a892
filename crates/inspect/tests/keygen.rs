//! `keygen`
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum_cookie_session::Key;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use common::{command, inspect, run};

#[test]
fn a_key_is_one_line_of_48_random_bytes_that_the_library_takes() {
    let line = inspect(["keygen"]).ok();
    let key = line.strip_suffix('\n').unwrap();
    assert_eq!(STANDARD.decode(key).unwrap().len(), 48);
    assert!(Key::new(key).is_ok());
    assert_ne!(inspect(["keygen"]).ok(), line);
}

#[test]
fn a_new_key_signs_and_verifies() {
    let key = inspect(["keygen"]).ok();
    let key = key.trim_end();
    let cookie = run(command().args(["encode", "{}"]).env("SESSION_KEY", key)).ok();
    let verified = run(command().args(["verify", &cookie]).env("SESSION_KEY", key)).ok();
    assert!(verified.starts_with("VALID: "));
    assert!(!verified.contains(key) && !cookie.contains(key));
}

#[test]
fn json_holds_only_the_key() {
    let json = inspect(["keygen", "--json"]).json();
    assert_eq!(json.as_object().unwrap().len(), 1);
    assert!(Key::new(json["key"].as_str().unwrap()).is_ok());
}
