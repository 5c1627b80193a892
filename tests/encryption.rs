//! Encrypted sessions: token version 3.

#![cfg(feature = "encryption")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashSet;

use axum::http::StatusCode;
use axum_cookie_session::{
    Algorithm, Key, Reason, Session, SessionConfig, SessionConfigBuilder, SessionMap, Status,
};
use common::{Browser, Clock, START, app, at, builder, key, other_key, run, session};
use serde_json::json;

const VECTOR: &str = "3.oKGio6SlpqeoqaqrrK2urxjTS20zIR9FuSOxmh9jYfk_Y8vTZpt3K0fPGcIlxNUm.ZVPxAGVT8Tw.i86iBX4nHIGJ6GVXstHLmg";

fn encrypted() -> SessionConfigBuilder {
    builder().algorithm(Algorithm::Aes256HmacSha256)
}

fn config() -> SessionConfig {
    encrypted().build().unwrap()
}

#[test]
fn the_test_vector_of_the_specification_is_read() {
    let config = encrypted().clock(|| at(START + 60)).build().unwrap();
    let session = session(&format!("session={VECTOR}"), &config);
    assert_eq!(session.status(), Status::Valid);
    assert_eq!(session.get("visits"), Some(1));
    assert_eq!(session.len(), 1);
    assert_eq!(session.created_at(), at(START));
    assert_eq!(session.issued_at(), at(START + 60));
}

#[test]
fn a_token_shows_neither_keys_nor_values_and_no_two_are_equal() {
    let config = config();
    let mut data = SessionMap::default();
    data.insert("user", "ada");
    let tokens: HashSet<_> = (0..100).map(|_| config.encode(&data).unwrap()).collect();
    assert_eq!(tokens.len(), 100);
    let payloads = tokens.iter().map(|token| token.split('.').nth(1).unwrap());
    // Where a random initialization vector begins the payload, no two begin the same.
    let beginnings: HashSet<_> = payloads.map(|payload| payload[..8].to_owned()).collect();
    assert_eq!(beginnings.len(), 100);
    for token in &tokens {
        let session = session(token, &config);
        assert_eq!(session.get("user"), Some("ada".to_owned()));
    }
}

#[test]
fn lengths_go_in_steps_of_32_bytes() {
    let config = config();
    for json_len in [8, 9, 31, 32, 33, 63, 64, 65, 495, 2807, 3008, 3009, 5000] {
        let mut session = session("", &config);
        session.insert("a", "x".repeat(json_len - 8));
        let steps = json_len.div_ceil(32);
        let payload = (4 * (16 + 32 * steps)).div_ceil(3);
        let expected = "session".len() + "3.".len() + payload + ".".len() + 11 + ".".len() + 22;
        assert_eq!(session.encoded_len().unwrap(), expected, "{json_len}");
        let cookie = config.encode(&*session);
        let written = cookie.map(|cookie| cookie.len() - "=".len());
        if expected <= SessionConfig::MAX_COOKIE_LEN {
            assert_eq!(written.unwrap(), expected, "{json_len}");
        } else {
            assert!(written.unwrap_err().is_too_large(), "{json_len}");
        }
        session.discard();
    }
}

