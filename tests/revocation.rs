//! Sessions that a revocation ends, and sessions whose revocation status is unknown.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::VARY;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_cookie_session::{
    ConfigError, MemoryRevocation, Reason, Revocation, RevocationStatus, Session, SessionConfig,
    SessionConfigBuilder, Status, VerifiedSession,
};
use common::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A store whose answer the test sets, and which counts the calls of `check`.
#[derive(Clone)]
struct Store {
    answer: Arc<Mutex<RevocationStatus>>,
    /// Users whose sessions are revoked, whatever the answer is.
    banned: Arc<Mutex<Vec<String>>>,
    calls: Arc<AtomicUsize>,
}

impl Store {
    fn answering(answer: RevocationStatus) -> Self {
        Self {
            answer: Arc::new(Mutex::new(answer)),
            banned: Arc::default(),
            calls: Arc::default(),
        }
    }

    fn banning(users: &[&str]) -> Self {
        let store = Self::answering(RevocationStatus::Valid);
        *store.banned.lock().unwrap() = users.iter().map(|user| (*user).to_owned()).collect();
        store
    }

    fn set_answer(&self, answer: RevocationStatus) {
        *self.answer.lock().unwrap() = answer;
    }

    /// The number of calls of `check` since the last call of this function.
    fn take_calls(&self) -> usize {
        self.calls.swap(0, Ordering::SeqCst)
    }
}

impl Revocation for Store {
    async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
        // A real store waits.
        tokio::task::yield_now().await;
        self.calls.fetch_add(1, Ordering::SeqCst);
        let user = session.get::<String>("user").unwrap_or_default();
        match self.banned.lock().unwrap().contains(&user) {
            true => RevocationStatus::Revoked,
            false => *self.answer.lock().unwrap(),
        }
    }
}

fn with_revocation(store: &Store) -> SessionConfigBuilder {
    builder().revocation(store.clone())
}

/// A config whose revocation gives this answer.
fn fails_closed(answer: RevocationStatus) -> SessionConfig {
    with_revocation(&Store::answering(answer)).build().unwrap()
}

/// The same, and sessions are shown if the answer is unknown.
fn fails_open(answer: RevocationStatus) -> SessionConfig {
    let builder = with_revocation(&Store::answering(answer)).fail_open(true);
    builder.build().unwrap()
}

fn ada(config: &SessionConfig) -> String {
    cookie(config, json!({"user": "ada"}))
}

async fn seen(session: Session) -> (Session, String) {
    let seen = format!("{:?} {:?}", session.status(), session.get::<String>("user"));
    (session, seen)
}

async fn write(mut session: Session) -> (Session, &'static str) {
    session.insert("theme", "dark");
    (session, "written")
}

async fn sign_out(mut session: Session) -> (Session, &'static str) {
    session.destroy();
    (session, "signed out")
}

async fn sign_in(mut session: Session) -> (Session, &'static str) {
    session.destroy();
    session.insert("user", "grace");
    (session, "signed in")
}

async fn renew(mut session: Session) -> (Session, &'static str) {
    session.renew();
    (session, "renewed")
}

async fn clear(mut session: Session) -> (Session, &'static str) {
    session.clear();
    (session, "cleared")
}

#[track_caller]
fn assert_unwritten(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.body, "");
    reply.assert_no_set_cookie();
}

#[track_caller]
fn assert_removed(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::OK);
    let cookie = reply.set_cookie();
    assert_eq!((cookie.name(), cookie.value()), ("session", ""));
    assert!(cookie.max_age().unwrap().is_zero());
}

/// The config after a tenth of the idle timeout: a refresh of a valid session is due.
fn later(builder: SessionConfigBuilder) -> SessionConfig {
    let due = START + 14 * 24 * 60 * 60 / 10;
    builder.clock(move || at(due)).build().unwrap()
}

