//! What a `SessionError` says about itself.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashMap;

use axum::response::{IntoResponseParts, ResponseParts};
use axum_cookie_session::{MemoryRevocation, Session, SessionConfig, SessionError, SessionMap};
use common::*;
use serde_json::json;

/// The answers of the four predicates.
fn kind(error: &SessionError) -> [bool; 4] {
    [
        error.is_too_large(),
        error.is_serialize(),
        error.is_deserialize(),
        error.is_revocation_unknown(),
    ]
}

const TOO_LARGE: [bool; 4] = [true, false, false, false];
const SERIALIZE: [bool; 4] = [false, true, false, false];
const DESERIALIZE: [bool; 4] = [false, false, true, false];
const REVOCATION_UNKNOWN: [bool; 4] = [false, false, false, true];

/// A session whose error is the body of the response.
struct Shown(Session);

impl IntoResponseParts for Shown {
    type Error = String;

    fn into_response_parts(self, parts: ResponseParts) -> Result<ResponseParts, String> {
        let parts = self.0.into_response_parts(parts);
        parts.map_err(|error| format!("{:?} {error:?}", kind(&error)))
    }
}

async fn error_of(config: &SessionConfig, cookie: &str, change: fn(&mut Session)) -> String {
    let handler = async move |mut session: Session| {
        change(&mut session);
        (Shown(session), "no error")
    };
    run(config, cookie, handler).await.body
}

#[test]
fn each_predicate_is_true_for_errors_of_its_own_kind_only() {
    let config = config();
    let mut data = SessionMap::default();
    data.insert("essay", "x".repeat(5000));
    assert_eq!(kind(&config.encode(&data).unwrap_err()), TOO_LARGE);
    data.insert("essay", HashMap::from([((0, 0), "a key that is not text")]));
    assert_eq!(kind(&config.encode(&data).unwrap_err()), SERIALIZE);
    assert_eq!(kind(&config.encode(&7).unwrap_err()), SERIALIZE);
    data.insert("essay", "short");
    assert_eq!(
        kind(&data.try_get::<u32>("essay").unwrap_err()),
        DESERIALIZE
    );
}

#[tokio::test]
async fn a_returned_session_gives_the_error_of_the_right_kind() {
    let plain = config();
    let too_large = error_of(&plain, "", |session| {
        session.insert("essay", "x".repeat(5000));
    });
    let too_large = too_large.await;
    assert!(
        too_large.starts_with(&format!("{TOO_LARGE:?}")),
        "{too_large}"
    );

    let serialize = error_of(&plain, "", |session| {
        session.insert("grid", HashMap::from([((0, 0), 1)]));
    });
    let serialize = serialize.await;
    assert!(
        serialize.starts_with(&format!("{SERIALIZE:?}")),
        "{serialize}"
    );

    // `from_headers` cannot ask the revocation.
    let closed = builder()
        .revocation(MemoryRevocation::new())
        .build()
        .unwrap();
    let mut session = session(&cookie(&closed, json!({"user": "ada"})), &closed);
    session.insert("theme", "dark");
    let response = axum::response::IntoResponse::into_response((Shown(session), "no error"));
    let unknown = Reply::of(response).await.body;
    let kind = format!("{REVOCATION_UNKNOWN:?}");
    assert!(unknown.starts_with(&kind), "{unknown}");
}

#[test]
fn debug_shows_the_kind_and_the_key_of_an_error_but_no_value() {
    let config = config();
    let mut data = SessionMap::default();
    data.insert("essay", "hunter2 ".repeat(1000));
    for (error, text) in [
        (config.encode(&data).unwrap_err(), "essay"),
        (config.encode(&7).unwrap_err(), "i32"),
        (data.try_get::<u32>("essay").unwrap_err(), "essay"),
    ] {
        let debug = format!("{error:?}");
        assert!(debug.contains(text), "{debug}");
        assert!(!debug.contains("hunter2"), "{debug}");
    }
}