#[tokio::test]
async fn exactly_3008_bytes_fit_with_the_name_host_session() {
    let config = SessionConfig::builder(key())
        .algorithm(Algorithm::Aes256HmacSha256)
        .build()
        .unwrap();
    for (json_len, status) in [
        (3008, StatusCode::OK),
        (3009, StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let handler = async move |mut session: Session| {
            session.insert("a", "x".repeat(json_len - 8));
            (session, "body")
        };
        let reply = run(&config, "", handler).await;
        assert_eq!(reply.status, status);
        assert_eq!(reply.set_cookies().len(), usize::from(json_len == 3008));
        if json_len == 3008 {
            let cookie = reply.set_cookie();
            let session = session(&format!("{}={}", cookie.name(), cookie.value()), &config);
            assert_eq!(session.get("a"), Some("x".repeat(3000)));
        }
    }
}

#[test]
fn whichever_key_verified_a_token_decrypts_it() {
    let third = Key::new([3; 32]).unwrap();
    let mut data = SessionMap::default();
    data.insert("user", "ada");
    for old in [key(), other_key(), third.clone()] {
        let writer = SessionConfig::builder(old)
            .cookie_name("session")
            .algorithm(Algorithm::Aes256HmacSha256)
            .clock(|| at(START))
            .build()
            .unwrap();
        let cookie = writer.encode(&data).unwrap();
        let reader = encrypted()
            .fallback_key(other_key())
            .fallback_key(third.clone())
            .build()
            .unwrap();
        let session = session(&cookie, &reader);
        assert_eq!(session.status(), Status::Valid);
        assert_eq!(session.get("user"), Some("ada".to_owned()));
    }
}

#[tokio::test]
async fn a_session_of_a_fallback_key_is_encrypted_again_with_the_signing_key() {
    let old = SessionConfig::builder(other_key())
        .cookie_name("session")
        .algorithm(Algorithm::Aes256HmacSha256)
        .clock(|| at(START))
        .build()
        .unwrap();
    let cookie = old.encode(&json!({"user": "ada"})).unwrap();
    let both = encrypted().fallback_key(other_key()).build().unwrap();
    let reply = run(&both, &cookie, async |session: Session| session).await;
    let moved = format!("session={}", reply.set_cookie().value());
    assert_eq!(
        session(&moved, &config()).get("user"),
        Some("ada".to_owned())
    );
    let reason = session(&moved, &old).status();
    assert_eq!(reason, Status::Rejected(Reason::BadSignature));
}

#[tokio::test]
async fn a_refresh_has_another_initialization_vector_and_the_same_session() {
    let clock = Clock::new();
    let config = encrypted().clock(clock.read()).build().unwrap();
    let mut browser = Browser::new(app(&config, async |mut session: Session| {
        if session.is_empty() {
            session.insert("user", "ada");
        }
        session
    }));
    browser.get("/").await;
    let first = browser.jar["session"].clone();
    clock.advance(2 * 24 * 60 * 60);
    browser.get("/").await;
    let second = browser.jar["session"].clone();
    let (first, second): (Vec<_>, Vec<_>) =
        (first.split('.').collect(), second.split('.').collect());
    assert_eq!(first[1].len(), second[1].len());
    assert_ne!(first[1][..20], second[1][..20]);
}

#[test]
fn a_failed_decryption_has_no_fallback() {
    // The key that signs is right, the payload is one of version 2: see the golden tokens for
    // payloads of every other shape under a good MAC.
    let second = builder().algorithm(Algorithm::HmacSha256).build().unwrap();
    let cookie = second.encode(&json!({"user": "ada"})).unwrap();
    for version in ["1", "2"] {
        let cookie = cookie.replace("=2.", &format!("={version}."));
        let status = session(&cookie, &config()).status();
        assert_eq!(status, Status::Rejected(Reason::UnknownVersion));
    }
    let cookie = cookie.replace("=2.", "=3.");
    let status = session(&cookie, &config()).status();
    assert_eq!(status, Status::Rejected(Reason::BadSignature));
}

#[test]
fn configs_with_keys_that_encrypt_show_none_of_them() {
    let debug = format!("{:?} {:?}", encrypted(), config());
    assert!(!debug.contains("000102"), "{debug}");
    assert!(debug.contains("Aes256HmacSha256"), "{debug}");
}

/// The four steps in which a live site moves from version 1 to version 3.
fn steps() -> [SessionConfig; 4] {
    let first = || builder().build().unwrap();
    [
        first(),
        builder().fallback_config(config()).build().unwrap(),
        encrypted().fallback_config(first()).build().unwrap(),
        config(),
    ]
}

async fn visits(mut session: Session) -> (Session, String) {
    let n = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", n);
    (session, format!("visit number {n}"))
}

#[tokio::test]
async fn instances_of_neighbouring_steps_read_what_the_other_writes() {
    for neighbours in steps().windows(2) {
        let [old, new] = neighbours else {
            unreachable!("windows of two");
        };
        let mut browser = Browser::new(app(old, visits));
        // Three requests each, and then in turn, as a load balancer gives them out.
        let turns = [old, old, old, new, new, new, old, new, old, new];
        for (at, config) in turns.into_iter().enumerate() {
            let mut served = Browser::new(app(config, visits));
            served.jar = browser.jar.clone();
            let reply = served.get("/").await;
            assert_eq!(reply.body, format!("visit number {}", at + 1));
            browser.jar = served.jar;
        }
        assert_eq!(browser.jar.len(), 1);
    }
}

#[tokio::test]
async fn instances_that_are_two_steps_apart_do_not() {
    let [first, second, third, last] = steps();
    for (writer, reader) in [
        (&first, &last),
        (&last, &first),
        (&second, &last),
        (&third, &first),
    ] {
        let cookie = writer.encode(&json!({"user": "ada"})).unwrap();
        let status = session(&cookie, reader).status();
        assert_eq!(status, Status::Rejected(Reason::UnknownVersion));
    }
}

#[tokio::test]
async fn the_version_flips_between_instances_of_the_third_step_and_those_before() {
    let [_, second, third, _] = steps();
    let mut cookie = second.encode(&json!({"user": "ada"})).unwrap();
    for (config, version) in [(&third, "3."), (&second, "1."), (&third, "3.")] {
        // A read alone: the session is written because the other instance's config wrote it.
        let reply = run(config, &cookie, async |session: Session| {
            assert_eq!(session.status(), Status::Fallback);
            session
        })
        .await;
        assert!(reply.set_cookie().value().starts_with(version));
        cookie = format!("session={}", reply.set_cookie().value());
    }
}

#[tokio::test]
async fn sessions_of_3009_to_3033_bytes_stay_as_they_were_until_they_are_changed() {
    let named = |builder: SessionConfigBuilder| builder.cookie_name("__Host-session");
    let first = named(builder()).build().unwrap();
    let third = named(encrypted())
        .fallback_config(first.clone())
        .build()
        .unwrap();
    for json_len in [3008, 3009, 3033] {
        let text = "x".repeat(json_len - r#"{"a":""}"#.len());
        let cookie = first.encode(&json!({"a": text})).unwrap();
        let read = run(&third, &cookie, async |session: Session| {
            (session.clone(), session.get::<String>("a").unwrap())
        })
        .await;
        assert_eq!((read.status, &read.body), (StatusCode::OK, &text));
        assert_eq!(
            read.set_cookies().len(),
            usize::from(json_len == 3008),
            "{json_len}"
        );

        let text = text.replace('x', "y");
        let changed = run(&third, &cookie, async move |mut session: Session| {
            session.insert("a", text);
            session
        })
        .await;
        let expected = match json_len {
            3008 => StatusCode::OK,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        assert_eq!(changed.status, expected, "{json_len}");
    }
}
