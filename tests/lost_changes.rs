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

fn block_on<F: Future>(work: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread();
    { runtime }.build().unwrap().block_on(work)
}

/// What is logged at level WARN.
fn warnings(work: impl FnOnce()) -> String {
    let log = logged(work);
    let warnings = log.lines().filter(|line| line.contains(" WARN "));
    warnings.collect::<Vec<_>>().join("\n")
}

/// What one request to this handler logs at level WARN.
fn warnings_of<H, T>(config: &SessionConfig, cookie: &str, handler: H) -> String
where
    H: axum::handler::Handler<T, SessionConfig>,
    T: 'static,
{
    warnings(|| {
        let reply = block_on(run(config, cookie, handler));
        assert_eq!(reply.status, 200);
    })
}

// Clones

#[test]
fn a_returned_clone_takes_the_changes_of_the_dropped_original_along() {
    let cookie = cookie(&config(), json!({"user": "ada"}));
    let log = warnings_of(&config(), &cookie, async |mut session: Session| {
        session.insert("a", 1);
        (session.clone(), "page")
    });
    assert_eq!(log, "");
    let log = warnings_of(&config(), &cookie, async |mut session: Session| {
        session.insert("a", 1);
        let mut clone = session.clone();
        clone.insert("b", 2);
        drop(session);
        (clone, "page")
    });
    assert_eq!(log, "");
    // A clone of a clone, and an end instead of a change.
    let log = warnings_of(&config(), &cookie, async |mut session: Session| {
        session.destroy();
        let clone = session.clone();
        drop(session);
        let second = clone.clone();
        drop(clone);
        (second, "page")
    });
    assert_eq!(log, "");
}

#[test]
fn a_middleware_may_hand_a_clone_on_to_the_handler() {
    use axum::Extension;
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn_with_state};
    use axum::response::Response;

    async fn hand_on(mut session: Session, mut request: Request, next: Next) -> Response {
        session.insert("pages", 1);
        request.extensions_mut().insert(session.clone());
        next.run(request).await
    }
    async fn handler(Extension(mut session): Extension<Session>) -> (Session, &'static str) {
        session.insert("likes", 1);
        (session, "page")
    }
    let config = config();
    let mut payload = String::new();
    let log = warnings(|| {
        let app = app(&config, handler).layer(from_fn_with_state(config.clone(), hand_on));
        let reply = block_on(send(&app, "/", &[&cookie(&config, json!({"user": "ada"}))]));
        payload = reply.payload();
    });
    assert_eq!(payload, r#"{"user":"ada","pages":1,"likes":1}"#);
    assert_eq!(log, "");
}

