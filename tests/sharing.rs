//! What peers do with the sessions that they share with us: quotes, names, lifetimes, tags.
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

use axum_cookie_session::{ConfigError, Reason, Session, SessionConfig, Status};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::peers::*;
use common::*;
use serde_json::{Value, json};

const DAY: u64 = 24 * 60 * 60;

async fn read(session: Session) -> Session {
    session
}

async fn insert_n(mut session: Session) -> Session {
    session.insert("n", 1);
    session
}

/// A cookie of koa-session or cookie-session with exactly this JSON.
fn express_cookie(name: &str, json: &str) -> String {
    signed_pair(name, &STANDARD.encode(json))
}

/// Puts each value of a `Cookie` header into quotes.
fn quoted(cookies: &str) -> String {
    let pairs = cookies.split("; ").map(|pair| {
        let (name, value) = pair.split_once('=').unwrap();
        format!("{name}=\"{value}\"")
    });
    pairs.collect::<Vec<_>>().join("; ")
}

// Quotes

#[test]
fn a_value_in_quotes_is_read_in_every_format_of_a_peer() {
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let token = issue(format, r#"{"user":"ada"}"#, START);
        for header in [
            quoted(&token),
            format!("a=b; {}; c=d", quoted(&token)),
            format!("a=\"b\";{}", quoted(&token)),
        ] {
            let session = session(&header, &config);
            assert_eq!(session.status(), Status::Valid, "{format}: {header}");
            assert_eq!(session.get("user"), Some("ada".to_owned()));
        }
    }
}

