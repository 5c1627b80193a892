//! The formats of other frameworks: values that each one writes, refuses and preserves.
#![cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django",
    feature = "react-router"
))]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::time::Duration;

use axum::http::StatusCode;
use axum_cookie_session::{
    Algorithm, ConfigError, Flash, Key, Reason, Session, SessionConfig, SessionConfigBuilder,
    SessionMap, Status,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::peers::*;
use common::*;
use serde_json::{Value, json};

#[test]
fn values_are_written_in_the_peers_spelling() {
    let value = json!({"z\u{7f}": "日😀\u{2028}\"\\/\u{1}", "é": [1.0, 1e16, 1e-7, -0.0, 1e21, 0.1, 123456.5]});
    let ascii = r#""z\u007f":"\u65e5\ud83d\ude00\u2028\"\\/\u0001","\u00e9":[1.0,1e+16,1e-07,-0.0,1e+21,0.1,123456.5]"#;
    let compact = format!(r#"{{"v":{{{ascii}}}}}"#);
    assert_eq!(encode_value(PEERS[0], "v", &value).unwrap(), compact);
    assert_eq!(encode_value(PEERS[3], "v", &value).unwrap(), compact);
    assert_eq!(
        encode_value(PEERS[1], "v", &value).unwrap(),
        r#"{"v": {"z\u007f": "\u65e5\ud83d\ude00\u2028\"\\/\u0001", "\u00e9": [1.0, 1e+16, 1e-07, -0.0, 1e+21, 0.1, 123456.5]}}"#
    );
    assert_eq!(
        encode_value(PEERS[2], "v", &value).unwrap(),
        "{\"v\":{\"z\u{7f}\":\"日😀\u{2028}\\\"\\\\/\\u0001\",\"é\":[1,10000000000000000,1e-7,0,1e+21,0.1,123456.5]}}"
    );
}

#[test]
fn values_are_written_in_the_peers_spelling_at_each_depth() {
    let inner = " { \"b\" :\t[ 1.50 ,{ } , [ ] ,\r\n\"\\u0061, :}]\" ] , \"\\u0061\" : null , \"b\":[ 2 , { \"c\" : [ [ ] ] } ] } ";
    let value = raw(&format!("[ [ ] ,{inner}, {inner} ]"));
    let compact = r#"{"b":[2,{"c":[[]]}],"a":null}"#;
    let compact = format!(r#"{{"v":[[],{compact},{compact}]}}"#);
    for format in [PEERS[0], PEERS[2], PEERS[3]] {
        assert_eq!(encode_value(format, "v", &value).unwrap(), compact);
    }
    let spaced = r#"{"b": [2, {"c": [[]]}], "a": null}"#;
    let spaced = format!(r#"{{"v": [[], {spaced}, {spaced}]}}"#);
    assert_eq!(encode_value(PEERS[1], "v", &value).unwrap(), spaced);
    let deep = ["[".repeat(99), "1".to_owned(), "]".repeat(99)].concat();
    let deep = (deep.clone(), format!("[{deep}]"));
    for format in PEERS {
        assert!(encode_value(format, "v", raw(&deep.0)).is_ok());
        assert!(encode_value(format, "v", raw(&deep.1)).is_err());
    }
}

#[test]
fn repeated_keys_of_a_large_object_are_written_once() {
    let json = |value: usize| {
        let members = (0..40).map(|n| format!("\"\\u006b{n}\":{}", n * value));
        members.collect::<Vec<_>>().join(",")
    };
    let value = raw(&format!("{{{},{}}}", json(1), json(2)));
    let expected = format!(r#"{{"v":{{{}}}}}"#, json(2)).replace("\\u006b", "k");
    for format in [PEERS[0], PEERS[2], PEERS[3]] {
        assert_eq!(encode_value(format, "v", &value).unwrap(), expected);
    }
}

#[test]
fn numbers_are_written_in_the_spelling_of_python_and_javascript() {
    for (json, python, javascript) in [
        ("0", "0", "0"),
        ("-1", "-1", "-1"),
        ("0.0", "0.0", "0"),
        ("100.0", "100.0", "100"),
        (
            "1234567890123456.0",
            "1234567890123456.0",
            "1234567890123456",
        ),
        ("1e20", "1e+20", "100000000000000000000"),
        ("1.5E300", "1.5e+300", "1.5e+300"),
        ("0.0001", "0.0001", "0.0001"),
        ("0.00001", "1e-05", "0.00001"),
        ("0.000001", "1e-06", "0.000001"),
        ("0.00000123", "1.23e-06", "0.00000123"),
        ("0.000000123", "1.23e-07", "1.23e-7"),
        ("-5e-324", "-5e-324", "-5e-324"),
        ("9007199254740992", "9007199254740992", "9007199254740992"),
    ] {
        let value = raw(json);
        assert_eq!(
            encode_value(PEERS[0], "n", &value).unwrap(),
            format!(r#"{{"n":{python}}}"#)
        );
        assert_eq!(
            encode_value(PEERS[2], "n", &value).unwrap(),
            format!(r#"{{"n":{javascript}}}"#)
        );
    }
    // Python has integers of any size.
    let big = raw("123456789012345678901234567890");
    assert!(
        encode_value(PEERS[0], "n", &big)
            .unwrap()
            .contains(big.get())
    );
    assert!(encode_value(PEERS[0], "n", raw(&"1".repeat(4300))).is_ok());
    let refused = encode_value(PEERS[0], "n", raw(&"1".repeat(4301)));
    assert!(refused.unwrap_err().contains("\"n\""));
}

#[test]
fn an_integer_that_javascript_would_round_is_an_error_that_names_its_key() {
    for json in [
        "9007199254740993",
        "-9007199254740993",
        "18446744073709551615",
    ] {
        let error = encode_value(PEERS[2], "n", [raw(json)]).unwrap_err();
        assert!(error.contains("\"n\"") && error.contains("2^53"), "{error}");
        assert!(!error.contains(json), "{error}");
    }
}

#[test]
fn only_keys_that_express_drops_are_refused() {
    for key in [
        "isNew",
        "constructor",
        "__proto__",
        "toString",
        "_ctx",
        "toJSON",
        "maxAge",
    ] {
        let error = encode_value(PEERS[2], key, 1).unwrap_err();
        assert!(error.contains(key), "{error}");
    }
    assert_eq!(
        encode_value(PEERS[2], "user", json!({"constructor": 1})).unwrap(),
        r#"{"user":{"constructor":1}}"#
    );
}

#[tokio::test]
async fn a_key_that_is_not_valid_unicode_stays_unchanged() {
    // Half a surrogate pair, and the six characters of its escape sequence.
    let nested = r#"{"\ud800":1,"\\ud800":2}"#;
    for format in PEERS {
        let encoded = encode_value(format, "v", raw(&format!("[{nested}]"))).unwrap();
        let encoded = encoded.replace([' '], "");
        assert_eq!(encoded, format!(r#"{{"v":[{nested}]}}"#), "{}", format.0);
    }
    // An array index next to it makes Express write the keys in another order.
    let cookie = issue("express", r#"{"\ud800":1,"\u0032":2}"#, START);
    let config = built(SessionConfig::express);
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.insert("1", 3);
        session
    })
    .await;
    let ordered = r#"{"1":3,"\u0032":2,"\ud800":1}"#;
    assert_eq!(wire("express", reply.set_cookies()[0]), ordered);
}

#[test]
fn array_indices_come_first_as_in_javascript() {
    let nested = raw(r#"{"b":1,"10":2,"01":3,"9":4}"#);
    assert_eq!(
        encode_value(PEERS[2], "v", &nested).unwrap(),
        r#"{"v":{"9":4,"10":2,"b":1,"01":3}}"#
    );
    let mut data = SessionMap::default();
    data.insert("b", 1);
    data.insert("7", 2);
    let cookie = built(SessionConfig::express).encode(&data).unwrap();
    assert_eq!(wire("express", &cookie), r#"{"7":2,"b":1}"#);
}

#[test]
fn maps_that_collide_with_flasks_tags_are_escaped() {
    for (json, expected) in [
        (r#"{" t":1}"#, r#"{" di":{" t__":1}}"#),
        (r#"{" u":[1]}"#, r#"{" di":{" u__":[1]}}"#),
        (r#"{" di":{"a":1}}"#, r#"{" di":{" di__":{"a":1}}}"#),
        (
            r#"[{" m":{" t":null}}]"#,
            r#"[{" di":{" m__":{" di":{" t__":null}}}}]"#,
        ),
        (r#"{" t":1,"b":2}"#, r#"{" t":1,"b":2}"#),
        // Python uses the last of repeated keys, so it sees one key.
        (r#"{" t":[]," t":2}"#, r#"{" di":{" t__":2}}"#),
        (r#"{"t":1}"#, r#"{"t":1}"#),
        // Tags that Flask can read stay unchanged.
        (r#"{" t":[1,{" t":[]}]}"#, r#"{" t":[1,{" t":[]}]}"#),
        (r#"{" m":"<b>"}"#, r#"{" m":"<b>"}"#),
        (r#"{" b":"aGk="}"#, r#"{" b":"aGk="}"#),
        (
            r#"{" u":"{12345678-1234-5678-1234-567812345678}"}"#,
            r#"{" u":"{12345678-1234-5678-1234-567812345678}"}"#,
        ),
        (
            r#"{" d":"Wed, 02 Oct 2024 23:59:58 GMT"}"#,
            r#"{" d":"Wed, 02 Oct 2024 23:59:58 GMT"}"#,
        ),
        (r#"{" di":{" t__":1}}"#, r#"{" di":{" t__":1}}"#),
    ] {
        assert_eq!(
            encode_value(PEERS[0], "v", raw(json)).unwrap(),
            format!(r#"{{"v":{expected}}}"#)
        );
        // The other formats have no tags.
        assert!(
            !encode_value(PEERS[3], "v", raw(json))
                .unwrap()
                .contains(" di__")
        );
    }
    // The rule applies to the session itself too, which has to be a map.
    assert_eq!(
        encode_value(PEERS[0], " t", [1, 2]).unwrap(),
        r#"{" di":{" t__":[1,2]}}"#
    );
    assert_eq!(
        encode_value(PEERS[0], " m", "x").unwrap(),
        r#"{" di":{" m__":"x"}}"#
    );
}

#[test]
fn a_tag_that_flask_cannot_read_is_an_error_that_names_its_key() {
    for json in [
        r#"{" u":"zz"}"#,
        r#"{" b":"***"}"#,
        r#"[[{" b":"a"}]]"#,
        r#"{" d":"Mon, 01 Jan 99999999999999999999 00:00:00 GMT"}"#,
        r#"{" d":"yesterday"}"#,
    ] {
        let error = encode_value(PEERS[0], "profile", raw(json)).unwrap_err();
        assert_eq!(
            error,
            "session key \"profile\": Flask could not read this tag"
        );
    }
}

#[test]
fn nesting_too_deep_for_the_peer_is_an_error_that_names_its_key() {
    let deep = |levels: usize| raw(&("[".repeat(levels) + &"]".repeat(levels)));
    for format in PEERS {
        assert!(encode_value(format, "v", deep(90)).is_ok());
        let error = encode_value(format, "v", deep(1000)).unwrap_err();
        assert!(
            error.contains("\"v\"") && error.contains("nested"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_session_that_the_format_cannot_express_keeps_the_old_cookie() {
    let config = built(SessionConfig::express);
    let cookie = cookie(&config, json!({"user": "ada"}));
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.insert("n", u64::MAX);
        (session, "body")
    })
    .await;
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (StatusCode::INTERNAL_SERVER_ERROR, "")
    );
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn the_peers_unchanged_values_stay_byte_for_byte() {
    let payload = r#"{ "when" : {" d":"Wed, 02 Oct 2024 23:59:58 GMT"},"caf\u00E9":1.50, "big":123456789012345678901234567890, "n":1}"#;
    let changed = r#"{"when" : {" d":"Wed, 02 Oct 2024 23:59:58 GMT"},"caf\u00E9":1.50,"big":123456789012345678901234567890,"n":2}"#;
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let cookie = issue(format, payload, START - 1);
        let reply = run(&config, &cookie, async |mut session: Session| {
            assert_eq!(session.status(), Status::Valid);
            session.insert("n", 2);
            session.insert("café", 1.5);
            session
        })
        .await;
        let comma = if format == "starlette" { ", " } else { "," };
        let expected = changed.replace(",\"", &format!("{comma}\""));
        // Only the inserted value is written in the peer's spelling.
        let expected = match format {
            "express" => expected.replace("1.50", "1.5"),
            _ => expected.replace("1.50", "1.5"),
        };
        let expected = if format == "starlette" {
            expected
                .replace("\"n\":2", "\"n\": 2")
                .replace("\\u00E9\":1.5", "\\u00E9\": 1.5")
        } else {
            expected
        };
        let sent = reply.set_cookies()[0].split(';').next().unwrap().to_owned();
        assert_eq!(wire(format, &sent), expected, "{format}");
    }
}

#[tokio::test]
async fn the_same_value_in_the_peers_spelling_is_not_a_change() {
    for (format, constructor) in PEERS {
        let payload = match format {
            "starlette" => r#"{"name": "caf\u00e9", "list": [1, 2.0]}"#,
            "express" | "react_router" => r#"{"name":"café","list":[1,2]}"#,
            _ => r#"{"name":"caf\u00e9","list":[1,2.0]}"#,
        };
        let cookie = issue(format, payload, START - 1);
        let reply = run(
            &built(constructor),
            &cookie,
            async |mut session: Session| {
                session.insert("name", "café");
                session.insert("list", json!([1, 2.0]));
                session
            },
        )
        .await;
        reply.assert_no_set_cookie();
    }
}

#[tokio::test]
async fn each_format_reads_its_own_tokens() {
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let reply = run(&config, "", async |mut session: Session| {
            session.insert("user", "René \u{1F600}");
            session.insert(
                "cart",
                json!({"items": [1, 2.5, null, true], "fill": "ab".repeat(200)}),
            );
            session
        })
        .await;
        let session: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(session.status(), Status::Valid, "{format}");
        assert_eq!(session.get::<String>("user").unwrap(), "René \u{1F600}");
        assert_eq!(
            session.get::<Value>("cart").unwrap()["items"],
            json!([1, 2.5, null, true])
        );
        assert_eq!(session.created_at(), session.issued_at());
    }
}

#[tokio::test]
async fn changes_of_two_views_are_merged_in_every_format() {
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let cookie = cookie(&config, json!({"a": 1}));
        let reply = run(
            &config,
            &cookie,
            async |mut first: Session, mut second: Session| {
                first.insert("b", 2);
                second.insert("c", 3);
                (first, second, ())
            },
        )
        .await;
        let session: Session = Session::from_set_cookie(&reply.headers, &config);
        let keys: Vec<_> = session.keys().collect();
        assert_eq!(keys, ["a", "b", "c"], "{format}");
        assert_eq!(
            reply.set_cookies().len(),
            if format == "express" { 2 } else { 1 }
        );
    }
}

#[tokio::test]
async fn emptying_a_session_removes_its_cookies_in_every_format() {
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let cookie = cookie(&config, json!({"a": 1}));
        let reply = run(&config, &cookie, async |mut session: Session| {
            session.remove("a");
            session
        })
        .await;
        let names: Vec<_> = reply
            .set_cookies()
            .iter()
            .map(|header| header.split_once("=;").unwrap().0)
            .collect();
        match format {
            "express" => assert_eq!(names, ["session", "session.sig"]),
            "django" => assert_eq!(names, ["sessionid"]),
            "react_router" => assert_eq!(names, ["__session"]),
            _ => assert_eq!(names, ["session"]),
        }
    }
}

#[test]
fn the_cookie_that_a_peer_leaves_on_logout_is_not_a_session() {
    for (format, constructor) in PEERS {
        for value in ["null", "\"\"", "", "; session.sig=x"] {
            let name = if format == "django" {
                "sessionid"
            } else {
                "session"
            };
            let session = session(&format!("{name}={value}"), &built(constructor));
            assert!(session.is_empty());
            assert_ne!(session.status(), Status::Valid, "{format} {value}");
        }
    }
}

#[tokio::test]
async fn sessions_move_between_formats_with_a_fallback_config() {
    for (from, old) in PEERS {
        for (to, new) in PEERS {
            let old = peer(old).cookie_name("old").build().unwrap();
            let config = peer(new)
                .cookie_name("new")
                .fallback_config(old.clone())
                .build()
                .unwrap();
            let cookie = cookie(&old, json!({"n": 1.0, "user": "René \u{1F600}"}));
            let reply = run(&config, &cookie, async |session: Session| {
                assert_eq!(session.status(), Status::Fallback);
                session
            })
            .await;
            let sent = reply.set_cookies()[0].split(';').next().unwrap().to_owned();
            let (n, user) = match to {
                "express" | "react_router" => ("1", "René \u{1F600}"),
                _ => ("1.0", r"Ren\u00e9 \ud83d\ude00"),
            };
            let expected = match to {
                "starlette" => format!(r#"{{"n": {n}, "user": "{user}"}}"#),
                _ => format!(r#"{{"n":{n},"user":"{user}"}}"#),
            };
            // JavaScript wrote the number as an integer already.
            let expected = if is_javascript(from) {
                expected.replace("1.0", "1")
            } else {
                expected
            };
            assert_eq!(wire(to, &sent), expected, "{from} to {to}");
        }
    }
}

#[tokio::test]
async fn a_change_is_merged_into_a_session_of_another_format() {
    let old = built(SessionConfig::starlette);
    let config = builder().fallback_config(old.clone()).build().unwrap();
    let cookie = cookie(&old, json!({"a": "é", "b": 1, "c": 2}));
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.insert("b", 3);
        session.remove("c");
        session.insert("d", "ü");
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"a":"\u00e9","b":3,"d":"ü"}"#);
}

#[tokio::test]
async fn an_unchanged_session_that_the_peer_cannot_read_is_not_migrated() {
    let old = builder().cookie_name("old").build().unwrap();
    let config = peer(SessionConfig::express)
        .fallback_config(old.clone())
        .build()
        .unwrap();
    let cookie = cookie(&old, json!({"n": u64::MAX}));
    let reply = run(&config, &cookie, async |session: Session| (session, "page")).await;
    assert_eq!(reply.body, "page");
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn fallback_configs_and_fallback_keys_combine() {
    for (format, constructor) in PEERS {
        let old = constructor(Key::legacy("old").unwrap()).build().unwrap();
        let both = constructor(Key::legacy("new").unwrap())
            .fallback_key(Key::legacy("old").unwrap())
            .build()
            .unwrap();
        let ours = SessionConfig::builder(key())
            .fallback_config(both)
            .build()
            .unwrap();
        let cookie = cookie(&old, json!({"user": "ada"}));
        let reply = run(&ours, &cookie, async |session: Session| {
            assert_eq!(session.status(), Status::Fallback);
            session
        })
        .await;
        assert_eq!(
            reply.payload(),
            match format {
                "starlette" => r#"{"user":"ada"}"#,
                _ => r#"{"user":"ada"}"#,
            }
        );
    }
}

#[tokio::test]
async fn removing_a_fallback_express_session_removes_its_signature_too() {
    let express = built(SessionConfig::express);
    let ours = builder().fallback_config(express.clone()).build().unwrap();
    let cookie = cookie(&express, json!({"user": "ada"}));
    let reply = run(&ours, &cookie, async |mut session: Session| {
        session.destroy();
        session
    })
    .await;
    let names: Vec<_> = reply
        .set_cookies()
        .iter()
        .map(|header| header.split_once('=').unwrap().0)
        .collect();
    // Our own cookie is named `session` too, at the same place.
    assert_eq!(names, ["session", "session.sig"]);
}

#[tokio::test]
async fn the_presets_match_the_peers() {
    for (format, constructor) in PEERS {
        let reply = run(&built(constructor), "", async |mut session: Session| {
            session.insert("a", 1);
            session
        })
        .await;
        let attributes: Vec<_> = reply
            .set_cookies()
            .iter()
            .map(|header| header.split_once("; ").unwrap().1)
            .collect();
        let ours = "HttpOnly; SameSite=Lax; Secure; Path=/";
        match format {
            // Flask did not mark it as permanent, and the others' tokens hold no time.
            "flask" | "react_router" => assert_eq!(attributes, [ours]),
            "express" => assert_eq!(attributes, [ours, ours]),
            _ => assert_eq!(attributes, [format!("{ours}; Max-Age=1209600")]),
        }
    }
    let permanent = cookie(&built(SessionConfig::flask), json!({"_permanent": true}));
    let reply = run(
        &built(SessionConfig::flask),
        &permanent,
        async |mut session: Session| {
            session.insert("a", 1);
            session
        },
    )
    .await;
    assert_eq!(
        reply.set_cookie().max_age().unwrap().whole_seconds(),
        31 * 24 * 60 * 60
    );
}

#[tokio::test]
async fn max_age_is_there_if_python_takes_flasks_permanent_for_true() {
    let config = built(SessionConfig::flask);
    let max_age = async |permanent: &str| {
        let json = format!(r#"{{"_permanent":{permanent}}}"#);
        let handler = async |mut session: Session| {
            session.insert("a", 1);
            session
        };
        let reply = run(&config, &issue("flask", &json, START), handler).await;
        reply.set_cookie().max_age().is_some()
    };
    for falsy in [
        "false",
        "null",
        "0",
        "-0",
        "0.0",
        "0e7",
        "1e-400",
        r#""""#,
        "[]",
        "{}",
        r#"{" t":[]}"#,
        r#"{" m":""}"#,
        r#"{" b":""}"#,
    ] {
        assert!(!max_age(falsy).await, "{falsy}");
    }
    for truthy in [
        "true",
        "1",
        "-0.5",
        r#""0""#,
        "[0]",
        r#"{" t":[0]}"#,
        r#"{" di":{" t__":[]}}"#,
    ] {
        assert!(max_age(truthy).await, "{truthy}");
    }
}

#[test]
fn build_refuses_a_timeout_that_the_tokens_cannot_enforce() {
    let day = Duration::from_secs(24 * 60 * 60);
    for (format, constructor) in PEERS {
        let error = peer(constructor).absolute_timeout(31 * day).build();
        assert_eq!(
            error.unwrap_err(),
            ConfigError::AbsoluteTimeoutNotEnforced { absolute: 31 * day }
        );
        let idle = peer(constructor).idle_timeout(200 * day).build();
        if !has_time(format) {
            let error = idle.unwrap_err();
            assert_eq!(
                error,
                ConfigError::IdleTimeoutNotEnforced { idle: 200 * day }
            );
            assert!(error.to_string().contains("leave `idle_timeout` out"));
        } else {
            assert!(idle.is_ok());
        }
        let max_age = peer(constructor).max_age(day).build();
        assert_eq!(max_age.is_ok(), !has_time(format));
    }
}

#[test]
fn the_algorithm_of_a_peers_format_is_not_configurable() {
    for (_, constructor) in PEERS {
        let error = peer(constructor)
            .algorithm(Algorithm::HmacSha1)
            .build()
            .unwrap_err();
        assert!(matches!(
            error,
            ConfigError::AlgorithmNotConfigurable { .. }
        ));
        assert!(error.to_string().contains("leave `algorithm` out"));
    }
}

#[test]
fn an_empty_secret_is_refused() {
    assert!(Key::legacy("").is_err());
}

#[test]
fn flask_and_starlette_tokens_are_issued_one_second_in_the_past() {
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let cookie = cookie(&config, json!({"a": 1}));
        let back = u64::from(matches!(format, "flask" | "starlette"));
        assert_eq!(
            session(&cookie, &config).issued_at(),
            at(START - back),
            "{format}"
        );
    }
}

#[test]
fn a_peers_clock_may_be_up_to_a_minute_ahead() {
    for (format, constructor) in PEERS {
        if !has_time(format) {
            continue;
        }
        let at_issue = |issued| session(&issue(format, r#"{"a":1}"#, issued), &built(constructor));
        assert_eq!(at_issue(START + 60).status(), Status::Valid);
        assert_eq!(
            at_issue(START + 61).status(),
            Status::Rejected(Reason::IssuedInFuture)
        );
    }
}

#[test]
fn an_idle_timeout_beyond_90_days_is_kept_in_formats_without_an_absolute_one() {
    let day = 24 * 60 * 60;
    for (format, constructor) in PEERS {
        if !has_time(format) {
            continue;
        }
        let builder = peer(constructor).idle_timeout(Duration::from_secs(200 * day));
        let config = builder.build().unwrap();
        let at_age = |age| session(&issue(format, r#"{"a":1}"#, START - age), &config).status();
        assert_eq!(at_age(200 * day), Status::Valid);
        assert_eq!(at_age(200 * day + 1), Status::Rejected(Reason::IdleTimeout));
    }
}

#[tokio::test]
async fn an_express_session_is_never_due_for_a_refresh() {
    let cookie = cookie(&built(SessionConfig::express), json!({"a": 1}));
    let much_later = peer(SessionConfig::express)
        .clock(|| at(START + 10 * 365 * 24 * 60 * 60))
        .build()
        .unwrap();
    let reply = run(&much_later, &cookie, async |session: Session| {
        assert_eq!(session.status(), Status::Valid);
        session
    })
    .await;
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn a_koa_session_ends_at_its_expire_time_and_a_write_extends_it() {
    let koa = |now: u64| {
        peer(SessionConfig::express)
            .cookie_name("koa.sess")
            .clock(move || at(now))
            .build()
            .unwrap()
    };
    let expire = (START + 100) * 1000;
    let data = json!({"user": "ada", "_expire": expire, "_maxAge": 86_400_000});
    let cookie = {
        // Encoded as Koa does it: our own `encode` would move `_expire`.
        let payload = STANDARD.encode(serde_json::to_string(&data).unwrap());
        signed_pair("koa.sess", &payload)
    };
    assert_eq!(session(&cookie, &koa(START + 100)).status(), Status::Valid);
    assert_eq!(
        session(&cookie, &koa(START + 101)).status(),
        Status::Rejected(Reason::AbsoluteTimeout)
    );

    let reply = run(&koa(START + 50), &cookie, async |mut session: Session| {
        session.insert("n", 1);
        session
    })
    .await;
    let after: Session = Session::from_set_cookie(&reply.headers, &koa(START + 50));
    assert_eq!(after.get("_expire"), Some((START + 50) * 1000 + 86_400_000));
}

#[test]
fn any_matching_pair_of_express_value_and_signature_is_found() {
    let config = built(SessionConfig::express);
    let cookie = cookie(&config, json!({"n": 1}));
    let (value, signature) = cookie.split_once("; ").unwrap();
    for header in [
        format!("{signature}; {value}"),
        format!("session=bad; {value}; {signature}"),
        format!("{value}; session.sig=bad; {signature}"),
        format!("session.sig=; session=; {signature}; session=x; {value}"),
    ] {
        assert_eq!(session(&header, &config).get("n"), Some(1), "{header}");
    }
    // Cookies beyond the number that a browser stores do not cost more.
    for (plants, n) in [(180, Some(1)), (255, Some(1)), (256, None)] {
        let flood = "session.sig=AAAAAAAAAAAAAAAAAAAAAAAAAAA; ".repeat(plants);
        assert_eq!(
            session(&format!("{flood}{cookie}"), &config).get::<u32>("n"),
            n
        );
        let flood = "session=bad; ".repeat(plants);
        assert_eq!(
            session(&format!("{flood}{cookie}"), &config).get::<u32>("n"),
            n
        );
    }
    let junk = "session.sig=j.unk; ".repeat(1000);
    assert_eq!(
        session(&format!("{junk}{cookie}"), &config).status(),
        Status::Valid
    );
}

#[tokio::test]
async fn a_session_too_large_to_inflate_again_is_not_written() {
    for (format, constructor) in [PEERS[0], PEERS[3]] {
        let config = built(constructor);
        // {"a":"..."} is eight bytes longer than its text.
        for (fill, status) in [(64 * 1024 - 8, 200), (64 * 1024 - 7, 500)] {
            let reply = run(
                &config,
                "",
                async move |mut first: Session, second: Session| {
                    first.insert("a", "x".repeat(fill));
                    (first, second, ())
                },
            )
            .await;
            assert_eq!(reply.status.as_u16(), status, "{format}");
            let after: Session = Session::from_set_cookie(&reply.headers, &config);
            assert_eq!(after.contains_key("a"), status == 200);
        }
        let mut session = session("", &config);
        session.insert("a", "x".repeat(70_000));
        let error = config.encode(&*session).unwrap_err();
        assert!(error.is_too_large());
        assert!(
            error.to_string().contains("70008 bytes of JSON and 65536"),
            "{error}"
        );
        session.discard();
    }
}

#[tokio::test]
async fn max_age_is_what_django_s_set_expiry_says() {
    let config = built(SessionConfig::django);
    for (expiry, max_age) in [(0, None), (3600, Some(3600))] {
        let cookie = cookie(&config, json!({"_session_expiry": expiry}));
        let reply = run(&config, &cookie, async |mut session: Session| {
            session.insert("a", 1);
            session
        })
        .await;
        let sent = reply.set_cookie().max_age();
        assert_eq!(sent.map(|age| age.whole_seconds()), max_age);
    }
}

#[test]
fn a_session_expiry_that_django_cannot_read_is_an_error_that_names_its_key() {
    for unreadable in [
        r#""soon""#,
        r#""""#,
        r#""2023-13-01T00:00:00""#,
        "true",
        "[300]",
        r#"{"a":1}"#,
        "473709551616",
        "-1e11",
    ] {
        let error = encode_value(PEERS[3], "_session_expiry", raw(unreadable)).unwrap_err();
        assert!(
            error.contains("_session_expiry") && error.contains("Django"),
            "{error}"
        );
        // The name means nothing inside a value, and to others.
        let inner = raw(&format!(r#"{{"_session_expiry":{unreadable}}}"#));
        assert!(encode_value(PEERS[3], "v", inner).is_ok());
        assert!(encode_value(PEERS[0], "_session_expiry", raw(unreadable)).is_ok());
    }
    for readable in [
        "null",
        "0",
        "-1",
        "300",
        "300.5",
        r#""2023-11-14T22:18:20.999999+00:00""#,
        r#""2023-11-14T22:18:20""#,
    ] {
        assert!(encode_value(PEERS[3], "_session_expiry", raw(readable)).is_ok());
    }
}

#[tokio::test]
async fn a_value_that_the_peer_cannot_read_is_kept_unless_it_is_set() {
    for (format, constructor, key) in [
        ("django", SessionConfig::django as Peer, "_session_expiry"),
        ("express", SessionConfig::express, "valueOf"),
        ("express", SessionConfig::express, "constructor"),
    ] {
        let config = built(constructor);
        let came = issue(format, &format!(r#"{{"{key}":[1]}}"#), START);
        let reply = run(&config, &came, async move |mut session: Session| {
            session.insert(key, [1]);
            session.insert("n", 1);
            session
        })
        .await;
        let sent = wire(format, reply.set_cookies()[0]);
        assert_eq!(sent, format!(r#"{{"{key}":[1],"n":1}}"#));
        let reply = run(&config, &came, async move |mut session: Session| {
            session.insert(key, [2]);
            let error = session.encoded_len().unwrap_err();
            assert!(error.to_string().contains(key), "{error}");
            session
        })
        .await;
        assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        reply.assert_no_set_cookie();
        let reply = run(&config, &came, async move |mut session: Session| {
            assert!(session.remove(key));
            session.insert("n", 1);
            session
        })
        .await;
        assert_eq!(wire(format, reply.set_cookies()[0]), r#"{"n":1}"#);
    }
}

#[test]
fn django_json_in_raw_utf_8_with_white_space_is_read() {
    // Django reads Latin-1.
    let config = built(SessionConfig::django);
    let cookie = issue("django", "{\n\t\"caf\u{e9}\": \"\u{7f}\"\r\n}", START);
    let session = session(&cookie, &config);
    assert_eq!(session.status(), Status::Valid);
    assert_eq!(session.get("caf\u{c3}\u{a9}"), Some("\u{7f}".to_owned()));
}

#[test]
fn a_decompression_bomb_with_a_valid_mac_is_an_invalid_payload() {
    let fill = |len: usize| format!(r#"{{"a":"{}"}}"#, "x".repeat(len));
    for (format, constructor) in [PEERS[0], PEERS[3]] {
        let fits = issue(format, &fill(64 * 1024 - 8), START);
        assert_eq!(session(&fits, &built(constructor)).status(), Status::Valid);
        let bomb = issue(format, &fill(64 * 1024 - 7), START);
        assert!(bomb.len() < 4096);
        assert_eq!(
            session(&bomb, &built(constructor)).status(),
            Status::Rejected(Reason::InvalidPayload)
        );
    }
}

#[tokio::test]
async fn encoded_len_is_the_length_of_the_longer_cookie() {
    for (_, constructor) in PEERS {
        let config = built(constructor);
        for fill in [0, 1, 500] {
            let mut session = session("", &config);
            session.insert("a", "x".repeat(fill));
            let len = session.encoded_len().unwrap();
            let response = axum::response::IntoResponse::into_response(session);
            let reply = Reply::of(response).await;
            let cookies = reply.set_cookies();
            let longest = cookies.iter().map(|header| {
                let pair = header.split(';').next().unwrap();
                pair.len() - 1
            });
            assert_eq!(longest.max(), Some(len));
        }
    }
}

#[test]
fn flasks_flash_messages_are_read_and_new_ones_are_pairs() {
    let config = built(SessionConfig::flask);
    let cookie = issue(
        "flask",
        r#"{"_flashes":[{" t":["message","Hi"]}],"_user_id":"7"}"#,
        START,
    );
    let mut came = session(&cookie, &config);
    assert_eq!(came.get::<String>("_user_id").unwrap(), "7");
    came.flash("info", "ours");
    let encoded = config.encode(&*came).unwrap();
    assert_eq!(
        wire("flask", &encoded),
        r#"{"_flashes":[{" t":["message","Hi"]},["info","ours"]],"_user_id":"7"}"#
    );
    let flash = |category: &str, message: &str| Flash {
        category: category.to_owned(),
        message: message.to_owned(),
    };
    assert_eq!(
        came.take_flashes(),
        [flash("message", "Hi"), flash("info", "ours")]
    );
    came.discard();
}

/// The JSON text of the first cookie that a response sets.
fn sent(format: &str, reply: &Reply) -> String {
    wire(format, reply.set_cookies()[0])
}

/// Name and value of the first cookie that a response sets.
fn pair(reply: &Reply) -> String {
    let (pair, _) = reply.set_cookies()[0].split_once(';').unwrap();
    pair.to_owned()
}

async fn read(session: Session) -> Session {
    session
}

async fn insert_n(mut session: Session) -> Session {
    session.insert("n", 2);
    session
}

#[tokio::test]
async fn a_session_of_a_fallback_key_is_signed_again_at_once() {
    for (format, constructor) in PEERS {
        let key = |secret: &str| Key::legacy(secret).unwrap();
        let build = |builder: SessionConfigBuilder| builder.clock(|| at(START)).build().unwrap();
        let old = build(constructor(key("old")));
        let new = build(constructor(key("new")));
        let both = build(
            constructor(key("new"))
                .fallback_key(key("older"))
                .fallback_key(key("old")),
        );
        let token = cookie(&old, json!({"user": "ada"}));
        let reply = run(&both, &token, read).await;
        let after: Session = Session::from_set_cookie(&reply.headers, &new);
        assert_eq!(after.status(), Status::Valid, "{format}");
        assert_eq!(sent(format, &reply), wire(format, &token));

        let token = cookie(&new, json!({"user": "ada"}));
        run(&both, &token, read).await.assert_no_set_cookie();
    }
}

#[tokio::test]
async fn the_cookie_that_the_peer_would_read_wins_over_another_valid_one() {
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let [one, two] = [1, 2].map(|n| issue(format, &format!(r#"{{"n":{n}}}"#), START));
        let winner = match format {
            "starlette" | "django" => 2,
            _ => 1,
        };
        let app = app(&config, async |session: Session| {
            session.get::<u32>("n").unwrap().to_string()
        });
        let joined = format!("{one}; {two}");
        for cookies in [&[&*joined] as &[&str], &[&*one, &*two]] {
            let reply = send(&app, "/", cookies).await;
            assert_eq!(reply.body, winner.to_string(), "{format}");
        }
    }
}

#[tokio::test]
async fn max_age_is_the_idle_timeout_in_formats_without_a_creation_time() {
    const DAY: u64 = 24 * 60 * 60;
    for (format, constructor) in PEERS {
        if !has_time(format) {
            continue;
        }
        // The default absolute timeout of 90 days would leave 50 of the 60.
        let config = peer(constructor)
            .idle_timeout(Duration::from_secs(60 * DAY))
            .build()
            .unwrap();
        let token = issue(format, r#"{"_permanent":true}"#, START - 40 * DAY);
        for reply in [
            run(&config, &token, read).await,
            run(&config, &token, insert_n).await,
        ] {
            let max_age = reply.set_cookie().max_age().unwrap();
            assert_eq!(max_age.whole_days(), 60, "{format}");
        }
    }
}

#[tokio::test]
async fn a_token_from_a_clock_ahead_is_answered_with_our_time() {
    for (format, constructor) in PEERS {
        if !has_time(format) {
            continue;
        }
        let config = built(constructor);
        let reply = run(&config, &issue(format, r#"{"n":1}"#, START + 60), insert_n).await;
        let after: Session = Session::from_set_cookie(&reply.headers, &config);
        let back = u64::from(format != "django");
        assert_eq!(after.issued_at(), at(START - back), "{format}");
    }
}

#[test]
fn a_uuid_tag_needs_32_hexadecimal_digits() {
    let hex = "0123456789abcdefABCDEF0123456789";
    for wrong in [
        "z".repeat(32),
        "ab".to_owned(),
        String::new(),
        hex[1..].to_owned(),
        format!("{hex}0"),
        format!("{}g", &hex[1..]),
        format!("{} ", &hex[1..]),
        "é".repeat(16),
        "-".repeat(32),
    ] {
        let error = encode_value(PEERS[0], "id", json!({" u": wrong})).unwrap_err();
        assert!(error.contains("\"id\""), "{error}");
    }
    for right in [
        hex.to_owned(),
        format!("urn:uuid:{hex}"),
        "01234567-89ab-cdef-ABCD-EF0123456789".to_owned(),
    ] {
        let json = encode_value(PEERS[0], "id", json!({" u": right})).unwrap();
        assert_eq!(json, format!(r#"{{"id":{{" u":"{right}"}}}}"#));
    }
}

#[test]
fn a_date_tag_needs_the_date_format_of_http() {
    for wrong in [
        "Wed, 99 Oct 2024 23:59:58 GMT",
        "Wed, 31 Feb 2024 23:59:58 GMT",
        "Wed, 02 Oct 2024 24:00:00 GMT",
        "Wed, 02 Okt 2024 23:59:58 GMT",
        "Wed, 02 Oct 2024 23:59:58 UTC",
        "Wed, 02 Oct 2024 23:59:58+0000",
        // The two older formats that a browser still reads.
        "Wednesday, 02-Oct-24 23:59:58 GMT",
        "Friday, 04-Oct-24 23:59:58 GMT",
        "Wed Oct  2 23:59:58 2024",
        "2024-10-02T23:59:58+00:00 GMT",
        "",
    ] {
        let error = encode_value(PEERS[0], "when", json!({" d": wrong})).unwrap_err();
        assert!(error.contains("\"when\""), "{wrong}: {error}");
    }
}

#[test]
fn a_root_that_looks_like_an_escaped_tag_is_escaped_itself() {
    for (key, value, expected) in [
        (" di", r#"{"x":1}"#, r#"{" di":{" di__":{"x":1}}}"#),
        (" di", r#"[" di__"]"#, r#"{" di":{" di__":[" di__"]}}"#),
        (" di", "{}", r#"{" di":{" di__":{}}}"#),
        (
            " di",
            r#"{"x__":1,"y":2}"#,
            r#"{" di":{" di__":{"x__":1,"y":2}}}"#,
        ),
    ] {
        let json = encode_value(PEERS[0], key, raw(value)).unwrap();
        assert_eq!(json, expected);
    }
}

#[test]
fn a_root_that_has_an_escaped_key_next_to_another_stays_if_the_key_is_not_a_tag() {
    let mut data = SessionMap::default();
    data.insert(" di", json!({"a__": 1}));
    data.insert("b", 2);
    let cookie = built(SessionConfig::flask).encode(&data).unwrap();
    assert_eq!(wire("flask", &cookie), r#"{" di":{"a__":1},"b":2}"#);
}

#[test]
fn a_django_time_with_leading_zeros_is_malformed() {
    let config = built(SessionConfig::django);
    let token = issue("django", r#"{"n":1}"#, START);
    let time = token.split(':').nth(1).unwrap();
    for (wrong, reason) in [
        ("01".to_owned(), Reason::Malformed),
        ("00".to_owned(), Reason::Malformed),
        (format!("0{time}"), Reason::Malformed),
        (String::new(), Reason::Malformed),
        ("1_".to_owned(), Reason::Malformed),
        ("z".repeat(12), Reason::Malformed),
        // A single zero is how Django writes the time 0.
        ("0".to_owned(), Reason::IdleTimeout),
        ("1".to_owned(), Reason::IdleTimeout),
    ] {
        let session = session(&issue_django(r#"{"n":1}"#, &wrong), &config);
        assert_eq!(session.status(), Status::Rejected(reason), "{wrong:?}");
    }
    let session = session(&issue_django(r#"{"n":1}"#, time), &config);
    assert_eq!(session.status(), Status::Valid);
}

#[test]
fn a_payload_is_compressed_if_that_is_shorter_than_the_text_by_two_bytes() {
    for (format, constructor) in [PEERS[0], PEERS[3]] {
        let config = built(constructor);
        let mut ties = 0;
        let digits: String = (100..120).map(|n| n.to_string()).collect();
        for (digit, letters) in (0..40).flat_map(|at| (0..16).map(move |n| (at, n))) {
            let text = format!("{}{}", &digits[..digit], "a".repeat(letters));
            let cookie = cookie(&config, json!({"a": text}));
            let json = wire(format, &cookie);
            let deflated = miniz_oxide::deflate::compress_to_vec_zlib(json.as_bytes(), 6);
            let (_, value) = cookie.split_once('=').unwrap();
            let is_compressed = value.starts_with('.');
            assert_eq!(is_compressed, deflated.len() + 1 < json.len(), "{json}");
            ties += u32::from(deflated.len() + 1 == json.len());
        }
        assert!(ties > 0, "no tie was tried");
    }
}

#[test]
fn a_flash_message_that_only_looks_like_a_tag_is_shown_as_its_json() {
    let config = built(SessionConfig::flask);
    let payload = r#"{"_flashes":[{" t":["dropped","x"],"and":1},["info",{" m":"<b>","and":1}],["info",{" m":7}],{" t":["info",{" m":"<i>"}]}]}"#;
    let mut came = session(&issue("flask", payload, START), &config);
    let messages = came.take_flashes().into_iter().map(|flash| flash.message);
    let messages: Vec<_> = messages.collect();
    assert_eq!(messages, [r#"{" m":"<b>","and":1}"#, r#"{" m":7}"#, "<i>"]);
    came.discard();
}

#[tokio::test]
async fn a_flash_of_react_router_is_read_and_taken_by_its_name() {
    let config = built(SessionConfig::react_router);
    let json = r#"{"user":"ada","__flash_notice__":"Saved","__flash_user__":"eve"}"#;
    let cookie = issue("react_router", json, START);
    let reply = run(&config, &cookie, async |mut session: Session| {
        // `get` leaves the value, so that a page that only looks does not use it up.
        assert_eq!(session.get("notice"), Some("Saved".to_owned()));
        assert_eq!(session.try_get("notice").unwrap(), Some("Saved".to_owned()));
        assert!(session.try_get::<u8>("notice").is_err());
        // The key itself goes first, as in React Router.
        assert_eq!(session.get("user"), Some("ada".to_owned()));
        assert_eq!(session.take::<u8>("notice"), None);
        assert_eq!(session.take("notice"), Some("Saved".to_owned()));
        assert_eq!(session.take::<String>("notice"), None);
        assert_eq!(session.take("user"), Some("ada".to_owned()));
        assert_eq!(session.take("user"), Some("eve".to_owned()));
        session.insert("__flash_later__", 1);
        assert_eq!(session.get("later"), Some(1));
        session
    })
    .await;
    assert_eq!(sent("react_router", &reply), r#"{"__flash_later__":1}"#);
}

#[test]
fn only_react_routers_sessions_have_values_that_are_shown_once() {
    for (format, constructor) in PEERS {
        let cookie = issue(format, r#"{"__flash_notice__":"Saved"}"#, START);
        let mut session = session(&cookie, &built(constructor));
        let expected = (format == "react_router").then(|| "Saved".to_owned());
        assert_eq!(session.take::<String>("notice"), expected, "{format}");
        session.discard();
    }
}

#[tokio::test]
async fn the_length_of_a_react_router_session_is_counted_as_it_is_sent() {
    let config = built(SessionConfig::react_router);
    // Every fourth character of the base64 is a slash, which is sent as three.
    let text = "???".repeat(300);
    let reply = run(&config, "", async move |mut session: Session| {
        session.insert("text", &text);
        let len = session.encoded_len().unwrap();
        session.insert("len", len);
        session
    })
    .await;
    let sent = pair(&reply);
    assert!(sent.matches("%2F").count() >= 290, "{sent}");
    let session = session(&sent, &config);
    let len: usize = session.get("len").unwrap();
    // The key `len` itself came later.
    assert!((len..len + 20).contains(&(sent.len() - 1)), "{len}");

    let text = "???".repeat(700);
    let error = encode_len_error(&config, &text);
    assert!(error.contains("4096"), "{error}");
}

fn encode_len_error(config: &SessionConfig, text: &str) -> String {
    let data = SessionMap::from_iter([("text", text)]);
    let error = config.encode(&data).unwrap_err();
    assert!(error.is_too_large());
    error.to_string()
}

#[tokio::test]
async fn max_age_is_what_a_react_router_config_asks_for() {
    let config = peer(SessionConfig::react_router)
        .max_age(Duration::from_secs(3600))
        .build()
        .unwrap();
    let reply = run(&config, "", insert_n).await;
    assert_eq!(reply.set_cookie().max_age().unwrap().whole_seconds(), 3600);
    // It is never due for a refresh, for nothing says when it was issued.
    run(&config, &pair(&reply), read)
        .await
        .assert_no_set_cookie();
}