#[tokio::test]
async fn a_valid_session_is_read_written_refreshed_and_removed() {
    let config = fails_closed(RevocationStatus::Valid);
    let ada = ada(&config);
    let reply = run(&config, &ada, seen).await;
    assert_eq!(reply.body, r#"Valid Some("ada")"#);
    reply.assert_no_set_cookie();
    let reply = run(&config, &ada, write).await;
    assert_eq!(reply.payload(), r#"{"user":"ada","theme":"dark"}"#);
    assert_removed(&run(&config, &ada, sign_out).await);

    let later = later(with_revocation(&Store::answering(RevocationStatus::Valid)));
    assert_eq!(run(&later, &ada, seen).await.payload(), r#"{"user":"ada"}"#);
}

#[tokio::test]
async fn a_revoked_session_is_replaced_by_a_new_one() {
    for config in [
        fails_closed(RevocationStatus::Revoked),
        fails_open(RevocationStatus::Revoked),
    ] {
        let reply = run(&config, &ada(&config), seen).await;
        assert_eq!(reply.body, "Rejected(Revoked) None");
        assert_eq!(reply.all(VARY), ["Cookie"]);
        // Another instance may see it differently, so only `destroy` removes the cookie.
        reply.assert_no_set_cookie();
    }
}

#[tokio::test]
async fn a_revoked_session_is_not_refreshed() {
    let later = later(with_revocation(&Store::answering(
        RevocationStatus::Revoked,
    )));
    let reply = run(&later, &ada(&config()), seen).await;
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn a_write_after_a_revocation_starts_a_new_session() {
    let clock = Clock::new();
    let store = Store::answering(RevocationStatus::Revoked);
    let config = with_revocation(&store).clock(clock.read()).build().unwrap();
    let ada = ada(&config);
    clock.advance(100);
    let reply = run(&config, &ada, write).await;
    assert_eq!(reply.payload(), r#"{"theme":"dark"}"#);
    let after: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(after.created_at(), at(START + 100));
    assert_removed(&run(&config, &ada, sign_out).await);
    let reply = run(&config, &ada, sign_in).await;
    assert_eq!(reply.payload(), r#"{"user":"grace"}"#);
}

#[tokio::test]
async fn if_the_answer_is_unknown_a_new_session_is_shown() {
    let config = fails_closed(RevocationStatus::Unknown);
    let reply = run(&config, &ada(&config), seen).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.body, "Rejected(RevocationUnknown) None");
    assert_eq!(reply.all(VARY), ["Cookie"]);
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn if_the_answer_is_unknown_and_the_config_fails_open_the_session_is_shown() {
    let config = fails_open(RevocationStatus::Unknown);
    let reply = run(&config, &ada(&config), seen).await;
    assert_eq!(reply.body, r#"RevocationUnknown Some("ada")"#);
    assert_eq!(reply.all(VARY), ["Cookie"]);
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn if_the_answer_is_unknown_nothing_is_refreshed() {
    let ada = ada(&config());
    for fail_open in [false, true] {
        let store = Store::answering(RevocationStatus::Unknown);
        let config = later(with_revocation(&store).fail_open(fail_open));
        run(&config, &ada, seen).await.assert_no_set_cookie();
        // A refresh would have been due.
        store.set_answer(RevocationStatus::Valid);
        run(&config, &ada, seen).await.set_cookie();
    }
}

#[tokio::test]
async fn if_the_answer_is_unknown_a_change_is_an_error_and_the_cookie_stays() {
    for config in [
        fails_closed(RevocationStatus::Unknown),
        fails_open(RevocationStatus::Unknown),
    ] {
        let ada = ada(&config);
        assert_unwritten(&run(&config, &ada, write).await);
        assert_unwritten(&run(&config, &ada, sign_in).await);
        assert_unwritten(&run(&config, &ada, renew).await);
    }
}

#[tokio::test]
async fn if_the_answer_is_unknown_a_cleared_session_stays() {
    let config = fails_open(RevocationStatus::Unknown);
    assert_unwritten(&run(&config, &ada(&config), clear).await);
    // This session has no keys to clear.
    let config = fails_closed(RevocationStatus::Unknown);
    let reply = run(&config, &ada(&config), clear).await;
    assert_eq!(reply.status, StatusCode::OK);
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn if_the_answer_is_unknown_a_sign_out_still_removes_the_cookie() {
    for config in [
        fails_closed(RevocationStatus::Unknown),
        fails_open(RevocationStatus::Unknown),
    ] {
        assert_removed(&run(&config, &ada(&config), sign_out).await);
    }
}

#[tokio::test]
async fn if_the_answer_is_unknown_a_sign_out_removes_fallback_cookies_too() {
    let old = builder().cookie_name("old").build().unwrap();
    let store = Store::answering(RevocationStatus::Unknown);
    let config = with_revocation(&store)
        .fallback_config(old.clone())
        .build()
        .unwrap();
    let reply = run(&config, &ada(&old), sign_out).await;
    let names: Vec<_> = reply.set_cookies();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].starts_with("session=;") && names[1].starts_with("old=;"));
}

#[tokio::test]
async fn the_same_cookie_is_valid_again_when_the_store_answers() {
    let store = Store::answering(RevocationStatus::Unknown);
    let config = with_revocation(&store).build().unwrap();
    let mut browser = Browser::new(
        Router::new()
            .route("/", get(seen))
            .route("/write", get(write))
            .with_state(config.clone()),
    );
    let token = ada(&config).trim_start_matches("session=").to_owned();
    browser.jar.insert("session".to_owned(), token.clone());
    assert_eq!(
        browser.get("/").await.body,
        "Rejected(RevocationUnknown) None"
    );
    assert_unwritten(&browser.get("/write").await);
    assert_eq!(browser.jar["session"], token);
    store.set_answer(RevocationStatus::Valid);
    assert_eq!(browser.get("/").await.body, r#"Valid Some("ada")"#);
    assert_eq!(
        browser.get("/write").await.payload(),
        r#"{"user":"ada","theme":"dark"}"#
    );
}

#[tokio::test]
async fn an_outer_view_adds_nothing_to_a_response_after_a_failed_write() {
    let store = Store::answering(RevocationStatus::Unknown);
    let config = with_revocation(&store).build().unwrap();
    async fn outer(mut session: Session, request: axum::extract::Request, next: Next) -> Response {
        session.destroy();
        let response = next.run(request).await;
        (session, response).into_response()
    }
    let app = Router::new()
        .route("/", get(write))
        .layer(middleware::from_fn_with_state(config.clone(), outer))
        .with_state(config.clone());
    assert_unwritten(&send(&app, "/", &[&ada(&config)]).await);
}

#[tokio::test]
async fn the_revocation_is_not_consulted_for_a_request_without_a_session() {
    let store = Store::answering(RevocationStatus::Unknown);
    let config = with_revocation(&store)
        .idle_timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    let ada = ada(&config);
    let reply = run(&config, "", write).await;
    assert_eq!(reply.payload(), r#"{"theme":"dark"}"#);
    let reply = run(&config, "session=junk", seen).await;
    assert_eq!(reply.body, "Rejected(Malformed) None");
    let reply = run(&config, &format!("{ada}x"), seen).await;
    assert_eq!(reply.body, "Rejected(BadSignature) None");
    let late = with_revocation(&store).idle_timeout(Duration::from_secs(60));
    let late = late.clock(|| at(START + 61)).build().unwrap();
    assert_eq!(
        run(&late, &ada, seen).await.body,
        "Rejected(IdleTimeout) None"
    );
    assert_eq!(store.take_calls(), 0);
}

#[tokio::test]
async fn the_revocation_is_not_asked_about_an_invalid_payload() {
    let store = Store::answering(RevocationStatus::Unknown);
    let config = with_revocation(&store).build().unwrap();
    for payload in ["[1]", "{", "", "7"] {
        let reply = run(&config, &encoded(payload), write).await;
        assert_eq!(reply.payload(), r#"{"theme":"dark"}"#);
        let reply = run(&config, &encoded(payload), seen).await;
        assert_eq!(reply.body, "Rejected(InvalidPayload) None");
        let session: Session = Session::from_headers(&headers(&encoded(payload)), &config);
        assert_eq!(session.status(), Status::Rejected(Reason::InvalidPayload));
    }
    assert_eq!(store.take_calls(), 0);
}

#[tokio::test]
async fn all_extractors_of_a_request_share_one_answer() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct User {
        user: String,
    }
    async fn guard(session: Session, request: axum::extract::Request, next: Next) -> Response {
        let response = next.run(request).await;
        (session, response).into_response()
    }
    for (answer, body) in [
        (RevocationStatus::Valid, "ada Valid"),
        (RevocationStatus::Revoked, " Rejected(Revoked)"),
        (RevocationStatus::Unknown, " Rejected(RevocationUnknown)"),
    ] {
        let store = Store::answering(answer);
        let config = with_revocation(&store).build().unwrap();
        let handler = async |user: Session<User>, session: Session| {
            let seen = format!("{} {:?}", user.user, session.status());
            (user, session, seen)
        };
        let app = Router::new()
            .route("/", get(handler))
            .layer(middleware::from_fn_with_state(config.clone(), guard))
            .with_state(config.clone());
        assert_eq!(send(&app, "/", &[&ada(&config)]).await.body, body);
        assert_eq!(store.take_calls(), 1);
        send(&app, "/", &[&ada(&config)]).await;
        assert_eq!(store.take_calls(), 1, "the next request asks again");
    }
}

#[tokio::test]
async fn the_revocation_is_asked_about_each_session_of_a_request() {
    let store = Store::banning(&["ada"]);
    let config = with_revocation(&store).build().unwrap();
    async fn swap(mut request: axum::extract::Request, next: Next) -> Response {
        let other = cookie(&common::config(), json!({"user": "grace"}));
        request
            .headers_mut()
            .insert("cookie", other.parse().unwrap());
        next.run(request).await
    }
    async fn first(session: Session, request: axum::extract::Request, next: Next) -> Response {
        assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
        next.run(request).await
    }
    let app = Router::new()
        .route("/", get(seen))
        .layer(middleware::from_fn(swap))
        .layer(middleware::from_fn_with_state(config.clone(), first))
        .with_state(config.clone());
    let reply = send(&app, "/", &[&ada(&config)]).await;
    assert_eq!(reply.body, r#"Valid Some("grace")"#);
}

#[tokio::test]
async fn two_configs_that_read_one_cookie_each_ask_their_own_revocation() {
    async fn outer(session: Session, request: axum::extract::Request, next: Next) -> Response {
        assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
        next.run(request).await
    }
    let config = fails_closed(RevocationStatus::Valid);
    let stricter = fails_closed(RevocationStatus::Revoked);
    let app = Router::new()
        .route("/", get(seen))
        .layer(middleware::from_fn_with_state(stricter, outer))
        .with_state(config.clone());
    let reply = send(&app, "/", &[&ada(&config)]).await;
    assert_eq!(reply.body, r#"Valid Some("ada")"#);
}

#[tokio::test]
async fn the_revocation_distinguishes_sessions_with_the_same_keys_by_age() {
    let clock = Clock::new();
    let revocation = MemoryRevocation::new();
    revocation.revoke("user", "ada", at(START)).unwrap();
    let config = builder().clock(clock.read()).revocation(revocation);
    let config = config.build().unwrap();
    let older = ada(&config);
    clock.advance(1);
    let both = format!("{older}; {}", ada(&config));
    let reply = run(&config, &both, seen).await;
    assert_eq!(reply.body, r#"Valid Some("ada")"#);
}

#[tokio::test]
async fn a_second_config_asks_its_own_revocation() {
    let config = fails_closed(RevocationStatus::Valid);
    let stricter = fails_closed(RevocationStatus::Revoked);
    let handler = {
        let stricter = stricter.clone();
        move |session: Session, headers: axum::http::HeaderMap| {
            let stricter = stricter.clone();
            async move {
                let strict: Session = Session::load(&headers, &stricter).await;
                format!("{:?} {:?}", session.status(), strict.status())
            }
        }
    };
    let reply = run(&config, &ada(&config), handler).await;
    assert_eq!(reply.body, "Valid Rejected(Revoked)");
}

#[tokio::test]
async fn a_revoked_cookie_does_not_hide_a_valid_one_of_the_same_name() {
    let store = Store::banning(&["mallory"]);
    let config = with_revocation(&store).build().unwrap();
    let planted = cookie(&config, json!({"user": "mallory"}));
    // The last of equally new ones is asked about first.
    let both = format!("{}; {planted}", ada(&config));
    assert_eq!(run(&config, &both, seen).await.body, r#"Valid Some("ada")"#);
    assert_eq!(store.take_calls(), 2);
    let twice = format!("{planted}; {planted}");
    let reply = run(&config, &twice, seen).await;
    assert_eq!(reply.body, "Rejected(Revoked) None");
    assert_eq!(store.take_calls(), 1, "it was answered already");
}

#[tokio::test]
async fn the_revocation_is_asked_about_at_most_four_cookies() {
    let store = Store::banning(&["mallory"]);
    let config = with_revocation(&store).build().unwrap();
    let planted = |count: usize| {
        let one = |n| cookie(&config, json!({"user": "mallory", "n": n}));
        (0..count).map(one).collect::<Vec<_>>().join("; ")
    };
    let behind = |count| format!("{}; {}", ada(&config), planted(count));
    let reply = run(&config, &behind(3), seen).await;
    assert_eq!(reply.body, r#"Valid Some("ada")"#);
    assert_eq!(store.take_calls(), 4);
    let reply = run(&config, &behind(4), seen).await;
    assert_eq!(reply.body, "Rejected(Revoked) None");
    assert_eq!(store.take_calls(), 4);
    assert_eq!(
        run(&config, &planted(100), seen).await.status,
        StatusCode::OK
    );
    assert_eq!(store.take_calls(), 4);
}

#[tokio::test]
async fn after_an_unknown_answer_the_store_is_not_asked_about_the_next_cookie() {
    let store = Store::answering(RevocationStatus::Unknown);
    let config = with_revocation(&store).build().unwrap();
    let other = cookie(&config, json!({"user": "grace"}));
    let reply = run(&config, &format!("{}; {other}", ada(&config)), seen).await;
    assert_eq!(reply.body, "Rejected(RevocationUnknown) None");
    assert_eq!(store.take_calls(), 1);
}

#[tokio::test]
async fn the_reason_revoked_outranks_the_other_reasons() {
    let config = fails_closed(RevocationStatus::Revoked);
    let late = with_revocation(&Store::answering(RevocationStatus::Revoked))
        .clock(|| at(START + 1000))
        .absolute_timeout(Duration::from_secs(500))
        .build()
        .unwrap();
    let fresh = with_revocation(&Store::answering(RevocationStatus::Revoked))
        .clock(|| at(START + 1000))
        .build()
        .unwrap();
    for cookies in [
        format!("session=junk; {}", ada(&config)),
        format!("{}; session=junk", ada(&config)),
    ] {
        let reply = run(&config, &cookies, seen).await;
        assert_eq!(reply.body, "Rejected(Revoked) None");
    }
    for cookies in [
        format!("{}; {}", ada(&config), ada(&fresh)),
        format!("{}; {}", ada(&fresh), ada(&config)),
    ] {
        let reply = run(&late, &cookies, seen).await;
        assert_eq!(reply.body, "Rejected(Revoked) None");
    }
}

#[tokio::test]
async fn the_revocation_is_asked_about_fallback_sessions_too() {
    let old = builder().cookie_name("old").build().unwrap();
    for (answer, body) in [
        (RevocationStatus::Valid, r#"Fallback Some("ada")"#),
        (RevocationStatus::Revoked, "Rejected(Revoked) None"),
        (
            RevocationStatus::Unknown,
            "Rejected(RevocationUnknown) None",
        ),
    ] {
        let store = Store::answering(answer);
        let config = with_revocation(&store)
            .fallback_config(old.clone())
            .build()
            .unwrap();
        let reply = run(&config, &ada(&old), seen).await;
        assert_eq!(reply.body, body);
        assert_eq!(store.take_calls(), 1);
        match answer {
            RevocationStatus::Valid => assert_eq!(reply.payload(), r#"{"user":"ada"}"#),
            _ => reply.assert_no_set_cookie(),
        }
    }
    let store = Store::answering(RevocationStatus::Unknown);
    let config = with_revocation(&store)
        .fallback_config(old.clone())
        .fail_open(true)
        .build();
    let reply = run(&config.unwrap(), &ada(&old), seen).await;
    assert_eq!(reply.body, r#"RevocationUnknown Some("ada")"#);
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn a_fallback_cookie_does_not_bring_back_a_revoked_session() {
    let old = builder().cookie_name("old").build().unwrap();
    let older = builder().cookie_name("older").build().unwrap();
    let store = Store::banning(&["ada"]);
    let config = with_revocation(&store)
        .fallback_config(old.clone())
        .fallback_config(older.clone());
    let config = config.build().unwrap();
    let grace = |config| cookie(config, json!({"user": "grace"}));
    for cookies in [
        format!("{}; {}", ada(&config), grace(&old)),
        format!("{}; {}", ada(&old), grace(&older)),
    ] {
        let reply = run(&config, &cookies, seen).await;
        assert_eq!(reply.body, "Rejected(Revoked) None");
        assert_eq!(store.take_calls(), 1);
    }
    // An expired or forged cookie does not prevent the use of a fallback cookie.
    let reply = run(&config, &format!("session=junk; {}", grace(&old)), seen).await;
    assert_eq!(reply.body, r#"Fallback Some("grace")"#);
}

#[test]
fn build_refuses_a_revocation_that_only_a_fallback_config_has() {
    let old = with_revocation(&Store::answering(RevocationStatus::Valid)).cookie_name("old");
    let old = old.build().unwrap();
    let error = builder().fallback_config(old.clone()).build().unwrap_err();
    assert_eq!(
        error,
        ConfigError::RevocationOnFallbackConfig {
            name: "old".to_owned()
        }
    );
    assert_eq!(
        error.to_string(),
        "fallback config for cookie \"old\": it has a revocation, which is not asked; \
         give this config a `revocation` too"
    );
    let ours = with_revocation(&Store::answering(RevocationStatus::Valid));
    assert!(ours.fallback_config(old).build().is_ok());
}

#[tokio::test]
async fn the_revocation_of_a_fallback_config_is_not_asked() {
    let theirs = Store::answering(RevocationStatus::Revoked);
    let old = with_revocation(&theirs).cookie_name("old").build().unwrap();
    let ours = Store::answering(RevocationStatus::Valid);
    let config = with_revocation(&ours)
        .fallback_config(old.clone())
        .build()
        .unwrap();
    let reply = run(&config, &ada(&old), seen).await;
    assert_eq!(reply.body, r#"Fallback Some("ada")"#);
    assert_eq!((theirs.take_calls(), ours.take_calls()), (0, 1));
}

#[tokio::test]
async fn the_revocation_is_asked_about_sessions_with_a_fallback_key_too() {
    let store = Store::answering(RevocationStatus::Revoked);
    let config = SessionConfig::builder(other_key())
        .fallback_key(key())
        .cookie_name("session")
        .clock(|| at(START))
        .revocation(store)
        .build()
        .unwrap();
    let reply = run(&config, &ada(&common::config()), seen).await;
    assert_eq!(reply.body, "Rejected(Revoked) None");
    reply.assert_no_set_cookie();
}

#[test]
fn from_headers_does_not_ask_the_revocation_and_shows_a_new_session() {
    for builder in [
        with_revocation(&Store::answering(RevocationStatus::Valid)),
        with_revocation(&Store::answering(RevocationStatus::Valid)).fail_open(true),
    ] {
        let config = builder.build().unwrap();
        let session = session(&ada(&config), &config);
        assert_eq!(
            session.status(),
            Status::Rejected(Reason::RevocationUnknown)
        );
        assert!(session.is_empty());
        assert_eq!(session.created_at(), at(START));
    }
    let store = Store::answering(RevocationStatus::Valid);
    let config = with_revocation(&store).build().unwrap();
    assert_eq!(session("", &config).status(), Status::New);
    assert_eq!(
        session("session=junk", &config).status(),
        Status::Rejected(Reason::Malformed)
    );
    assert_eq!(store.take_calls(), 0);
}

#[tokio::test]
async fn from_headers_does_not_replace_a_cookie_that_may_be_valid() {
    let config = fails_closed(RevocationStatus::Valid);
    let ada = ada(&config);
    let unchanged = session(&ada, &config).into_response();
    Reply::of(unchanged).await.assert_no_set_cookie();
    let mut changed = session(&ada, &config);
    changed.insert("theme", "dark");
    assert_unwritten(&Reply::of(changed.into_response()).await);
    let mut ended = session(&ada, &config);
    ended.destroy();
    assert_removed(&Reply::of(ended.into_response()).await);
    // Without a cookie no session can be lost.
    let mut fresh = session("", &config);
    fresh.insert("theme", "dark");
    let reply = Reply::of(fresh.into_response()).await;
    assert_eq!(reply.payload(), r#"{"theme":"dark"}"#);
}

#[tokio::test]
async fn load_asks_the_revocation_like_the_extractor() {
    for (config, status, user) in [
        (
            fails_closed(RevocationStatus::Valid),
            Status::Valid,
            Some("ada"),
        ),
        (
            fails_closed(RevocationStatus::Revoked),
            Status::Rejected(Reason::Revoked),
            None,
        ),
        (
            fails_closed(RevocationStatus::Unknown),
            Status::Rejected(Reason::RevocationUnknown),
            None,
        ),
        (
            fails_open(RevocationStatus::Unknown),
            Status::RevocationUnknown,
            Some("ada"),
        ),
        (config(), Status::Valid, Some("ada")),
    ] {
        let headers = headers(&ada(&config));
        let session: Session = Session::load(&headers, &config).await;
        assert_eq!(session.status(), status);
        assert_eq!(session.get::<String>("user").as_deref(), user);
    }
}

#[tokio::test]
async fn from_set_cookie_does_not_ask_the_revocation() {
    let store = Store::answering(RevocationStatus::Valid);
    let config = with_revocation(&store).build().unwrap();
    let reply = run(&config, &ada(&config), write).await;
    store.set_answer(RevocationStatus::Unknown);
    store.take_calls();
    let mut after: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(after.status(), Status::Valid);
    assert_eq!(after.get("theme"), Some("dark".to_owned()));
    assert_eq!(store.take_calls(), 0);
    after.insert("more", 1);
    let reply = Reply::of(after.into_response()).await;
    assert_eq!(reply.status, StatusCode::OK);
}

#[tokio::test]
async fn if_the_answer_is_unknown_a_typed_session_is_the_default_and_cannot_be_changed() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Cart {
        user: String,
        items: Vec<u32>,
    }
    async fn look(cart: Session<Cart>) -> (Session<Cart>, String) {
        let user = cart.user.clone();
        (cart, user)
    }
    async fn add(mut cart: Session<Cart>) -> Session<Cart> {
        cart.items.push(7);
        cart
    }
    for (config, user) in [
        (fails_closed(RevocationStatus::Unknown), ""),
        (fails_open(RevocationStatus::Unknown), "ada"),
    ] {
        let reply = run(&config, &ada(&config), look).await;
        assert_eq!(reply.body, user);
        reply.assert_no_set_cookie();
        assert_unwritten(&run(&config, &ada(&config), add).await);
    }
    let revoked = fails_closed(RevocationStatus::Revoked);
    let reply = run(&revoked, &ada(&revoked), add).await;
    assert_eq!(reply.payload(), r#"{"items":[7],"user":""}"#);
}

#[tokio::test]
async fn if_the_answer_is_unknown_a_type_mismatch_cannot_be_changed_either() {
    #[derive(Default, Serialize, Deserialize)]
    struct Strict {
        user: u32,
    }
    async fn change(mut strict: Session<Strict>) -> Session<Strict> {
        assert_eq!(strict.status(), Status::Rejected(Reason::TypeMismatch));
        strict.user += 1;
        strict
    }
    let config = fails_open(RevocationStatus::Unknown);
    assert_unwritten(&run(&config, &ada(&config), change).await);
}

#[tokio::test]
async fn if_the_answer_is_unknown_a_clone_cannot_be_changed_either() {
    async fn handler(session: Session) -> (Session, &'static str) {
        let mut clone = session.clone();
        clone.insert("theme", "dark");
        (clone, "written")
    }
    for config in [
        fails_closed(RevocationStatus::Unknown),
        fails_open(RevocationStatus::Unknown),
    ] {
        assert_unwritten(&run(&config, &ada(&config), handler).await);
    }
}

#[cfg(feature = "flask")]
mod foreign {
    use super::*;
    use axum_cookie_session::Key;

    fn flask(revocation: impl Revocation, clock: &Clock) -> SessionConfig {
        SessionConfig::flask(Key::legacy("dev").unwrap())
            .clock(clock.read())
            .revocation(revocation)
            .build()
            .unwrap()
    }

    #[tokio::test]
    async fn a_session_of_another_framework_is_revoked_by_the_date_of_its_last_write() {
        let clock = Clock::new();
        let revocation = MemoryRevocation::new();
        let config = flask(revocation.clone(), &clock);
        let before = ada(&config);
        clock.advance(10);
        revocation.revoke("user", "ada", at(START + 10)).unwrap();
        let reply = run(&config, &before, seen).await;
        assert_eq!(reply.body, "Rejected(Revoked) None");
        // The other framework writes it later, without asking the revocation.
        clock.advance(10);
        let after = ada(&config);
        let reply = run(&config, &after, seen).await;
        assert_eq!(reply.body, r#"Valid Some("ada")"#);
    }

    #[tokio::test]
    async fn a_session_of_another_framework_can_be_revoked_by_its_id() {
        let clock = Clock::new();
        let revocation = MemoryRevocation::new();
        let config = flask(revocation.clone(), &clock);
        let far = at(START + 1_000_000);
        revocation.revoke("login", "7f3a", far).unwrap();
        clock.advance(1000);
        let cookie = cookie(&config, json!({"user": "ada", "login": "7f3a"}));
        let reply = run(&config, &cookie, seen).await;
        assert_eq!(reply.body, "Rejected(Revoked) None");
    }

    #[tokio::test]
    async fn if_the_answer_is_unknown_a_session_of_another_framework_stays_unchanged() {
        let config = flask(Store::answering(RevocationStatus::Unknown), &Clock::new());
        let ada = ada(&config);
        assert_unwritten(&run(&config, &ada, write).await);
        run(&config, &ada, seen).await.assert_no_set_cookie();
    }
}

#[cfg(feature = "express")]
#[tokio::test]
async fn an_express_session_can_be_revoked_by_its_id_but_not_by_date() {
    let revocation = MemoryRevocation::new();
    let key = axum_cookie_session::Key::legacy("dev").unwrap();
    let config = SessionConfig::express(key)
        .clock(|| at(START + 10))
        .revocation(revocation.clone())
        .build()
        .unwrap();
    let both = cookie(&config, json!({"user": "ada", "login": "7f3a"}));
    revocation.revoke("user", "ada", at(START)).unwrap();
    let reply = run(&config, &both, seen).await;
    assert_eq!(reply.body, r#"Valid Some("ada")"#);
    let far = at(START + 1_000_000);
    revocation.revoke("login", "7f3a", far).unwrap();
    let reply = run(&config, &both, seen).await;
    assert_eq!(reply.body, "Rejected(Revoked) None");
    reply.assert_no_set_cookie();
}

/// Records the times that `check` sees.
struct Times(Arc<Mutex<Vec<(SystemTime, SystemTime)>>>);

impl Revocation for Times {
    async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
        let times = (session.created_at(), session.issued_at());
        self.0.lock().unwrap().push(times);
        RevocationStatus::Valid
    }
}

#[tokio::test]
async fn a_revocation_sees_when_the_session_was_created_and_last_issued() {
    let clock = Clock::new();
    let times = Arc::<Mutex<Vec<_>>>::default();
    let config = builder()
        .clock(clock.read())
        .revocation(Arc::new(Times(times.clone())))
        .build()
        .unwrap();
    let ada = ada(&config);
    clock.advance(100);
    let written = run(&config, &ada, write).await.set_cookie().to_string();
    run(&config, written.split(';').next().unwrap(), seen).await;
    assert_eq!(
        *times.lock().unwrap(),
        [(at(START), at(START)), (at(START), at(START + 100))]
    );
}

#[test]
fn debug_shows_the_settings_but_no_values() {
    struct Shown;
    impl Revocation for Shown {
        async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
            assert_eq!(
                format!("{session:?}"),
                "VerifiedSession { created: 1700000000, issued: 1700000000, .. }"
            );
            RevocationStatus::Unknown
        }
    }
    let revocation = MemoryRevocation::new();
    revocation.revoke("user", "hunter2", at(START)).unwrap();
    assert_eq!(format!("{revocation:?}"), r#"MemoryRevocation {"user"}"#);
    let config = builder().revocation(Shown).fail_open(true);
    assert!(format!("{config:?}").contains("revocation: true, fail_open: true"));
    let config = config.build().unwrap();
    assert!(format!("{config:?}").contains("revocation: true, fail_open: true"));
    let session = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(Session::<axum_cookie_session::SessionMap>::load(
            &headers(&ada(&config)),
            &config,
        ));
    assert_eq!(
        format!("{session:?}"),
        r#"Session { cookie: "session", status: RevocationUnknown, .. }"#
    );
}

mod memory {
    use super::*;

    /// The status of a session with these keys that was created at `created`.
    async fn status(
        revocation: &MemoryRevocation,
        created: u64,
        keys: serde_json::Value,
    ) -> Status {
        let began = builder().clock(move || at(created)).build().unwrap();
        let config = builder()
            .clock(move || at(created + 60))
            .revocation(revocation.clone())
            .build()
            .unwrap();
        let headers = headers(&cookie(&began, keys));
        let session: Session = Session::load(&headers, &config).await;
        session.status()
    }

    const REVOKED: Status = Status::Rejected(Reason::Revoked);

    #[tokio::test]
    async fn sessions_created_in_the_second_of_the_logout_or_before_are_revoked() {
        let revocation = MemoryRevocation::new();
        // The end of that second.
        let date = at(START) + Duration::from_millis(999);
        revocation.revoke("user", "ada", date).unwrap();
        for (created, expected) in [
            (START - 1000, REVOKED),
            (START, REVOKED),
            (START + 1, Status::Valid),
        ] {
            let keys = json!({"user": "ada"});
            assert_eq!(status(&revocation, created, keys).await, expected);
        }
        // The beginning of that second.
        let revocation = MemoryRevocation::new();
        revocation.revoke("user", "ada", at(START)).unwrap();
        assert_eq!(
            status(&revocation, START, json!({"user": "ada"})).await,
            REVOKED
        );
    }

    #[tokio::test]
    async fn a_later_write_does_not_save_a_revoked_session() {
        let clock = Clock::new();
        let revocation = MemoryRevocation::new();
        let config = builder().clock(clock.read()).revocation(revocation.clone());
        let config = config.build().unwrap();
        let login = ada(&config);
        clock.advance(100);
        let written = run(&config, &login, write).await.set_cookie().to_string();
        let written = written.split(';').next().unwrap();
        revocation.revoke("user", "ada", at(START + 50)).unwrap();
        let reply = run(&config, written, seen).await;
        assert_eq!(reply.body, "Rejected(Revoked) None");
    }

    #[tokio::test]
    async fn only_sessions_with_the_value_under_the_key_are_revoked() {
        let revocation = MemoryRevocation::new();
        revocation.revoke("user", "ada", at(START)).unwrap();
        revocation.revoke("id", 7, at(START)).unwrap();
        for (keys, expected) in [
            (json!({"user": "ada"}), REVOKED),
            (json!({"id": 7, "user": "grace"}), REVOKED),
            (json!({"user": "grace"}), Status::Valid),
            (json!({"name": "ada"}), Status::Valid),
            (json!({"id": "7"}), Status::Valid),
            (json!({"user": null}), Status::Valid),
            (json!({}), Status::Valid),
        ] {
            let found = status(&revocation, START, keys.clone()).await;
            assert_eq!(found, expected, "{keys}");
        }
    }

    #[tokio::test]
    async fn a_value_is_found_in_any_spelling() {
        let revocation = MemoryRevocation::new();
        revocation.revoke("user", "ådá", at(START)).unwrap();
        let config = builder().revocation(revocation).build().unwrap();
        let cookie = encoded(r#"{"user" : "\u00e5d\u00E1"}"#);
        assert_eq!(
            run(&config, &cookie, seen).await.body,
            "Rejected(Revoked) None"
        );
    }

    #[tokio::test]
    async fn revoke_all_ends_every_session() {
        let revocation = MemoryRevocation::new();
        revocation.revoke_all(at(START));
        revocation.revoke_all(at(START - 1000));
        assert_eq!(status(&revocation, START, json!({})).await, REVOKED);
        assert_eq!(
            status(&revocation, START + 1, json!({})).await,
            Status::Valid
        );
    }

    #[tokio::test]
    async fn an_earlier_date_does_not_take_back_a_revocation() {
        let revocation = MemoryRevocation::new();
        revocation.revoke("user", "ada", at(START)).unwrap();
        revocation.revoke("user", "ada", at(START - 1000)).unwrap();
        let keys = json!({"user": "ada"});
        assert_eq!(status(&revocation, START, keys.clone()).await, REVOKED);
        revocation.revoke("user", "ada", at(START + 5)).unwrap();
        assert_eq!(status(&revocation, START + 5, keys).await, REVOKED);
    }

    #[test]
    fn what_only_looks_like_a_tagged_uuid_of_flask_is_a_value_like_any() {
        let revocation = MemoryRevocation::new();
        let misaligned = format!("a{}b", "é".repeat(15));
        assert_eq!(misaligned.len(), 32);
        for text in ["", "ab", &"a".repeat(33), &misaligned] {
            let value = json!({" u": text});
            assert!(revocation.revoke("id", value, at(START)).is_ok());
        }
    }

    #[tokio::test]
    async fn pruning_removes_entries_whose_sessions_have_expired() {
        let absolute = 1000;
        let revocation = MemoryRevocation::new();
        revocation.revoke("user", "old", at(START - 1)).unwrap();
        revocation.revoke("user", "new", at(START)).unwrap();
        revocation.revoke_all(at(START - 1));
        revocation.prune(at(START));
        for (user, created, expected) in [
            ("new", START, REVOKED),
            // Both timeouts are equal here, and the idle timeout is checked first.
            ("old", START - 1, Status::Rejected(Reason::IdleTimeout)),
            ("someone", START - 1, Status::Rejected(Reason::IdleTimeout)),
        ] {
            let began = builder().clock(move || at(created)).build().unwrap();
            let config = builder()
                .clock(move || at(START + absolute))
                .absolute_timeout(Duration::from_secs(absolute))
                .revocation(revocation.clone())
                .build()
                .unwrap();
            let headers = headers(&cookie(&began, json!({"user": user})));
            let session: Session = Session::load(&headers, &config).await;
            assert_eq!(session.status(), expected, "{user}");
        }
        let keys = json!({"user": "old"});
        assert_eq!(status(&revocation, START - 1, keys).await, Status::Valid);
        assert_eq!(
            status(&revocation, START - 1, json!({})).await,
            Status::Valid
        );
        revocation.prune(at(START + 1));
        assert_eq!(format!("{revocation:?}"), "MemoryRevocation {}");
    }

    const DAY: u64 = 24 * 60 * 60;

    /// How many of 400 dates are kept, one a day, each under a key of its own.
    fn kept_of_400_days(configs: &[SessionConfigBuilder]) -> usize {
        let revocation = MemoryRevocation::new();
        let clock = Clock::new();
        for config in configs {
            let config = config.clone().clock(clock.read());
            config.revocation(revocation.clone()).build().unwrap();
        }
        for day in 0..400 {
            let now = at(START + day * DAY);
            revocation.revoke(day.to_string(), 0, now).unwrap();
            clock.advance(DAY);
        }
        let keys = format!("{revocation:?}");
        assert!(keys.contains("\"399\""));
        keys.matches('"').count() / 2
    }

    #[test]
    fn dates_go_when_no_session_can_be_that_old() {
        let days = |days| builder().absolute_timeout(Duration::from_secs(days * DAY));
        // Twice as many as needed, at most.
        for (configs, needed) in [
            (vec![days(10)], 11),
            (vec![builder()], 91),
            (vec![days(10), builder(), days(30)], 91),
        ] {
            let kept = kept_of_400_days(&configs);
            assert!((needed..2 * needed).contains(&kept), "{kept}");
        }
        assert_eq!(kept_of_400_days(&[]), 400);
    }

    #[cfg(all(feature = "flask", feature = "express"))]
    #[test]
    fn dates_go_with_the_idle_timeout_of_formats_without_a_beginning() {
        let key = || axum_cookie_session::Key::legacy("secret").unwrap();
        let flask = SessionConfig::flask(key()).idle_timeout(Duration::from_secs(5 * DAY));
        let kept = kept_of_400_days(std::slice::from_ref(&flask));
        assert!((6..12).contains(&kept), "{kept}");
        // A session of the fallback config can have begun 90 days ago.
        let native = builder().build().unwrap();
        let kept = kept_of_400_days(&[flask.clone().fallback_config(native)]);
        assert!((91..182).contains(&kept), "{kept}");
        // One that has no beginning either changes nothing.
        let old = SessionConfig::flask(key())
            .cookie_name("old")
            .build()
            .unwrap();
        let kept = kept_of_400_days(&[flask.clone().fallback_config(old)]);
        assert!((6..12).contains(&kept), "{kept}");
        // A session of Express never ends.
        let express = SessionConfig::express(key());
        assert_eq!(kept_of_400_days(&[flask, express]), 400);
    }

    #[tokio::test]
    async fn a_date_that_a_session_can_still_have_stays() {
        let clock = Clock::new();
        let revocation = Arc::new(MemoryRevocation::new());
        let config = builder()
            .clock(clock.read())
            .idle_timeout(Duration::from_secs(1000))
            .absolute_timeout(Duration::from_secs(1000))
            .revocation(Arc::clone(&revocation))
            .build()
            .unwrap();
        let headers = headers(&cookie(&config, json!({"user": "ada"})));
        revocation.revoke("user", "ada", config.now()).unwrap();
        for (age, kept) in [(1000, true), (1001, false)] {
            clock.set(START + age);
            for n in 0..4 {
                revocation.revoke("login", (age, n), config.now()).unwrap();
            }
            let session: Session = Session::load(&headers, &config).await;
            let reason = if kept {
                Reason::Revoked
            } else {
                Reason::IdleTimeout
            };
            assert_eq!(session.status(), Status::Rejected(reason));
            assert_eq!(format!("{revocation:?}").contains("user"), kept);
        }
    }

    #[test]
    fn a_value_that_cannot_be_serialized_is_an_error_without_the_value() {
        let grid = std::collections::HashMap::from([((1, 2), "hunter2")]);
        let error = MemoryRevocation::new()
            .revoke("grid", grid, at(START))
            .unwrap_err();
        assert!(error.is_serialize());
        assert!(error.to_string().contains("grid") && !error.to_string().contains("hunter2"));
    }

    #[tokio::test]
    async fn a_copied_cookie_is_revoked_by_the_logout() {
        let clock = Clock::new();
        let revocation = MemoryRevocation::new();
        let config = builder()
            .clock(clock.read())
            .revocation(revocation.clone())
            .build()
            .unwrap();
        let time = clock.clone();
        let everywhere = move |mut session: Session| {
            let user: String = session.get("user").unwrap();
            revocation.revoke("user", user, time.read()()).unwrap();
            session.destroy();
            std::future::ready((session, "bye"))
        };
        let app = Router::new()
            .route("/", get(seen))
            .route("/everywhere", get(everywhere))
            .route("/sign-in", get(sign_in))
            .with_state(config.clone());
        let copy = cookie(&config, json!({"user": "grace"}));
        clock.advance(10);
        assert_removed(&send(&app, "/everywhere", &[&copy]).await);
        assert_eq!(
            send(&app, "/", &[&copy]).await.body,
            "Rejected(Revoked) None"
        );
        // A login within that second is revoked too; a login in the next second is valid.
        for (wait, body) in [(0, "Rejected(Revoked) None"), (1, r#"Valid Some("grace")"#)] {
            clock.advance(wait);
            let login = send(&app, "/sign-in", &[]).await.set_cookie().to_string();
            let login = login.split(';').next().unwrap();
            assert_eq!(send(&app, "/", &[login]).await.body, body);
        }
    }
}

/// The cookie of a session of this user that was issued so many seconds ago.
fn issued_ago(seconds: u64, user: &str) -> String {
    let then = builder()
        .clock(move || at(START - seconds))
        .build()
        .unwrap();
    cookie(&then, json!({"user": user}))
}

#[tokio::test]
async fn the_revocation_is_asked_about_the_newest_cookie_first() {
    let store = Store::banning(&["eve"]);
    let config = with_revocation(&store).build().unwrap();
    let revoked: Vec<_> = (1..=4).map(|n| issued_ago(n, "eve")).collect();
    let good = issued_ago(0, "ada");
    for position in 0..=revoked.len() {
        let mut cookies = revoked.clone();
        cookies.insert(position, good.clone());
        let reply = run(&config, &cookies.join("; "), seen).await;
        assert_eq!(reply.body, "Valid Some(\"ada\")", "at {position}");
        assert_eq!(store.take_calls(), 1);
    }
}

#[tokio::test]
async fn older_cookies_are_tried_after_a_revoked_one_up_to_four_in_all() {
    let store = Store::banning(&["eve"]);
    let config = with_revocation(&store).build().unwrap();
    for revoked in 1..6 {
        // The good one comes first in the header, and is the oldest.
        let mut cookies = vec![issued_ago(60, "ada")];
        cookies.extend((1..=revoked).map(|n| issued_ago(n, "eve")));
        let reply = run(&config, &cookies.join("; "), seen).await;
        let expected = match revoked {
            ..4 => "Valid Some(\"ada\")",
            _ => "Rejected(Revoked) None",
        };
        assert_eq!(reply.body, expected, "{revoked} revoked");
        assert!(store.take_calls() <= 4);
    }
}

#[tokio::test]
async fn the_same_cookie_sent_ten_times_is_one_candidate() {
    let store = Store::banning(&["eve"]);
    let config = with_revocation(&store).build().unwrap();
    let revoked = vec![issued_ago(0, "eve"); 10].join("; ");
    let header = format!("{revoked}; {}", issued_ago(1, "ada"));
    let reply = run(&config, &header, seen).await;
    assert_eq!(reply.body, "Valid Some(\"ada\")");
    assert_eq!(store.take_calls(), 2);
}

#[tokio::test]
async fn of_valid_cookies_the_newest_wins_then_the_later_login_then_the_last() {
    let seen = async |session: Session| session.get::<String>("user").unwrap_or_default();
    // Issued now, and created so many seconds ago.
    let created_ago = async |seconds: u64, user: &'static str| {
        let handler = async move |mut session: Session| {
            session.insert("user", user);
            session
        };
        let reply = run(&config(), &issued_ago(seconds, "anyone"), handler).await;
        format!("session={}", reply.set_cookie().value())
    };
    let old_login = created_ago(500, "old login").await;
    let new_login = created_ago(5, "new login").await;
    let twin = created_ago(5, "twin").await;
    let older = issued_ago(1, "older");
    for (cookies, user) in [
        ([&older, &new_login], "new login"),
        ([&new_login, &older], "new login"),
        ([&old_login, &new_login], "new login"),
        ([&new_login, &old_login], "new login"),
        ([&twin, &new_login], "new login"),
        ([&new_login, &twin], "twin"),
    ] {
        let app = app(&config(), seen);
        let [first, second] = cookies;
        let joined = format!("{first}; {second}");
        assert_eq!(send(&app, "/", &[&joined]).await.body, user);
        assert_eq!(send(&app, "/", &[first, second]).await.body, user);
    }
}

/// Whether a `MemoryRevocation` that revokes `revoked` ends a session with `held` under the key.
async fn is_revoked(config: SessionConfigBuilder, revoked: &str, held: &str) -> bool {
    let raw = |json: &str| serde_json::value::RawValue::from_string(json.to_owned()).unwrap();
    let revocation = MemoryRevocation::new();
    revocation.revoke("id", raw(revoked), at(START)).unwrap();
    let config = config.revocation(revocation).build().unwrap();
    let mut data = axum_cookie_session::SessionMap::default();
    data.insert("id", raw(held));
    let headers = headers(&config.encode(&data).unwrap());
    let session: Session = Session::load(&headers, &config).await;
    match session.status() {
        Status::Rejected(Reason::Revoked) => true,
        Status::Valid => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_number_is_revoked_in_any_spelling() {
    for (left, right) in [
        ("7", "7.0"),
        ("7", "70e-1"),
        ("1e400", "10E+399"),
        ("0.1", "0.10"),
        ("18446744073709551617", "1.8446744073709551617e19"),
        (r#"{"a":7,"b":[1.0]}"#, r#"{"b":[1],"a":7.0}"#),
    ] {
        assert!(is_revoked(builder(), left, right).await, "{left} {right}");
        assert!(is_revoked(builder(), right, left).await, "{right} {left}");
    }
}

#[tokio::test]
async fn a_value_that_only_rounds_to_a_revoked_one_is_valid() {
    for (left, right) in [
        ("18446744073709551616", "18446744073709551617"),
        ("9007199254740993", "9007199254740992.0"),
        ("0.1234567890123456789", "0.1234567890123456788"),
        ("7", "\"7\""),
        ("1e400", "1e401"),
    ] {
        assert!(!is_revoked(builder(), left, right).await, "{left} {right}");
        assert!(!is_revoked(builder(), right, left).await, "{right} {left}");
    }
}

#[cfg(feature = "flask")]
#[tokio::test]
async fn a_uuid_of_flask_is_revoked_as_a_uuid() {
    use axum_cookie_session::Key;

    let flask = || SessionConfig::flask(Key::legacy("dev").unwrap()).clock(|| at(START));
    let id = uuid::Uuid::from_u128(0x1234_5678_1234_5678_1234_5678_1234_567a);
    let plain = format!("\"{id}\"");
    let tagged = format!(r#"{{" u":"{}"}}"#, id.simple());
    for (revoked, held) in [
        (&plain, &tagged),
        (&tagged, &plain),
        (&tagged, &tagged),
        (&plain, &plain),
        (&plain, &format!(r#"{{" u":"{id}"}}"#)),
        (&plain, &tagged.to_uppercase().replace(" U", " u")),
    ] {
        assert!(is_revoked(flask(), revoked, held).await, "{revoked} {held}");
    }
    let other = uuid::Uuid::from_u128(7);
    let other = format!(r#"{{" u":"{}"}}"#, other.simple());
    assert!(!is_revoked(flask(), &plain, &other).await);
    assert!(!is_revoked(flask(), "\"ada\"", &tagged).await);

    // What the application holds is a `Uuid`.
    let revocation = MemoryRevocation::new();
    revocation.revoke("id", id, at(START)).unwrap();
    let config = flask().revocation(revocation).build().unwrap();
    let token = cookie(&config, json!({"id": {" u": id.simple().to_string()}}));
    let session: Session = Session::load(&headers(&token), &config).await;
    assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
}