#[test]
fn the_value_and_the_signature_of_express_may_be_in_quotes_independently() {
    let config = built(SessionConfig::express);
    let token = express_cookie("session", r#"{"user":"ada"}"#);
    let (value, signature) = token.split_once("; ").unwrap();
    for header in [
        format!("{}; {signature}", quoted(value)),
        format!("{value}; {}", quoted(signature)),
        format!("{}; {}", quoted(signature), quoted(value)),
    ] {
        assert_eq!(
            session(&header, &config).status(),
            Status::Valid,
            "{header}"
        );
    }
}

#[test]
fn only_one_whole_pair_of_quotes_is_taken_off() {
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let token = issue(format, r#"{"user":"ada"}"#, START);
        let (first, rest) = token.split_once("; ").unwrap_or((&token, ""));
        let (name, value) = first.split_once('=').unwrap();
        for wrong in [
            format!("\"{value}"),
            format!("{value}\""),
            format!("\"\"{value}\"\""),
            format!("'{value}'"),
            format!("\" {value}\""),
            format!("\"{value} \""),
            // Nothing inside is decoded.
            format!("\"\\{value}\""),
            format!("\"{}\"", value.replacen('e', "\\145", 1)),
            "\"".to_owned(),
            "\"\"".to_owned(),
        ] {
            let session = session(&format!("{name}={wrong}; {rest}"), &config);
            assert!(session.is_empty());
            assert_ne!(session.status(), Status::Valid, "{format}: {wrong}");
        }
    }
}

#[test]
fn our_own_tokens_are_never_in_quotes() {
    let token = cookie(&config(), json!({"user": "ada"}));
    assert_eq!(session(&token, &config()).status(), Status::Valid);
    assert_ne!(session(&quoted(&token), &config()).status(), Status::Valid);
}

#[test]
fn quotes_count_for_the_length() {
    for (format, constructor) in PEERS {
        let config = built(constructor);
        let encode = |fill: u32| {
            let noise: String = (0..fill).map(noise_at).collect();
            config.encode(&json!({"a": noise})).ok()
        };
        // Compressed formats hold more.
        let mut fills = (2900..4600).step_by(32);
        let longest = fills.rfind(|fill| encode(*fill).is_some()).unwrap();
        let mut seen = [false; 2];
        for token in (longest - 32..longest + 32).filter_map(encode) {
            let len = token.split("; ").next().unwrap().len() - 1;
            let status = session(&quoted(&token), &config).status();
            if len + 2 > 4096 {
                assert_eq!(status, Status::Rejected(Reason::TooLong), "{format}");
                seen[0] = true;
            } else {
                assert_eq!(status, Status::Valid, "{format}");
                seen[1] = true;
            }
        }
        // The length of Starlette's tokens is never 4095 or 4096.
        assert_eq!(seen, [format != "starlette", true], "{format}");
    }
}

/// Characters that do not compress well.
fn noise_at(n: u32) -> char {
    let state = n.wrapping_mul(2_654_435_761) ^ (n >> 3).wrapping_mul(40_503);
    char::from(b'!' + 2 + ((state >> 16) % 57) as u8)
}

// Names

#[tokio::test]
async fn the_default_names_of_older_cookie_session_and_koa_session_work() {
    for name in ["express:sess", "koa:sess", "a:b:c", ":"] {
        let config = peer(SessionConfig::express)
            .cookie_name(name)
            .build()
            .unwrap();
        let token = express_cookie(name, r#"{"user":"ada"}"#);
        let reply = run(&config, &token, async |mut session: Session| {
            assert_eq!(session.status(), Status::Valid);
            session.insert("n", 1);
            session
        })
        .await;
        let pairs = reply.set_cookies();
        let pairs = pairs.iter().map(|header| header.split(';').next().unwrap());
        let pairs = pairs.collect::<Vec<_>>().join("; ");
        assert_eq!(pairs, express_cookie(name, r#"{"user":"ada","n":1}"#));
        let after: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(after.get("n"), Some(1));

        let reply = run(&config, &token, async |mut session: Session| {
            session.destroy();
            session
        })
        .await;
        let names: Vec<_> = reply
            .set_cookies()
            .iter()
            .map(|header| header.split_once('=').unwrap().0.to_owned())
            .collect();
        assert_eq!(names, [name.to_owned(), format!("{name}.sig")]);
    }
}

#[test]
fn a_colon_in_a_name_is_refused_in_every_other_format() {
    let refused = |builder: axum_cookie_session::SessionConfigBuilder, name: &str| {
        let error = builder.cookie_name(name).build().unwrap_err();
        matches!(error, ConfigError::InvalidName { .. })
    };
    assert!(refused(builder(), "express:sess"));
    for (format, constructor) in PEERS {
        if format != "express" {
            assert!(refused(peer(constructor), "express:sess"), "{format}");
        }
        for name in ["express;sess", "a b", "a=b", "a,b", "a\"b", "é", ""] {
            assert!(refused(peer(constructor), name), "{format}: {name:?}");
        }
    }
}

#[tokio::test]
async fn a_session_moves_away_from_a_name_with_a_colon() {
    let old = peer(SessionConfig::express)
        .cookie_name("express:sess")
        .build()
        .unwrap();
    let config = builder().fallback_config(old).build().unwrap();
    let token = express_cookie("express:sess", r#"{"user":"ada"}"#);
    let reply = run(&config, &token, read).await;
    assert_eq!(reply.payload(), r#"{"user":"ada"}"#);
    let reply = run(&config, &token, async |mut session: Session| {
        session.destroy();
        session
    })
    .await;
    let removed = reply.set_cookies().join("\n");
    assert!(removed.contains("express:sess=;"), "{removed}");
    assert!(removed.contains("express:sess.sig=;"), "{removed}");
}

// Lifetimes

/// The Max-Age that answers a session of Django with this `_session_expiry`.
async fn django_max_age(config: &SessionConfig, expiry: &str) -> Option<i64> {
    let json = format!(r#"{{"_session_expiry":{expiry}}}"#);
    let reply = run(config, &issue("django", &json, START), insert_n).await;
    assert!(wire("django", reply.set_cookies()[0]).contains(&json[..json.len() - 1]));
    let max_age = reply.set_cookie().max_age();
    max_age.map(|age| age.whole_seconds())
}

#[tokio::test]
async fn max_age_follows_the_session_expiry_of_django() {
    let by_default = built(SessionConfig::django);
    let closes = peer(SessionConfig::django)
        .persistent(false)
        .build()
        .unwrap();
    for (expiry, max_age) in [
        ("300", 300),
        ("259200", 259_200),
        // Beyond the 14 days of the config.
        ("2592000", 2_592_000),
        ("true", 1),
        // START is 22:13:20.
        (r#""2023-11-14T22:18:20+00:00""#, 300),
        (r#""2023-11-14T23:18:20+01:00""#, 300),
        (r#""2023-11-14T17:18:20-05:00""#, 300),
        (r#""2023-11-14T22:18:20""#, 300),
        (r#""2023-11-14T22:18:20.999999+00:00""#, 300),
        (r#""2023-12-14T22:13:20+00:00""#, 2_592_000),
    ] {
        for config in [&by_default, &closes] {
            let sent = django_max_age(config, expiry).await;
            assert_eq!(sent, Some(max_age), "{expiry}");
        }
    }
    for (expiry, by_default_sent) in [
        ("0", None),
        ("0.0", None),
        // Python's numbers 0 and 1.
        ("false", None),
        ("null", Some(1_209_600)),
        (r#""""#, Some(1_209_600)),
    ] {
        assert_eq!(django_max_age(&by_default, expiry).await, by_default_sent);
        assert_eq!(django_max_age(&closes, expiry).await, None);
    }
}

#[tokio::test]
async fn a_refresh_keeps_the_session_expiry_of_django() {
    let config = built(SessionConfig::django);
    for (expiry, age, max_age) in [
        ("259200", 2 * DAY, 259_200),
        (r#""2023-11-16T22:13:20+00:00""#, 5 * DAY, 2 * 86_400),
        ("2592000", 10 * DAY, 2_592_000),
    ] {
        let json = format!(r#"{{"_session_expiry":{expiry}}}"#);
        let reply = run(&config, &issue("django", &json, START - age), read).await;
        let sent = reply.set_cookie().max_age().unwrap();
        assert_eq!(sent.whole_seconds(), max_age, "{expiry}");
        assert_eq!(wire("django", reply.set_cookies()[0]), json);
    }
    let json = r#"{"_session_expiry":0}"#;
    let reply = run(&config, &issue("django", json, START - 2 * DAY), read).await;
    assert_eq!(reply.set_cookie().max_age(), None);
}

#[tokio::test]
async fn a_django_session_that_closes_with_the_browser_by_setting_has_no_max_age() {
    let config = peer(SessionConfig::django)
        .persistent(false)
        .build()
        .unwrap();
    for token in [String::new(), issue("django", r#"{"user":"ada"}"#, START)] {
        let reply = run(&config, &token, insert_n).await;
        assert_eq!(reply.set_cookie().max_age(), None);
    }
}

#[tokio::test]
async fn a_starlette_session_without_max_age_never_expires() {
    let config = peer(SessionConfig::starlette)
        .persistent(false)
        .idle_timeout(Duration::MAX)
        .build()
        .unwrap();
    for issued in [START - 20 * 365 * DAY, START - 100 * DAY, START] {
        let token = issue("starlette", r#"{"user": "ada"}"#, issued);
        let reply = run(&config, &token, async |session: Session| {
            assert_eq!(session.status(), Status::Valid);
            session
        })
        .await;
        reply.assert_no_set_cookie();
        let reply = run(&config, &token, insert_n).await;
        assert_eq!(reply.set_cookie().max_age(), None);
        assert_eq!(
            wire("starlette", reply.set_cookies()[0]),
            r#"{"user": "ada", "n": 1}"#
        );
    }
}

// Koa

#[tokio::test]
async fn a_write_moves_the_end_of_a_koa_session_whose_age_has_a_fraction() {
    let config = peer(SessionConfig::express)
        .cookie_name("koa.sess")
        .build()
        .unwrap();
    for max_age in [
        "3960000.0000000005",
        "86400000.5",
        "3960000.0",
        "8.64e7",
        "86400000",
    ] {
        let expire = (START + 5) * 1000;
        let json = format!(r#"{{"_expire":{expire}.25,"_maxAge":{max_age}}}"#);
        let token = express_cookie("koa.sess", &json);
        let reply = run(&config, &token, insert_n).await;
        let sent = wire("express", reply.set_cookies()[0]);
        let after: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(after.status(), Status::Valid);
        let moved = after.get::<f64>("_expire").unwrap();
        let expected = START as f64 * 1000.0 + max_age.parse::<f64>().unwrap();
        assert!((moved - expected).abs() < 1.0, "{sent}");
        assert!(sent.contains(&format!("\"_maxAge\":{max_age},")), "{sent}");
        assert_eq!(after.get("n"), Some(1));
    }
}

#[test]
fn a_koa_session_ends_at_a_time_with_a_fraction() {
    let config = built(SessionConfig::express);
    for expire in ["", ".0", ".5"].map(|fraction| format!("{}{fraction}", START * 1000)) {
        let json = format!(r#"{{"_expire":{expire},"_maxAge":3960000.0000000005}}"#);
        let session = session(&express_cookie("session", &json), &config);
        assert_eq!(session.status(), Status::Valid, "{expire}");
    }
    for expire in [
        format!("{}.5", START * 1000 - 1),
        format!("{}", START * 1000 - 1),
    ] {
        let json = format!(r#"{{"_expire":{expire},"_maxAge":3960000.0000000005}}"#);
        let session = session(&express_cookie("session", &json), &config);
        assert_ne!(session.status(), Status::Valid, "{expire}");
    }
}

#[tokio::test]
async fn a_koa_session_is_refreshed_after_a_tenth_of_its_age() {
    let config = built(SessionConfig::express);
    for (age, is_refreshed) in [(0, false), (89, false), (90, true), (899, true)] {
        let expire = (START + 900 - age) * 1000;
        let json = format!(r#"{{"_expire":{expire},"_maxAge":900000}}"#);
        let reply = run(&config, &express_cookie("session", &json), read).await;
        assert_eq!(!reply.set_cookies().is_empty(), is_refreshed, "{age}");
    }
}

#[tokio::test]
async fn a_key_called_expire_without_a_max_age_is_an_ordinary_key() {
    let config = built(SessionConfig::express);
    for value in ["1", "1.5", "\"tomorrow\"", "null", "{\"at\":1}", "0"] {
        let json = format!(r#"{{"_expire":{value},"user":"ada"}}"#);
        let token = express_cookie("session", &json);
        let reply = run(&config, &token, async |mut session: Session| {
            assert_eq!(session.status(), Status::Valid);
            session.insert("n", 1);
            session
        })
        .await;
        let expected = json.replace("\"ada\"}", "\"ada\",\"n\":1}");
        assert_eq!(wire("express", reply.set_cookies()[0]), expected);
    }
    // What a handler inserts is there at the next request.
    let reply = run(&config, "", async |mut session: Session| {
        session.insert("_expire", 5);
        session
    })
    .await;
    let after: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(after.status(), Status::Valid);
    assert_eq!(after.get("_expire"), Some(5));
}

// Flask's tags at the root

/// Flask sorts keys, so their order does not matter to it.
fn value_of(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

/// The JSON that is sent after `change` to a session of Flask with this JSON.
async fn flask_after(json: &str, change: fn(&mut Session)) -> String {
    let config = built(SessionConfig::flask);
    let token = issue("flask", json, START - 1);
    let handler = async move |mut session: Session| {
        assert_eq!(session.status(), Status::Valid);
        change(&mut session);
        session
    };
    let reply = run(&config, &token, handler).await;
    wire("flask", reply.set_cookies()[0])
}

#[tokio::test]
async fn flask_reads_every_key_that_joins_a_root_that_looks_like_a_tag() {
    for tag in [" m", " t", " d", " b", " u", " di"] {
        for value in ["\"\"", "[1,2]", "{\"x\":1}", "null"] {
            // As Flask writes the session `{tag: value}`.
            let root = format!(r#"{{" di":{{"{tag}__":{value}}}}}"#);
            let sent = flask_after(&root, |session| session.insert("a", 1)).await;
            let expected = format!(r#"{{"{tag}":{value},"a":1}}"#);
            assert_eq!(value_of(&sent), value_of(&expected), "{sent}");
        }
    }
}

#[tokio::test]
async fn a_root_that_is_left_with_one_key_like_a_tag_is_escaped_again() {
    for tag in [" m", " t", " d", " b", " u", " di"] {
        let root = format!(r#"{{"{tag}":[1],"a":1}}"#);
        let sent = flask_after(&root, |session| {
            assert!(session.remove("a"));
        })
        .await;
        assert_eq!(sent, format!(r#"{{" di":{{"{tag}__":[1]}}}}"#));
    }
}

#[tokio::test]
async fn a_tag_that_is_set_next_to_its_escape_is_escaped_again() {
    for tag in [" m", " t", " d", " b", " u"] {
        let root = format!(r#"{{" di":{{"{tag}__":0}}}}"#);
        let change: fn(&mut Session) = match tag {
            " m" => |session| session.insert(" m", 1),
            " t" => |session| session.insert(" t", 1),
            " d" => |session| session.insert(" d", 1),
            " b" => |session| session.insert(" b", 1),
            _ => |session| session.insert(" u", 1),
        };
        let sent = flask_after(&root, change).await;
        assert_eq!(sent, format!(r#"{{" di":{{"{tag}__":1}}}}"#));
    }
}

#[tokio::test]
async fn our_own_root_like_a_tag_grows_and_shrinks() {
    let config = built(SessionConfig::flask);
    let first = run(&config, "", async |mut session: Session| {
        session.insert(" m", "");
        session
    })
    .await;
    let cookie = first.set_cookies()[0].split(';').next().unwrap().to_owned();
    assert_eq!(wire("flask", &cookie), r#"{" di":{" m__":""}}"#);
    let second = run(&config, &cookie, async |mut session: Session| {
        // Flask's escape of the whole session is shown as it is.
        assert!(session.contains_key(" di"));
        session.insert("a", 1);
        session
    })
    .await;
    let cookie = second.set_cookies()[0]
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let grown = wire("flask", &cookie);
    assert_eq!(value_of(&grown), json!({" m": "", "a": 1}), "{grown}");
    let third = run(&config, &cookie, async |mut session: Session| {
        assert_eq!(session.get(" m"), Some(String::new()));
        session.remove("a");
        session
    })
    .await;
    assert_eq!(
        wire("flask", third.set_cookies()[0]),
        r#"{" di":{" m__":""}}"#
    );
}
