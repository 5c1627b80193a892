//! `SessionMap` and its flash messages.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashMap;

use axum_cookie_session::{Flash, Session, SessionMap};
use common::*;
use serde_json::{Value, json};

fn session_of(payload: &str) -> Session {
    session(&encoded(payload), &config())
}

#[test]
fn values_of_every_kind_round_trip() {
    let mut data = SessionMap::default();
    data.insert("text", "é\u{0}\"\\日本\u{1F600}");
    data.insert("big", u64::MAX);
    data.insert("small", i64::MIN);
    data.insert("float", 0.1);
    data.insert("none", None::<u8>);
    data.insert("list", [1, 2]);
    data.insert("map", HashMap::from([("a", true)]));
    data.insert("", "empty key");
    let config = config();
    let session = session(&config.encode(&data).unwrap(), &config);
    assert_eq!(*session, data);
    assert_eq!(
        session.get::<String>("text").unwrap(),
        "é\u{0}\"\\日本\u{1F600}"
    );
    assert_eq!(session.get("big"), Some(u64::MAX));
    assert_eq!(session.get("small"), Some(i64::MIN));
    assert_eq!(session.get("float"), Some(0.1));
    assert_eq!(session.get("none"), Some(None::<u8>));
    assert_eq!(session.get("list"), Some([1, 2]));
    assert_eq!(
        session.get("map"),
        Some(HashMap::from([("a".to_owned(), true)]))
    );
    assert_eq!(session.get::<String>("").unwrap(), "empty key");
    assert_eq!(session.len(), 8);
}

#[test]
fn a_number_that_json_cannot_express_is_stored_as_null() {
    let mut data = SessionMap::default();
    data.insert("nan", f64::NAN);
    assert_eq!(data.get("nan"), Some(Value::Null));
}

