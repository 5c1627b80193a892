//! The effects of common mistakes: the response of the router, and the log.
#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashMap;
use std::time::Duration;

use axum::handler::Handler;
use axum::http::StatusCode;
use axum::http::header::{HeaderName, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse};
use axum_cookie_session::{Key, MemoryRevocation, Reason, Session, SessionConfig, Status};
use common::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The response to a request, and the log of this crate.
fn seen<H, T>(config: &SessionConfig, cookie: &str, handler: H) -> (Reply, String)
where
    H: Handler<T, SessionConfig>,
    T: 'static,
{
    let mut reply = None;
    let log = logged(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        reply = Some(runtime.unwrap().block_on(run(config, cookie, handler)));
    });
    let ours = log
        .lines()
        .filter(|line| line.contains(" axum_cookie_session: "));
    (reply.unwrap(), ours.collect::<Vec<_>>().join("\n"))
}

async fn status(session: Session) -> (Session, String) {
    let status = format!("{:?}", session.status());
    (session, status)
}

fn ada(config: &SessionConfig) -> String {
    cookie(config, json!({"user": "ada"}))
}

const CHANGES_LOST: &str = "session changes lost: the handler did not return the session, or was cancelled before it could. Return `(session, body)`, on errors too, or `discard()` it";
const TYPE_MISMATCH: &str = "session cannot be read as this type, which is its default now: give new fields a `#[serde(default)]`, and a key whose type changed another name";
const NOT_AN_OBJECT: &str =
    "it is not a JSON object: use a struct with named fields or a map with string keys";
const NOT_WRITTEN: &str = "session not written: the response is a 500, or has no body if the session is in a nested tuple or last after a status";

