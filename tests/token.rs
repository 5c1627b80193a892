//! The test vector of the specification, read and written.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum_cookie_session::{Session, SessionConfig, Status};
use common::{Clock, START, at, key, run, session};

const VECTOR: &str = "1.eyJ2aXNpdHMiOjF9.ZVPxAGVT8Tw.u23t_5_4MO1TTAiK1piIzw";

fn config(clock: &Clock) -> SessionConfig {
    SessionConfig::builder(key())
        .cookie_name("session")
        .clock(clock.read())
        .build()
        .unwrap()
}

#[test]
fn the_test_vector_of_the_specification_is_read() {
    let clock = Clock::new();
    clock.set(1_700_000_060);
    let session = session(&format!("session={VECTOR}"), &config(&clock));
    assert_eq!(session.status(), Status::Valid);
    assert_eq!(session.get("visits"), Some(1));
    assert_eq!(session.created_at(), at(1_700_000_000));
    assert_eq!(session.issued_at(), at(1_700_000_060));
}

#[tokio::test]
async fn the_test_vector_of_the_specification_is_written() {
    let clock = Clock::new();
    let config = config(&clock);
    let first = run(&config, "", async |mut session: Session| {
        session.insert("visits", 0);
        session
    })
    .await;
    assert_eq!(START, 1_700_000_000);
    clock.advance(60);
    let cookie = format!("session={}", first.set_cookie().value());
    let second = run(&config, &cookie, async |mut session: Session| {
        session.insert("visits", 1);
        session
    })
    .await;
    assert_eq!(second.set_cookie().value(), VECTOR);
}
