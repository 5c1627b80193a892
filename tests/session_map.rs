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
fn maps_with_hundreds_of_keys_are_equal_in_any_order() {
    let members: Vec<_> = (0..250).map(|n| format!("\"{n}\":{n}")).collect();
    let session = session_of(&format!("{{{}}}", members.join(",")));
    assert_eq!(session.len(), 250);
    let copy = (*session).clone();
    let rebuilt: SessionMap = (0..250)
        .rev()
        .map(|n| (n.to_string(), f64::from(n)))
        .collect();
    // Later look-ups are made in another way than the first ones.
    for _ in 0..2 {
        assert!(*session == copy && copy == rebuilt && rebuilt == *session);
    }
    let mut others = [copy.clone(), copy.clone()];
    others[0].insert("249", 0);
    assert!(others[1].remove("0"));
    others[1].insert("another", 0);
    for other in others {
        assert!(*session != other && other != copy && rebuilt != other);
    }
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
fn eight_flash_messages_wait_and_a_ninth_replaces_the_oldest() {
    let mut data = SessionMap::default();
    for number in 1..=9 {
        data.flash("info", number.to_string());
    }
    let flashes = data.take_flashes().into_iter();
    let waiting: Vec<_> = flashes.map(|flash| flash.message).collect();
    assert_eq!(waiting, ["2", "3", "4", "5", "6", "7", "8", "9"]);
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

#[test]
fn a_map_with_hundreds_of_keys_behaves_like_a_list_of_pairs() {
    const KEYS: u64 = 400;
    let key = |n: u64| format!("key {n}");
    let json = |pairs: &[(String, u64)]| {
        let members = pairs.iter().map(|(key, n)| format!("\"{key}\":{n}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    let came: Vec<_> = (0..KEYS / 2).map(|n| (key(n), n)).collect();
    let mut session = session_of(&json(&came));
    let mut model = came.clone();
    let mut state = 7_u64;
    for step in 0..2_000 {
        // A linear congruential generator, so that each run does the same.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let n = (state >> 33) % KEYS;
        let place = model.iter().position(|(held, _)| *held == key(n));
        match (state >> 50) % 8 {
            0..4 => {
                session.insert(key(n), step);
                match place {
                    Some(place) => model[place].1 = step,
                    None => model.push((key(n), step)),
                }
            }
            4 => {
                // The value that came in, so that the key is unchanged again.
                session.insert(key(n), n);
                match place {
                    Some(place) => model[place].1 = n,
                    None => model.push((key(n), n)),
                }
            }
            5 | 6 => {
                assert_eq!(session.remove(&key(n)), place.is_some());
                model.retain(|(held, _)| *held != key(n));
            }
            _ => {
                let value = place.map(|place| model[place].1);
                assert_eq!(session.take::<u64>(&key(n)), value);
                model.retain(|(held, _)| *held != key(n));
            }
        }
        assert_eq!(
            session.contains_key(&key(n)),
            model.iter().any(|(held, _)| *held == key(n))
        );
        assert_eq!(
            (session.len(), session.is_empty()),
            (model.len(), model.is_empty())
        );
    }
    for (key, value) in &model {
        assert_eq!(session.get(key), Some(*value));
    }
    let same: SessionMap = model.iter().cloned().collect();
    assert_eq!(*session, same);
    let mut keys: Vec<_> = session.keys().map(str::to_owned).collect();
    let mut expected: Vec<_> = model.iter().map(|(key, _)| key.clone()).collect();
    keys.sort_unstable();
    expected.sort_unstable();
    assert_eq!(keys, expected);
    session.discard();
}

#[tokio::test]
async fn hundreds_of_keys_are_removed_one_by_one_or_all_at_once() {
    let payload = || {
        let members = (0..300).map(|n| format!("\"{n}\":{n}"));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    for clear in [false, true] {
        let reply = run(
            &config(),
            &encoded(&payload()),
            async move |mut session: Session| {
                assert_eq!(session.len(), 300);
                if clear {
                    session.clear();
                } else {
                    for n in (0..300).rev() {
                        assert!(session.remove(&n.to_string()));
                        assert!(!session.remove(&n.to_string()));
                        assert_eq!(session.len(), n);
                    }
                }
                assert!(session.is_empty());
                assert_eq!(session.keys().count(), 0);
                assert!(!session.contains_key("7"));
                session
            },
        )
        .await;
        assert_eq!(reply.set_cookie().value(), "");
    }
    // A cleared map that is filled again has the new keys alone.
    let reply = run(
        &config(),
        &encoded(&payload()),
        async |mut session: Session| {
            session.clear();
            for n in (100..110).rev() {
                session.insert(n.to_string(), "new");
            }
            assert_eq!(session.len(), 10);
            assert_eq!(session.get::<String>("7"), None);
            session
        },
    )
    .await;
    let after: Session = Session::from_set_cookie(&reply.headers, &config());
    let mut keys: Vec<_> = after.keys().collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "100", "101", "102", "103", "104", "105", "106", "107", "108", "109"
        ]
    );
    assert_eq!(after.get("105"), Some("new".to_owned()));
}

/// The JSON that is sent after `change` to a session with this JSON.
async fn sent_after(payload: &str, change: fn(&mut Session)) -> String {
    let handler = async move |mut session: Session| {
        change(&mut session);
        session
    };
    let reply = run(&config(), &encoded(payload), handler).await;
    reply.payload()
}

#[tokio::test]
async fn a_key_that_is_not_valid_unicode_and_its_spelling_are_two_keys() {
    // Half a surrogate pair, and the six characters of its escape sequence.
    let payload = r#"{"\ud800":1,"\\ud800":2}"#;
    let session = session_of(payload);
    assert_eq!(session.keys().collect::<Vec<_>>(), [r"\ud800"]);
    assert_eq!(session.len(), 1);
    assert_eq!(session.get(r"\ud800"), Some(2));
    drop(session);

    let removed = sent_after(payload, |session| {
        assert!(session.remove(r"\ud800"));
        assert!(!session.contains_key(r"\ud800"));
        assert!(!session.remove(r"\ud800"));
    });
    assert_eq!(removed.await, r#"{"\ud800":1}"#);
    let changed = sent_after(payload, |session| session.insert(r"\ud800", 3));
    assert_eq!(changed.await, r#"{"\ud800":1,"\\ud800":3}"#);
}

#[tokio::test]
async fn a_key_that_is_not_valid_unicode_is_invisible_and_stays() {
    for payload in [
        r#"{"\ud800":1,"a":2}"#,
        r#"{"a":2,"\udfff\ud800":"x"}"#,
        r#"{"x\ud83d":[1], "a":2}"#,
        // Low before high is not a pair.
        r#"{"\ude00\ud83d":{},"\uD800":0,"a":2}"#,
    ] {
        let session = session_of(payload);
        assert_eq!(session.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(session.len(), 1);
        for key in [
            r"\ud800",
            r"\uD800",
            r"\udfff\ud800",
            r"x\ud83d",
            "x\u{fffd}",
            "\u{fffd}",
        ] {
            assert!(!session.contains_key(key), "{key}");
        }
        drop(session);

        let sent = sent_after(payload, |session| session.insert(r"\ud800", 5)).await;
        assert!(sent.ends_with(r#","\\ud800":5}"#), "{sent}");
        let sent = sent_after(payload, |session| {
            session.remove("a");
        });
        let sent = sent.await;
        assert!(!sent.contains("\"a\"") && sent.contains(r"\u"), "{sent}");
    }
}

#[tokio::test]
async fn a_key_that_is_set_and_removed_after_a_clear_stays_removed() {
    let before = encoded(r#"{"user":"ada","theme":"dark"}"#);
    for (theme, sent) in [(None, ""), (Some("light"), r#"{"theme":"light"}"#)] {
        let handler = async move |mut session: Session| {
            session.clear();
            session.extend(theme.map(|theme| ("theme", theme)));
            session.insert("user", "grace");
            assert!(session.remove("user"));
            assert!(!session.contains_key("user"));
            session
        };
        let reply = run(&config(), &before, handler).await;
        if sent.is_empty() {
            assert_eq!(reply.set_cookie().value(), "");
        } else {
            assert_eq!(reply.payload(), sent);
        }
    }
}

#[tokio::test]
async fn a_copied_map_keeps_a_key_that_was_removed_and_set_back() {
    let mut map = session_of(r#"{"user":"ada","theme":"dark"}"#);
    assert!(map.remove("user"));
    map.insert("user", "ada");
    let map = SessionMap::clone(&map);
    assert_eq!(
        payload(&config().encode(&map).unwrap()),
        r#"{"user":"ada","theme":"dark"}"#
    );

    let reply = run(
        &config(),
        &encoded("{}"),
        async move |mut session: Session| {
            *session = map.clone();
            session
        },
    )
    .await;
    assert_eq!(reply.payload(), r#"{"user":"ada","theme":"dark"}"#);
}

#[tokio::test]
async fn of_repeated_keys_the_last_counts_if_the_whole_map_is_replaced() {
    // The payload that comes, the map that replaces it, and what is sent: nothing if both are equal.
    for (before, after, sent) in [
        (r#"{"a":1,"a":2}"#, r#"{"a":1,"a":2}"#, None),
        (
            r#"{"\ud83e":1,"a":1,"a":2}"#,
            r#"{"\ud83e":1,"a":1,"a":2}"#,
            None,
        ),
        (r#"{"\ud83e":1,"a":1,"a":2}"#, r#"{"a":2}"#, None),
        (r#"{"a":1,"a":2}"#, r#"{"a":2}"#, None),
        (r#"{"a":2}"#, r#"{"a":1,"a":2}"#, None),
        (r#"{"a":1,"a":2}"#, r#"{"a":1}"#, Some(r#"{"a":1}"#)),
        (r#"{"a":1,"a":2}"#, r#"{"a":3,"a":2}"#, None),
        (r#"{"a":1,"a":2}"#, r#"{"a":1,"a":3}"#, Some(r#"{"a":3}"#)),
        (
            r#"{"b":0,"a":1,"a":2}"#,
            r#"{"a":1,"c":3}"#,
            Some(r#"{"a":1,"c":3}"#),
        ),
    ] {
        let map = SessionMap::clone(&session_of(after));
        let handler = async move |mut session: Session| {
            *session = map.clone();
            session
        };
        let reply = run(&config(), &encoded(before), handler).await;
        match sent {
            Some(sent) => assert_eq!(reply.payload(), sent, "{before} {after}"),
            None => assert!(reply.set_cookies().is_empty(), "{before} {after}"),
        }
    }
}

#[tokio::test]
async fn clear_and_destroy_remove_a_key_that_is_not_valid_unicode() {
    for end in [(|session| session.clear()) as fn(&mut Session), |session| {
        session.destroy()
    }] {
        let handler = async move |mut session: Session| {
            end(&mut session);
            session
        };
        let token = encoded(r#"{"\ud800":1,"a":2}"#);
        let reply = run(&config(), &token, handler).await;
        assert_eq!(reply.set_cookie().value(), "");

        let sent = sent_after(r#"{"\ud800":1}"#, |session| {
            session.clear();
            session.insert("b", 1);
        });
        assert_eq!(sent.await, r#"{"b":1}"#);
    }
}