#[test]
fn a_change_that_no_returned_clone_has_is_lost() {
    let cookie = cookie(&config(), json!({"user": "ada"}));
    // Made after the clone, on the original.
    let log = warnings_of(&config(), &cookie, async |mut session: Session| {
        session.insert("a", 1);
        let clone = session.clone();
        session.insert("late", 1);
        (clone, "page")
    });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains(r#"keys=["late"]"#), "{log}");
    // No clone is returned.
    let log = warnings_of(&config(), &cookie, async |mut session: Session| {
        session.insert("a", 1);
        let clone = session.clone();
        drop(clone);
        "page"
    });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains(r#"keys=["a"]"#), "{log}");
}

// Handlers that do not come to an end

#[test]
fn the_warning_about_a_cancelled_handler_says_so() {
    use std::future::{pending, ready};

    use axum::body::Body;
    use axum::extract::Request;
    use tower::ServiceExt;

    let config = config();
    let handler = async |mut session: Session| {
        session.insert("file", "hunter2");
        pending::<()>().await;
        (session, "page")
    };
    // The client goes away.
    let gone = warnings(|| {
        block_on(async {
            let response = app(&config, handler).oneshot(Request::new(Body::empty()));
            tokio::select! {
                biased;
                _ = response => panic!("the handler waits for ever"),
                () = ready(()) => {}
            }
        });
    });
    // A layer answers in the place of the handler.
    let late = warnings(|| {
        let app = app(&config, handler).layer(axum::middleware::from_fn(
            async |request: Request, next: axum::middleware::Next| {
                tokio::select! {
                    biased;
                    response = next.run(request) => response,
                    () = ready(()) => "too late".into_response(),
                }
            },
        ));
        assert_eq!(block_on(send(&app, "/", &[])).body, "too late");
    });
    for log in [gone, late] {
        assert_eq!(log.lines().count(), 1, "{log}");
        assert!(log.contains(r#"keys=["file"]"#), "{log}");
        assert!(
            log.contains("did not return") && log.contains("cancel"),
            "{log}"
        );
        assert!(!log.contains("hunter2"), "{log}");
    }
}

// Typed sessions that do not fit

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Profile {
    name: String,
    age: u32,
    tags: Vec<String>,
    seen: u32,
}

#[test]
fn the_warning_about_overwritten_keys_names_the_changed_one_too() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Cart {
        items: Vec<u32>,
    }
    let token = encoded(r#"{"items":["hunter2","b"]}"#);
    let log = warnings_of(&config(), &token, async |mut cart: Session<Cart>| {
        cart.items.push(7);
        cart
    });
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains(r#"keys=["items"]"#), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
}

#[test]
fn every_key_whose_old_value_is_overwritten_is_named() {
    let token = encoded(r#"{"other":1,"name":"hunter2","age":"forty","tags":["x"],"seen":0}"#);
    let log = warnings_of(&config(), &token, async |mut profile: Session<Profile>| {
        profile.name = "grace".to_owned();
        profile
    });
    for key in ["\"name\"", "\"age\"", "\"tags\""] {
        assert!(log.contains(key), "{key}: {log}");
    }
    // These two keep their value.
    for key in ["\"seen\"", "\"other\""] {
        assert!(!log.contains(key), "{key}: {log}");
    }
    assert!(!log.contains("hunter2") && !log.contains("forty"), "{log}");

    // The changed key holds what it held before, and so is not overwritten.
    let token = encoded(r#"{"name":"grace","age":"forty","tags":[]}"#);
    let log = warnings_of(&config(), &token, async |mut profile: Session<Profile>| {
        profile.name = "grace".to_owned();
        profile
    });
    assert!(log.contains(r#"keys=["age"]"#), "{log}");
}

#[test]
fn a_session_that_fits_its_type_is_written_without_a_warning() {
    for token in ["session=x", &*encoded(r#"{"name":"ada","age":3}"#)] {
        let log = warnings_of(&config(), token, async |mut profile: Session<Profile>| {
            profile.age += 1;
            profile.tags.push("x".to_owned());
            profile
        });
        assert_eq!(log, "");
    }
}

/// Asserts that debug builds warn, with the name of the type, that it could not be read back.
#[track_caller]
fn assert_not_read_back(log: &str, name: &str) {
    if cfg!(debug_assertions) {
        assert_eq!(log.lines().count(), 1, "{name}: {log}");
        assert!(log.contains(name), "{name}: {log}");
        assert!(!log.contains("hunter2"), "{log}");
    } else {
        assert_eq!(log, "");
    }
}

#[test]
fn a_value_that_becomes_null_could_not_be_read_back() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Measured {
        ratio: f64,
        name: String,
    }
    for broken in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let handler = async move |mut measured: Session<Measured>| {
            measured.ratio = broken;
            measured.name = "hunter2".to_owned();
            measured
        };
        assert_not_read_back(&warnings_of(&config(), "", handler), "Measured");
    }
    let log = warnings_of(&config(), "", async |mut measured: Session<Measured>| {
        measured.ratio = 0.1;
        measured
    });
    assert_eq!(log, "");
}

#[test]
fn a_skipped_field_without_a_default_could_not_be_read_back() {
    #[derive(Default, Serialize, Deserialize)]
    struct Skipping {
        #[serde(skip_serializing_if = "Vec::is_empty")]
        items: Vec<u32>,
        name: String,
    }
    let log = warnings_of(&config(), "", async |mut skipping: Session<Skipping>| {
        skipping.name = "hunter2".to_owned();
        skipping
    });
    assert_not_read_back(&log, "Skipping");
    let log = warnings_of(&config(), "", async |mut skipping: Session<Skipping>| {
        skipping.items.push(1);
        skipping
    });
    assert_eq!(log, "");
}

#[test]
fn a_type_that_denies_unknown_fields_cannot_be_read_back_next_to_a_flash_message() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Strict {
        name: String,
    }
    let log = warnings_of(
        &config(),
        "",
        async |mut session: Session, mut strict: Session<Strict>| {
            session.flash("info", "hunter2");
            strict.name = "ada".to_owned();
            (session, strict, ())
        },
    );
    assert_not_read_back(&log, "Strict");
    let log = warnings_of(&config(), "", async |mut strict: Session<Strict>| {
        strict.name = "ada".to_owned();
        strict
    });
    assert_eq!(log, "");
}

#[test]
fn a_value_that_is_nested_too_deeply_could_not_be_read_back() {
    #[derive(Default, Serialize, Deserialize)]
    struct Deep {
        value: serde_json::Value,
    }
    let nested = |depth| (0..depth).fold(json!("hunter2"), |inner, _| json!([inner]));
    for (depth, fits) in [(100, true), (200, false)] {
        let value = nested(depth);
        let log = warnings_of(&config(), "", async move |mut deep: Session<Deep>| {
            deep.value = value;
            deep
        });
        match fits {
            true => assert_eq!(log, ""),
            false => assert_not_read_back(&log, "Deep"),
        }
    }
}

#[test]
fn a_flattened_float_warns_only_if_serde_json_cannot_read_it_back() {
    #[derive(Default, Serialize, Deserialize)]
    struct Point {
        x: f64,
    }
    #[derive(Default, Serialize, Deserialize)]
    struct Located {
        #[serde(flatten)]
        point: Point,
    }
    let log = warnings_of(&config(), "", async |mut located: Session<Located>| {
        located.point.x = 1.5;
        located
    });
    // Not with the feature `arbitrary_precision`, which another crate may turn on.
    match serde_json::from_str::<Located>(r#"{"x":1.5}"#) {
        Ok(_) => assert_eq!(log, ""),
        Err(_) => assert_not_read_back(&log, "Located"),
    }
}

#[test]
fn replacing_a_verified_payload_that_cannot_be_read_warns() {
    for payload in ["[1]", "null", r#"{"a":NaN}"#, "not JSON at all", "\"text\""] {
        let token = encoded(payload);
        let log = warnings_of(&config(), &token, async |mut session: Session| {
            session.insert("user", "hunter2");
            session
        });
        assert_eq!(log.lines().count(), 1, "{payload}: {log}");
        assert!(!log.contains("hunter2"), "{log}");
        // What stays in the browser is worth no warning.
        let log = warnings_of(&config(), &token, async |session: Session| session);
        assert_eq!(log, "", "{payload}");
    }
}

#[cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django",
    feature = "react-router"
))]
#[test]
fn replacing_a_session_of_a_peer_that_cannot_be_read_warns() {
    use common::peers::*;

    for (format, constructor) in PEERS {
        let token = issue(format, r#"{"a":NaN}"#, START);
        let log = warnings_of(&built(constructor), &token, async |mut session: Session| {
            session.insert("user", "ada");
            session
        });
        assert_eq!(log.lines().count(), 1, "{format}: {log}");
    }
}