#[test]
fn a_session_that_is_not_returned_is_not_saved_and_the_log_says_to_return_it() {
    let (reply, log) = seen(&config(), "", async |mut session: Session| {
        session.insert("visits", 1);
        "hello"
    });
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (StatusCode::OK, "hello")
    );
    reply.assert_no_set_cookie();
    assert!(
        log.starts_with(" WARN ") && log.contains(CHANGES_LOST),
        "{log}"
    );
    assert!(log.contains(r#"keys=["visits"]"#), "{log}");
}

#[test]
fn an_error_without_the_session_loses_its_changes_and_the_log_says_so() {
    let handler = async |mut session: Session| {
        session.insert("attempts", 1);
        match session.contains_key("user") {
            true => Ok((session, "welcome")),
            false => Err(StatusCode::UNAUTHORIZED),
        }
    };
    let (reply, log) = seen(&config(), "", handler);
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    reply.assert_no_set_cookie();
    assert!(log.contains(CHANGES_LOST), "{log}");
}

#[test]
fn a_clone_changed_in_a_task_is_lost_and_the_log_says_so() {
    let (reply, log) = seen(&config(), "", async |session: Session| {
        let mut of_the_task = session.clone();
        let task = tokio::spawn(async move { of_the_task.insert("visits", 1) });
        task.await.unwrap();
        (session, "hello")
    });
    reply.assert_no_set_cookie();
    assert!(log.contains(CHANGES_LOST), "{log}");
}

#[test]
fn a_nested_tuple_saves_a_session_that_fits() {
    let (reply, log) = seen(&config(), "", async |mut session: Session| {
        session.insert("visits", 1);
        (StatusCode::CREATED, (session, "hello"))
    });
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (StatusCode::CREATED, "hello")
    );
    assert_eq!(reply.payload(), r#"{"visits":1}"#);
    assert!(log.ends_with("session started cookie=\"session\""), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn a_nested_tuple_loses_its_body_if_the_session_does_not_fit_and_the_log_says_why() {
    let (reply, log) = seen(&config(), "", async |mut session: Session| {
        session.insert("essay", "x".repeat(5000));
        (StatusCode::CREATED, (session, "hello"))
    });
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (StatusCode::CREATED, "")
    );
    reply.assert_no_set_cookie();
    assert!(
        log.starts_with("ERROR ") && log.contains(NOT_WRITTEN),
        "{log}"
    );
}

#[test]
fn an_oversized_session_causes_a_500_and_the_log_names_the_largest_keys() {
    let config = config();
    let (reply, log) = seen(&config, &ada(&config), async |mut session: Session| {
        session.insert("essay", "x".repeat(5000));
        (session, "saved")
    });
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (500, ""));
    reply.assert_no_set_cookie();
    assert!(
        log.starts_with("ERROR ") && log.contains(NOT_WRITTEN),
        "{log}"
    );
    assert!(
        log.contains(
            r#"error=session cookie "session" would take 6744 bytes and 4096 are allowed; largest keys: "essay" (5010 bytes), "user" (12 bytes)"#
        ),
        "{log}"
    );
}

#[test]
fn a_value_that_cannot_be_serialized_causes_a_500_and_the_log_names_its_key_and_type() {
    let (reply, log) = seen(&config(), "", async |mut session: Session| {
        session.insert("grid", HashMap::from([((1, 2), "x")]));
        (session, "saved")
    });
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (500, ""));
    assert!(
        log.starts_with("ERROR ") && log.contains(NOT_WRITTEN),
        "{log}"
    );
    assert!(
        log.contains(r#"error=session key "grid": this `std::collections::hash::map::HashMap<(i32, i32), &str>` cannot be written as JSON"#),
        "{log}"
    );
}

#[test]
fn a_type_mismatch_shows_the_default_and_the_log_names_the_type() {
    #[derive(Default, Serialize, Deserialize)]
    struct Cart {
        items: Vec<u32>,
    }
    let config = config();
    let (reply, log) = seen(&config, &ada(&config), async |cart: Session<Cart>| {
        format!("{:?} {}", cart.status(), cart.items.len())
    });
    assert_eq!(reply.body, "Rejected(TypeMismatch) 0");
    assert!(
        log.starts_with("DEBUG ") && log.contains("reason=TypeMismatch"),
        "{log}"
    );
    assert!(
        log.contains("Cart\"") && log.contains(TYPE_MISMATCH),
        "{log}"
    );
    assert!(!log.contains("ada"), "{log}");
}

#[test]
fn a_change_after_a_type_mismatch_overwrites_keys_and_the_log_names_them() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Ballot {
        visitor: Option<String>,
        vote: u32,
        comment: String,
    }
    let config = config();
    let cookie = cookie(&config, json!({"visitor": "ada", "vote": "cobol", "x": 1}));
    let vote = async |mut ballot: Session<Ballot>| {
        ballot.vote = 7;
        (ballot, "voted")
    };
    let (reply, log) = seen(&config, &cookie, vote);
    assert_eq!(
        reply.payload(),
        r#"{"visitor":null,"vote":7,"x":1,"comment":""}"#
    );
    let warning = log.lines().find(|line| line.contains(" WARN ")).unwrap();
    assert!(
        warning.contains("session keys overwritten: the session could not be read as this type")
            && warning.contains(r#"keys=["visitor", "vote"]"#),
        "{log}"
    );
    assert!(!log.contains("ada") && !log.contains("cobol"), "{log}");

    // If the session cannot be written, no key is overwritten.
    let too_long = async |mut ballot: Session<Ballot>| {
        ballot.comment = "x".repeat(SessionConfig::MAX_COOKIE_LEN);
        (ballot, "voted")
    };
    let (reply, log) = seen(&config, &cookie, too_long);
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!log.contains("overwritten"), "{log}");

    // No key is overwritten either if the session is destroyed and starts again.
    let restart = async |mut ballot: Session<Ballot>| {
        ballot.destroy();
        ballot.vote = 7;
        (ballot, "voted")
    };
    let (_, log) = seen(&config, &cookie, restart);
    assert!(!log.contains(" WARN "), "{log}");
}

#[test]
fn with_another_key_the_session_is_new_and_the_log_says_which_key_it_may_be() {
    for other in [other_key(), Key::generate()] {
        let before = SessionConfig::builder(other)
            .cookie_name("session")
            .clock(|| at(START))
            .build()
            .unwrap();
        let (reply, log) = seen(&config(), &ada(&before), status);
        assert_eq!(reply.body, "Rejected(BadSignature)");
        assert!(
            log.starts_with(" INFO ") && log.contains("reason=BadSignature"),
            "{log}"
        );
        assert!(
            log.contains("session cookie rejected: no key verifies it")
                && log.contains("another instance")
                && log.contains("`Key::generate()` before a restart"),
            "{log}"
        );
    }
}

#[test]
fn with_another_cookie_name_the_session_is_new_and_nothing_is_logged() {
    let before = builder().cookie_name("old").build().unwrap();
    let (reply, log) = seen(&config(), &ada(&before), status);
    assert_eq!((reply.body.as_str(), log.as_str()), ("New", ""));
}

#[test]
fn without_a_cookie_the_session_is_new_and_nothing_is_logged() {
    let (reply, log) = seen(&config(), "", status);
    assert_eq!((reply.body.as_str(), log.as_str()), ("New", ""));
}

