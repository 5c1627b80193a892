//! The log: lost changes, rejected cookies, sessions that could not be written.
#![cfg(feature = "tracing")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;

use axum::response::IntoResponse;
use axum_cookie_session::{Session, SessionConfig};
use common::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

fn received(config: &SessionConfig) -> Session {
    let cookie = cookie(config, json!({"user": "ada-the-value", "visits": 1}));
    session(&cookie, config)
}

#[test]
fn dropping_a_changed_session_warns_with_the_names_of_the_keys() {
    let config = config();
    let log = logged(|| {
        let mut session = received(&config);
        session.insert("secret", "hunter2");
        session.remove("user");
        drop(session);
    });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains(" WARN "), "{log}");
    assert!(log.contains(r#"keys=["secret", "user"]"#), "{log}");
    assert!(log.contains(r#"cookie="session""#), "{log}");
    for value in ["hunter2", "ada-the-value", "eyJ"] {
        assert!(!log.contains(value), "{log}");
    }
}

#[test]
fn dropping_a_changed_typed_session_warns_too() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Visitor {
        visits: u32,
        theme: String,
    }
    let log = logged(|| {
        let config = config();
        let mut visitor: Session<Visitor> = Session::from_headers(&headers("session=x"), &config);
        visitor.visits += 1;
    });
    assert!(log.contains(r#"keys=["visits"]"#), "{log}");
}

#[test]
fn nothing_is_logged_if_nothing_is_lost() {
    let config = config();
    let log = logged(|| {
        drop(received(&config));
        // A mutable borrow without a change.
        let mut session = received(&config);
        session.insert("visits", 1);
        session.take_flashes();
        drop(session);
        let mut session = received(&config);
        session.insert("a", 1);
        let _ = session.into_response();
        let mut session = received(&config);
        session.insert("a", 1);
        session.renew();
        session.discard();
    });
    assert_eq!(log, "");
}

#[test]
fn dropping_a_destroyed_or_renewed_session_warns() {
    let config = config();
    for end in [Session::destroy, Session::renew] {
        let log = logged(|| {
            let mut session = received(&config);
            end(&mut session);
        });
        assert!(log.contains("session changes lost"), "{log}");
    }
}

#[test]
fn a_clone_warns_only_about_its_own_changes() {
    let config = config();
    let log = logged(|| {
        let mut session = received(&config);
        session.insert("a", 1);
        session.renew();
        let untouched = session.clone();
        drop(untouched);
        let mut changed = session.clone();
        changed.insert("b", 2);
        drop(changed);
        let _ = session.into_response();
    });
    assert_eq!(log.matches(" WARN ").count(), 1, "{log}");
    assert!(log.contains(r#"keys=["b"]"#), "{log}");
}

#[tokio::test]
async fn a_returned_clone_writes_the_changes_of_the_original() {
    let mut original = received(&config());
    original.insert("a", 1);
    let reply = Reply::of(original.clone().into_response()).await;
    assert_eq!(
        reply.payload(),
        r#"{"user":"ada-the-value","visits":1,"a":1}"#
    );
    original.discard();
}

#[test]
fn a_returned_clone_saves_the_changes_of_the_dropped_original() {
    let config = config();
    let log = logged(|| {
        // A middleware may hand a clone on, and drop the original first or last.
        let mut original = received(&config);
        original.insert("a", 1);
        let clone = original.clone();
        drop(original);
        let _ = clone.into_response();

        let mut original = received(&config);
        original.insert("a", 1);
        let _ = original.clone().into_response();
        drop(original);
    });
    assert!(!log.contains("WARN"), "{log}");

    let log = logged(|| {
        let mut original = received(&config);
        original.insert("a", 1);
        let clone = original.clone();
        original.insert("later", 1);
        drop(original);
        let _ = clone.into_response();
    });
    assert_eq!(log.matches(r#"keys=["later"]"#).count(), 1, "{log}");

    let log = logged(|| {
        let mut original = received(&config);
        original.insert("a", 1);
        let clone = original.clone();
        drop(original);
        drop(clone);
    });
    assert_eq!(log.matches(r#"keys=["a"]"#).count(), 1, "{log}");
}

#[test]
fn every_lost_key_is_named_even_if_a_value_cannot_be_serialized() {
    let log = logged(|| {
        let mut session = received(&config());
        session.insert("first", 1);
        session.insert("grid", HashMap::from([((1, 2), "hunter2")]));
        session.remove("user");
    });
    assert!(log.contains(r#"keys=["first", "grid", "user"]"#), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
}

#[test]
fn the_warning_about_a_lost_destroy_names_the_keys_that_stay() {
    let log = logged(|| {
        let mut session = received(&config());
        session.destroy();
        session.insert("user", "new");
    });
    assert!(log.contains(r#"keys=["user", "visits"]"#), "{log}");
}

#[test]
fn a_lost_typed_session_that_cannot_be_serialized_warns_with_its_type() {
    #[derive(Default, Deserialize)]
    struct Unwritable;
    impl Serialize for Unwritable {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("hunter2"))
        }
    }
    let log = logged(|| {
        let config = config();
        let mut session: Session<Unwritable> = Session::from_headers(&headers("a=b"), &config);
        *session = Unwritable;
    });
    assert!(
        log.contains(" WARN ") && log.contains("Unwritable"),
        "{log}"
    );
    assert!(!log.contains("hunter2"), "{log}");
}

#[test]
fn a_panic_in_a_handler_logs_no_lost_change() {
    let config = config();
    let log = logged(|| {
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let mut session = received(&config);
            session.insert("a", 1);
            panic!("as a handler might");
        }));
        assert!(result.is_err());
    });
    assert_eq!(log, "");
}

#[test]
fn a_rejected_candidate_is_logged_without_its_value_and_a_wrong_mac_at_info() {
    let config = config();
    let valid = cookie(&config, json!({"user": "ada"}));
    let log = logged(|| {
        drop(session(
            &format!("session=hunter2; {valid}x; {valid}"),
            &config,
        ));
    });
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].starts_with("DEBUG "), "{log}");
    assert!(lines[1].starts_with(" INFO "), "{log}");
    assert!(
        lines[0].contains("reason=Malformed") && lines[0].contains("len=7"),
        "{log}"
    );
    assert!(lines[1].contains("reason=BadSignature"), "{log}");
    assert!(!log.contains("hunter2") && !log.contains("eyJ"), "{log}");
}

#[test]
fn an_invalid_payload_is_logged_once() {
    let config = config();
    let log = logged(|| {
        let session = session(&encoded("[1]"), &config);
        assert!(session.is_empty());
        let _ = session.into_response();
    });
    assert_eq!(log.matches("reason=InvalidPayload").count(), 1, "{log}");

    #[derive(Default, Serialize, Deserialize)]
    struct Strict {
        name: String,
    }
    for (payload, reason) in [("[1]", "InvalidPayload"), ("{\"name\":1}", "TypeMismatch")] {
        let log = logged(|| {
            let headers = headers(&encoded(payload));
            drop(Session::<Strict>::from_headers(&headers, &config));
        });
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(log.contains(&format!("reason={reason}")), "{log}");
        assert!(log.contains(&format!("len={}", payload.len())), "{log}");
    }
}

#[test]
fn a_failed_write_is_logged_as_an_error_with_sizes_and_keys() {
    let log = logged(|| {
        let mut session = received(&config());
        session.insert("essay", "hunter2 ".repeat(600));
        let _ = session.into_response();
    });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("ERROR "), "{log}");
    assert!(
        log.contains("6506 bytes and 4096 are allowed")
            && log.contains(r#"largest keys: "essay" (4810 bytes), "user" (22 bytes)"#),
        "{log}"
    );
    assert!(!log.contains("hunter2"), "{log}");
}

/// The warning if `from_headers` is used but `load` is needed.
const NOT_ASKED: &str = " WARN axum_cookie_session: session not shown: `from_headers` cannot ask";

#[test]
fn a_change_without_a_known_revocation_status_logs_an_error_and_warns_if_it_is_dropped() {
    let config = builder()
        .revocation(axum_cookie_session::MemoryRevocation::new())
        .build()
        .unwrap();
    let returned = logged(|| {
        let mut session = received(&config);
        session.insert("secret", "hunter2");
        let _ = session.into_response();
    });
    let lines: Vec<&str> = returned.lines().collect();
    assert_eq!(lines.len(), 2, "{returned}");
    assert!(lines[0].contains(NOT_ASKED), "{returned}");
    assert!(lines[1].contains("ERROR ") && lines[1].contains("may have been revoked"));
    let dropped = logged(|| {
        let mut session = received(&config);
        session.insert("secret", "hunter2");
    });
    assert!(dropped.contains(r#"keys=["secret"]"#), "{dropped}");
    let read = logged(|| drop(received(&config)));
    assert_eq!(read.lines().count(), 1, "{read}");
    assert!(read.contains(NOT_ASKED), "{read}");
    for log in [returned, dropped, read] {
        assert!(
            !log.contains("hunter2") && !log.contains("ada-the-value"),
            "{log}"
        );
    }
}

#[test]
fn a_revoked_session_is_logged_at_debug_level_without_its_value() {
    let revocation = axum_cookie_session::MemoryRevocation::new();
    revocation.revoke_all(at(START));
    let config = builder().revocation(revocation).build().unwrap();
    let headers = headers(&cookie(&config, json!({"user": "ada-the-value"})));
    let log = logged(|| {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().unwrap();
        let session = Session::<axum_cookie_session::SessionMap>::load(&headers, &config);
        drop(runtime.block_on(session));
    });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(
        log.starts_with("DEBUG ") && log.contains("reason=Revoked"),
        "{log}"
    );
    assert!(!log.contains("ada-the-value"), "{log}");
}

#[test]
fn a_refresh_that_does_not_fit_warns() {
    let old = builder().cookie_name("o").build().unwrap();
    let config = builder().fallback_config(old.clone()).build().unwrap();
    let mut fill = "x".repeat(3100);
    let token = loop {
        match old.encode(&json!({"fill": fill})) {
            Ok(token) => break token,
            Err(_) => fill.truncate(fill.len() - 1),
        }
    };
    let log = logged(|| {
        let _ = session(&token, &config).into_response();
    });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(
        log.contains(" WARN ")
            && log.contains("session not refreshed: it stays in the cookie that it came in"),
        "{log}"
    );
}
