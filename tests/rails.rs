//! Sessions shared with Rails: what is written, refused and kept. `vectors.rs` has its own tokens.
#![cfg(feature = "rails")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::time::Duration;

use axum::http::StatusCode;
use axum_cookie_session::{
    ConfigError, Key, Reason, Session, SessionConfig, SessionConfigBuilder, SessionMap, Status,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};

const NAME: &str = "_shop_session";

/// As Rails writes it; it reads one with padding as well.
const CSRF_TOKEN: &str = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s";

fn rails(secret: &str) -> SessionConfigBuilder {
    SessionConfig::rails(Key::legacy(secret).unwrap(), NAME).clock(|| at(START))
}

fn config() -> SessionConfig {
    rails("secret_key_base").build().unwrap()
}

fn encoded(config: &SessionConfig, value: Value) -> String {
    let pairs = value.as_object().unwrap().clone();
    config.encode(&SessionMap::from_iter(pairs)).unwrap()
}

fn pair(reply: &Reply) -> String {
    let (pair, _) = reply.set_cookies()[0].split_once(';').unwrap();
    pair.to_owned()
}

#[test]
fn a_session_that_starts_here_gets_the_id_without_which_rails_does_not_see_it() {
    let config = config();
    let new = || {
        let session = session(&encoded(&config, json!({"user": "ada"})), &config);
        assert_eq!(session.get("user"), Some("ada".to_owned()));
        session.get::<String>("session_id").unwrap()
    };
    let id = new();
    assert_eq!(id.len(), 32);
    assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_ne!(id, new());
}

#[tokio::test]
async fn the_id_and_the_csrf_token_of_a_session_are_kept() {
    let config = config();
    let token = "Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M=";
    let cookie = encoded(
        &config,
        json!({"session_id": "00112233445566778899aabbccddeeff", "_csrf_token": token}),
    );
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.insert("theme", "dark");
        session
    })
    .await;
    let after = session(&pair(&reply), &config);
    assert_eq!(after.keys().count(), 3);
    let id = after.get::<String>("session_id");
    assert_eq!(id.as_deref(), Some("00112233445566778899aabbccddeeff"));
    assert_eq!(after.get("_csrf_token"), Some(token.to_owned()));
}

#[test]
fn equal_sessions_are_encrypted_differently_and_show_nothing() {
    let config = config();
    let data = json!({"user": "ada", "session_id": "0"});
    let (one, two) = (encoded(&config, data.clone()), encoded(&config, data));
    assert_ne!(one, two);
    assert!(one.matches("--").count() == 2 && !one.contains("dXNlcg"));
}

#[test]
fn a_token_for_another_cookie_or_digest_or_of_another_secret_is_refused() {
    let key = || Key::legacy("secret_key_base").unwrap();
    let cookie = encoded(&config(), json!({"user": "ada"}));
    let renamed = cookie.replace(NAME, "_other");
    for (config, cookie) in [
        (SessionConfig::rails(key(), "_other"), &renamed),
        (SessionConfig::rails_sha1(key(), NAME), &cookie),
        (rails("another secret"), &cookie),
    ] {
        let session = session(cookie, &config.build().unwrap());
        assert_eq!(session.status(), Status::Rejected(Reason::BadSignature));
    }
}

#[test]
fn every_changed_character_is_refused() {
    let config = config();
    let cookie = encoded(&config, json!({"user": "ada"}));
    for at in NAME.len() + 1..cookie.len() {
        let mut forged = cookie.clone();
        let other = if &forged[at..=at] == "A" { "B" } else { "A" };
        forged.replace_range(at..=at, other);
        let session = session(&forged, &config);
        assert!(matches!(session.status(), Status::Rejected(_)), "{forged}");
    }
}

#[test]
fn an_initialization_vector_or_a_tag_of_another_length_is_malformed() {
    let config = config();
    let cookie = encoded(&config, json!({"user": "ada"}));
    let [text, iv, tag] = cookie.split("--").collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(session(&cookie, &config).status(), Status::Valid);
    let bytes = |len| STANDARD.encode(vec![0; len]).replace('=', "%3D");
    for (iv, tag) in [(&*bytes(11), tag), (&*bytes(13), tag), (iv, &*bytes(15))] {
        let status = session(&format!("{text}--{iv}--{tag}"), &config).status();
        assert_eq!(status, Status::Rejected(Reason::Malformed), "{iv} {tag}");
    }
}

#[tokio::test]
async fn a_destroyed_session_removes_the_cookie_of_rails() {
    let config = config();
    let cookie = encoded(&config, json!({"user": "ada"}));
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.destroy();
        session
    })
    .await;
    let [removal] = &*reply.set_cookies() else {
        panic!("{:?}", reply.set_cookies());
    };
    assert!(removal.starts_with("_shop_session=; "), "{removal}");
}

#[tokio::test]
async fn a_session_of_a_fallback_key_is_encrypted_again_at_once() {
    let old = encoded(&rails("old").build().unwrap(), json!({"user": "ada"}));
    let config = rails("new")
        .fallback_key(Key::legacy("old").unwrap())
        .build()
        .unwrap();
    let reply = run(&config, &old, async |session: Session| session).await;
    let new = rails("new").build().unwrap();
    let after = session(&pair(&reply), &new);
    assert_eq!(after.get("user"), Some("ada".to_owned()));
}