#[test]
fn the_log_names_a_clock_that_is_more_than_a_minute_behind() {
    let config = config();
    let issued = ada(&config);
    for (behind, expected) in [
        (60, Status::Valid),
        (61, Status::Rejected(Reason::IssuedInFuture)),
    ] {
        let late = builder().clock(move || at(START - behind)).build().unwrap();
        let (reply, log) = seen(&late, &issued, status);
        assert_eq!(reply.body, format!("{expected:?}"));
        assert_eq!(
            log.contains("set the clocks of all instances"),
            behind > 60,
            "{log}"
        );
    }
}

#[test]
fn a_session_read_without_its_revocation_is_not_shown_and_the_log_names_load() {
    let config = builder()
        .revocation(MemoryRevocation::new())
        .build()
        .unwrap();
    let cookie = ada(&config);
    let mut shown = 0;
    let log = logged(|| shown = session(&cookie, &config).len());
    assert_eq!(shown, 0);
    let message = "session not shown: `from_headers` cannot ask the revocation, `load` does";
    assert!(
        log.contains(" WARN ") && log.contains(message) && log.contains("cookie=\"session\""),
        "{log}"
    );
    // Without a cookie there is no session to show, and no warning.
    assert_eq!(logged(|| drop(session("", &config))), "");
}

/// This is how axum works, and it is documented: headers that are written later win.
#[test]
fn an_array_of_headers_replaces_the_session_cookie_only_if_it_comes_later() {
    const THEME: [(HeaderName, &str); 1] = [(SET_COOKIE, "theme=dark")];
    fn visited(mut session: Session) -> Session {
        session.insert("visits", 1);
        session
    }
    let after = async |session: Session| (visited(session), THEME, "hello");
    let (reply, _) = seen(&config(), "", after);
    assert_eq!(reply.set_cookies(), ["theme=dark"]);

    let before = async |session: Session| (THEME, visited(session), "hello");
    let (reply, _) = seen(&config(), "", before);
    assert_eq!(reply.set_cookies().len(), 2);

    let appended = async |session: Session| (visited(session), AppendHeaders(THEME), "hello");
    let (reply, _) = seen(&config(), "", appended);
    assert_eq!(reply.set_cookies().len(), 2);
}

#[test]
fn the_log_explains_every_reason() {
    let config = config();
    let too_long = format!("session={}", "x".repeat(4090));
    let after = |seconds| {
        let clock = move || at(START) + Duration::from_secs(seconds);
        builder().clock(clock).build().unwrap()
    };
    let ended = MemoryRevocation::new();
    ended.revoke_all(at(START));
    let revoked = builder().revocation(ended).build().unwrap();
    let idle = after(15 * 24 * 60 * 60);
    for (config, cookie, explanation) in [
        (&config, too_long, "longer than 4096 bytes"),
        (&config, "session=x".to_owned(), "not a session token"),
        (
            &config,
            ada(&config).replace("=1.", "=9."),
            "another `algorithm`",
        ),
        (&config, ada(&config) + "x", "no key verifies it"),
        (&config, encoded("[1]"), "not a JSON object"),
        (&idle, ada(&config), "the idle timeout has passed"),
        (
            &revoked,
            ada(&config),
            "the revocation says that it was revoked",
        ),
    ] {
        let (_, log) = seen(config, &cookie, async |session: Session| {
            let keys = session.len();
            (session, format!("{keys} keys"))
        });
        assert!(
            log.contains("session cookie rejected: ") && log.contains(explanation),
            "{explanation}: {log}"
        );
    }
}

#[test]
fn a_type_that_is_not_a_json_object_causes_a_500_and_the_log_says_what_to_use() {
    let (reply, log) = seen(&config(), "", async |mut list: Session<Vec<u32>>| {
        list.push(1);
        (list, "saved")
    });
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (500, ""));
    assert!(
        log.starts_with("ERROR ") && log.contains(NOT_WRITTEN),
        "{log}"
    );
    assert!(log.contains(NOT_AN_OBJECT), "{log}");
}

/// Asserts that the guide contains this text, with any line breaks.
#[track_caller]
fn assert_quoted(text: &str) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let guide = words(include_str!("../src/guide/troubleshooting.md"));
    assert!(guide.contains(&words(text)), "{text}");
}

