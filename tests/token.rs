//! Tokens of version 1 and 2, byte for byte.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum_cookie_session::{Data, SessionConfig, Status};
use common::{at, key, session};

#[test]
fn the_vector_of_the_specification_is_reproduced() {
    let config = SessionConfig::builder(key())
        .cookie_name("session")
        .clock(|| at(1_700_000_060))
        .build()
        .unwrap();
    let token = "session=1.eyJ2aXNpdHMiOjF9.ZVPxAGVT8Tw.u23t_5_4MO1TTAiK1piIzw";

    let session = session(token, &config);
    assert_eq!(session.status(), Status::Valid);
    assert_eq!(session.get("visits"), Some(1));
    assert_eq!(session.created_at(), at(1_700_000_000));
    assert_eq!(session.issued_at(), at(1_700_000_060));
    let _ = Data::default();
}