#[tokio::test]
async fn without_an_idle_timeout_a_session_neither_ends_nor_is_refreshed() {
    let reply = run(&config(), "", async |mut session: Session| {
        session.insert("user", "ada");
        session
    })
    .await;
    assert!(reply.set_cookie().max_age().is_none());
    let later = rails("secret_key_base")
        .clock(|| at(START + 10 * 365 * 24 * 60 * 60))
        .build()
        .unwrap();
    let reply = run(&later, &pair(&reply), async |session: Session| {
        assert_eq!(session.status(), Status::Valid);
        session
    })
    .await;
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn an_idle_timeout_is_in_the_token_as_rails_expire_after_is() {
    let clock = Clock::new();
    let idle = Duration::from_secs(100);
    let config = rails("secret_key_base")
        .idle_timeout(idle)
        .clock(clock.read())
        .build()
        .unwrap();
    let reply = run(&config, "", async |mut session: Session| {
        session.insert("user", "ada");
        session
    })
    .await;
    assert_eq!(reply.set_cookie().max_age().unwrap().whole_seconds(), 100);
    let cookie = pair(&reply);
    let status = |config: &SessionConfig| session(&cookie, config).status();
    clock.advance(9);
    let read = async |session: Session| session;
    run(&config, &cookie, read).await.assert_no_set_cookie();
    clock.advance(1);
    let refreshed = run(&config, &cookie, read).await;
    assert_eq!(refreshed.set_cookies().len(), 1);
    // Another config follows the end that the token names.
    let other = rails("secret_key_base")
        .clock(clock.read())
        .build()
        .unwrap();
    clock.advance(89);
    assert_eq!(
        (status(&config), status(&other)),
        (Status::Valid, Status::Valid)
    );
    clock.advance(1);
    let over = Status::Rejected(Reason::IdleTimeout);
    assert_eq!((status(&config), status(&other)), (over, over));
    assert_eq!(session(&pair(&refreshed), &config).status(), Status::Valid);
}

#[test]
fn build_refuses_an_absolute_timeout() {
    let day = Duration::from_secs(24 * 60 * 60);
    let error = rails("secret").absolute_timeout(day).build().unwrap_err();
    assert_eq!(
        error,
        ConfigError::AbsoluteTimeoutNotEnforced { absolute: day }
    );
}

#[test]
fn a_value_at_which_rails_fails_is_an_error_that_names_its_key() {
    let config = config();
    let mut deep = json!(1);
    for _ in 0..99 {
        deep = json!([deep]);
    }
    for (key, value) in [
        ("session_id", json!(7)),
        ("session_id", json!("")),
        ("_csrf_token", json!("short")),
        ("_csrf_token", json!(format!("{CSRF_TOKEN}=="))),
        ("_csrf_token", json!(null)),
        ("flash", json!({"notice": "Saved"})),
        ("flash", json!({"discard": [], "flashes": ["Saved"]})),
        ("flash", json!({"discard": {}, "flashes": {}})),
        ("deep", deep.clone()),
    ] {
        let data = SessionMap::from_iter([(key, value)]);
        let error = config.encode(&data).unwrap_err();
        assert!(error.is_serialize(), "{error}");
        assert!(error.to_string().contains(key), "{error}");
    }
    for (key, value) in [
        (
            "flash",
            json!({"discard": [], "flashes": {"notice": "Saved"}}),
        ),
        ("flash", json!("anything else is no flash")),
        ("_csrf_token", json!(CSRF_TOKEN)),
        ("_csrf_token", json!(format!("{CSRF_TOKEN}="))),
        ("user", json!({"flash": {"a": 1}})),
        ("deep", deep[0].clone()),
    ] {
        assert!(
            config
                .encode(&SessionMap::from_iter([(key, value)]))
                .is_ok()
        );
    }
}

#[test]
fn rails_gets_numbers_as_they_are_written() {
    let config = config();
    let encode = |number: &str| {
        let number = RawValue::from_string(number.to_owned()).unwrap();
        config.encode(&SessionMap::from_iter([("n", number)]))
    };
    let long = "7".repeat(400);
    for number in ["7", "-0", "1.50", "1e300", "18446744073709551617", &long] {
        let session = session(&encode(number).unwrap(), &config);
        let read: Box<RawValue> = session.get("n").unwrap();
        assert_eq!(read.get(), number);
    }
    for number in ["1e400", "-1.5e400"] {
        assert!(encode(number).unwrap_err().is_serialize(), "{number}");
    }
}

#[test]
fn levels_are_counted_in_depth_not_in_all() {
    let config = config();
    let wide = json!([vec![json!([]); 150], vec![json!({"a": []}); 150]]);
    let cookie = encoded(&config, json!({"wide": wide}));
    assert_eq!(session(&cookie, &config).get("wide"), Some(wide));
}

#[tokio::test]
async fn a_value_at_which_rails_fails_is_refused_in_the_place_of_a_good_one_too() {
    let config = config();
    let good = json!({"flash": {"discard": [], "flashes": {"notice": "Saved"}}});
    let reply = run(
        &config,
        &encoded(&config, good),
        async |mut session: Session| {
            session.insert("flash", json!({"flashes": 1}));
            session
        },
    )
    .await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    reply.assert_no_set_cookie();
}

#[test]
fn the_length_is_counted_as_it_is_sent() {
    let config = config();
    let mut session: Session = Session::from_headers(&headers(""), &config);
    // Base64 twice makes 16 bytes of 9, and percent-encoding makes a little more.
    session.insert("text", "x".repeat(2300));
    let len = session.encoded_len().unwrap();
    assert!((4450..4800).contains(&len), "{len}");
    session.discard();
    let data = SessionMap::from_iter([("text", "x".repeat(2300))]);
    assert!(config.encode(&data).unwrap_err().is_too_large());
    let data = SessionMap::from_iter([("text", "x".repeat(1800))]);
    let cookie = config.encode(&data).unwrap();
    assert!(cookie.len() - 1 <= 4096);
}