#[test]
fn the_guide_quotes_the_printed_messages() {
    let before = SessionConfig::new(other_key());
    let after = SessionConfig::new(key());
    let visits = cookie(&before, json!({"visits": 1}));
    assert_quoted(&seen(&after, &visits, status).1);
    assert_quoted(&Key::new("secret").unwrap_err().to_string());
    let builder = || SessionConfig::builder(key());
    let path = builder().path("/shop").build().unwrap_err().to_string();
    assert_quoted(path.split(';').next().unwrap());
    for refused in [builder().secure(false), builder().domain("example.com")] {
        let error = refused.build().unwrap_err().to_string();
        let why = error.split_once(": ").unwrap().1;
        assert_quoted(
            why.split([';', '"'])
                .next()
                .unwrap()
                .trim_end_matches(" and it is "),
        );
    }

    let essay = after.encode(&json!({"essay": "x".repeat(5000)}));
    assert_quoted(&essay.unwrap_err().to_string());
    let mut grid = axum_cookie_session::SessionMap::default();
    grid.insert("grid", HashMap::from([((1, 2), "x")]));
    let grid = after.encode(&grid).unwrap_err().to_string();
    assert_quoted(
        &grid
            .replace("std::collections::hash::map::", "")
            .replacen('`', "", 2),
    );
    let asking = SessionConfig::builder(key()).revocation(MemoryRevocation::new());
    let asking = asking.build().unwrap();
    let mut not_asked = session(&cookie(&asking, json!({"a": 1})), &asking);
    not_asked.insert("a", 2);
    let log = logged(|| drop(IntoResponse::into_response(not_asked)));
    assert_quoted(log.split("error=").nth(1).unwrap());

    for (text, end) in [(TYPE_MISMATCH, ':'), (NOT_AN_OBJECT, '.')] {
        assert_quoted(text.split(end).next().unwrap());
    }
}

#[test]
fn the_guide_quotes_every_warning_and_error_in_the_log() {
    let calls = include_str!("../src/log.rs").split("event!(");
    let calls = calls
        .map(str::trim_start)
        .filter(|call| call.starts_with("warn,") || call.starts_with("error,"));
    let texts: Vec<_> = calls.map(|call| call.split('"').nth(1).unwrap()).collect();
    assert!(texts.contains(&CHANGES_LOST) && texts.contains(&NOT_WRITTEN));
    texts.into_iter().for_each(assert_quoted);
}

#[test]
fn the_log_says_that_several_valid_cookies_came() {
    let asking = builder().revocation(MemoryRevocation::new());
    for config in [config(), asking.build().unwrap()] {
        let log = |cookies: String| seen(&config, &cookies, status).1;
        let (ada, bob) = (ada(&config), cookie(&config, json!({"user": "bob"})));
        let several = log(format!("{ada}; {bob}"));
        assert!(
            several.contains("several valid session cookies came: the newest one counts"),
            "{several}"
        );
        assert_eq!(log(ada.clone()), "");
        assert_eq!(log(format!("{ada}; {ada}")), "");
    }
}

#[test]
fn the_log_says_that_a_response_is_kept_out_of_shared_caches() {
    for (name, value, is_shared) in [
        ("cache-control", "public", true),
        ("cache-control", "max-age=60, s-maxage=60", true),
        ("surrogate-control", "max-age=60", true),
        ("cache-control", "max-age=60", false),
    ] {
        let name = HeaderName::from_static(name);
        let (_, log) = seen(&config(), "", async move |mut session: Session| {
            session.insert("visits", 1);
            (session, ([(name, value)], "body").into_response())
        });
        let is_logged = log.contains("response kept out of shared caches");
        assert_eq!(is_logged, is_shared, "{value}: {log}");
    }
}

#[test]
fn the_log_says_that_a_session_was_renewed() {
    let (_, log) = seen(&config(), &ada(&config()), async |mut session: Session| {
        session.renew();
        session
    });
    assert!(log.ends_with("session renewed cookie=\"session\""), "{log}");
}

#[test]
fn the_log_says_that_a_session_ended() {
    let (_, log) = seen(&config(), &ada(&config()), async |mut session: Session| {
        session.destroy();
        session
    });
    assert!(log.ends_with("session ended cookie=\"session\""), "{log}");
}

#[test]
fn the_log_explains_that_a_session_in_use_is_too_old() {
    const HOUR: u64 = 60 * 60;
    let day = Duration::from_secs(24 * HOUR);
    let config = |hours: u64| {
        let builder = builder().absolute_timeout(day).idle_timeout(day);
        builder
            .clock(move || at(START + hours * HOUR))
            .build()
            .unwrap()
    };
    let (reply, _) = seen(&config(20), &ada(&config(0)), status);
    let refreshed = reply.set_cookie().stripped().to_string();
    let (reply, log) = seen(&config(30), &refreshed, status);
    assert_eq!(reply.body, "Rejected(AbsoluteTimeout)");
    assert!(
        log.contains("the absolute timeout has passed since the session began"),
        "{log}"
    );
}