#[test]
fn get_returns_none_when_try_get_returns_an_error() {
    let session = session_of(r#"{"user":"ada"}"#);
    assert_eq!(session.get::<u32>("user"), None);
    let error = session.try_get::<u32>("user").unwrap_err();
    assert!(error.is_deserialize() && !error.is_serialize() && !error.is_too_large());
    assert_eq!(
        error.to_string(),
        r#"session key "user" does not hold a `u32`"#
    );
    assert_eq!(session.try_get::<u32>("absent").unwrap(), None);
}

#[test]
fn a_value_that_cannot_be_serialized_is_present_but_unreadable() {
    let mut data = SessionMap::default();
    data.insert("grid", HashMap::from([((1, 2), 3)]));
    assert!(data.contains_key("grid"));
    assert_eq!(data.get::<Value>("grid"), None);
    assert!(data.try_get::<Value>("grid").unwrap_err().is_serialize());
    assert!(data.remove("grid"));
    assert!(data.is_empty());
}

#[test]
fn take_keeps_a_value_of_another_type() {
    let mut session = session_of(r#"{"n":1}"#);
    assert_eq!(session.take::<String>("n"), None);
    assert_eq!(session.take("n"), Some(1));
    assert_eq!(session.take::<u32>("n"), None);
    assert!(!session.remove("n"));
    session.discard();
}

#[test]
fn extend_inserts_pairs_in_order_and_only_different_values_are_changes() {
    let data = SessionMap::from_iter([("user", "ada"), ("theme", "dark"), ("user", "grace")]);
    assert_eq!(data.keys().collect::<Vec<_>>(), ["user", "theme"]);
    assert_eq!(data.get::<String>("user").unwrap(), "grace");

    let mut session = session_of(r#"{"user":"grace","visits":1}"#);
    session.extend([("user", "grace"), ("theme", "dark")]);
    let mut same = session_of(r#"{"user":"grace","visits":1}"#);
    same.insert("theme", "dark");
    assert_eq!(*session, *same);
    session.discard();
    same.discard();
}

#[test]
fn keys_keep_the_order_of_the_cookie_and_new_keys_come_last() {
    let mut session = session_of(r#"{"z":1,"\u0061":2,"m":3}"#);
    session.insert("b", 4);
    session.insert("a", 5);
    session.remove("m");
    assert_eq!(session.keys().collect::<Vec<_>>(), ["z", "a", "b"]);
    assert_eq!((session.len(), session.is_empty()), (3, false));
    session.clear();
    assert_eq!((session.len(), session.is_empty()), (0, true));
    session.insert("m", 1);
    assert_eq!(session.keys().collect::<Vec<_>>(), ["m"]);
    session.discard();
}

#[test]
fn escaped_keys_are_found_by_their_unescaped_text() {
    let session = session_of(r#"{"caf\u00e9":1,"a\"b\\":2,"\ud83d\ude00":3,"\ud800":4}"#);
    assert_eq!(session.get("café"), Some(1));
    assert_eq!(session.get("a\"b\\"), Some(2));
    assert_eq!(session.get("😀"), Some(3));
    // A lone surrogate is not a Rust string: the key is kept, but not visible.
    assert_eq!(session.get::<u32>(r"\ud800"), None);
    assert_eq!(session.len(), 3);
}

#[tokio::test]
async fn a_key_with_a_lone_surrogate_is_preserved() {
    let payload = r#"{"\ud800":"\udfff","a":1}"#;
    let reply = run(
        &config(),
        &encoded(payload),
        async |mut session: Session| {
            session.insert("a", 2);
            session
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"\ud800":"\udfff","a":2}"#);
}

#[test]
fn equality_ignores_the_order_and_the_spelling_of_keys_and_values() {
    let left = session_of(r#"{"a":1,"b":{"c":["\u00e9", 2]}}"#);
    let right = session_of(r#"{ "b" : { "c" : [ "é",2 ] }, "\u0061":1 }"#);
    assert_eq!(*left, *right);
    for other in [
        r#"{"a":1}"#,
        r#"{"a":1,"b":2}"#,
        r#"{"a":1,"b":{"c":["é",2]},"d":null}"#,
        "{}",
    ] {
        assert_ne!(*left, *session_of(other), "{other}");
        assert_ne!(*session_of(other), *left, "{other}");
    }
    let deep = "[".repeat(200) + &"]".repeat(200);
    assert_ne!(
        *session_of(&format!(r#"{{"a":{deep}}}"#)),
        *session_of(&format!(r#"{{"a":[{deep}]}}"#))
    );
}

#[test]
fn debug_shows_keys_but_never_values() {
    let mut session = session_of(r#"{"user":"hunter2"}"#);
    session.insert("pin", "hunter3");
    let shown = format!("{session:?} {:?} {:#?}", *session, session.status());
    assert!(!shown.contains("hunter"), "{shown}");
    assert!(shown.contains(r#"SessionMap {"user", "pin"}"#), "{shown}");
    session.discard();
}

#[test]
fn deep_nesting_is_preserved_but_not_readable_beyond_serdes_limit() {
    let deep = "[".repeat(1000) + &"]".repeat(1000);
    let session = session_of(&format!(r#"{{"deep":{deep},"n":1}}"#));
    assert_eq!(session.get("n"), Some(1));
    assert_eq!(session.get::<Value>("deep"), None);
}

#[test]
fn flash_messages_are_taken_once_and_in_order() {
    let mut session = session_of(r#"{"user":"ada"}"#);
    session.flash("error", "No <b>");
    session.flash("info", "Saved");
    assert_eq!(
        session.get("_flashes"),
        Some(json!([["error", "No <b>"], ["info", "Saved"]]))
    );
    let flash = |category: &str, message: &str| Flash {
        category: category.to_owned(),
        message: message.to_owned(),
    };
    assert_eq!(
        session.take_flashes(),
        [flash("error", "No <b>"), flash("info", "Saved")]
    );
    assert_eq!(session.take_flashes(), []);
    assert!(!session.contains_key("_flashes"));
    session.discard();
}

#[test]
fn flash_messages_from_flask_are_read() {
    let mut session = session_of(
        r#"{"_flashes":[{" t":["message","Hi"]},["error",{" m":"<b>Hi</b>"}],{" t":["n",7]},"junk",[1],{"a":["b","c"]}]}"#,
    );
    let pairs: Vec<_> = session
        .take_flashes()
        .into_iter()
        .map(|flash| (flash.category, flash.message))
        .collect();
    let expected = [("message", "Hi"), ("error", "<b>Hi</b>"), ("n", "7")];
    assert_eq!(pairs, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    session.discard();
}

#[tokio::test]
async fn a_new_flash_message_keeps_flasks_messages_byte_for_byte() {
    let payload = r#"{"_flashes":[{" t":["message", "\u00e9"]}]}"#;
    let reply = run(
        &config(),
        &encoded(payload),
        async |mut session: Session| {
            session.flash("info", "ours");
            session
        },
    )
    .await;
    assert_eq!(
        reply.payload(),
        r#"{"_flashes":[{" t":["message", "\u00e9"]},["info","ours"]]}"#
    );
}
