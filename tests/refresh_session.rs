//! `refresh_session`: a session in use stays alive, whatever the handlers return.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum_cookie_session::{Session, SessionConfig, SessionConfigBuilder, refresh_session};
use common::*;
use serde_json::json;

const DAY: u64 = 24 * 60 * 60;

async fn read(session: Session) -> String {
    session.get("user").unwrap_or_default()
}

async fn sign_out(mut session: Session) -> (Session, &'static str) {
    session.destroy();
    (session, "signed out")
}

async fn write(mut session: Session) -> (Session, &'static str) {
    session.insert("n", 1);
    (session, "written")
}

async fn fail(mut session: Session) -> (Session, &'static str) {
    session.insert("essay", "x".repeat(5000));
    (session, "never seen")
}

/// The cookie is two days old, so that a refresh is due.
fn app(builder: SessionConfigBuilder) -> (Router, String, SessionConfig) {
    let clock = Clock::new();
    let config = builder.clock(clock.read()).build().unwrap();
    let cookie = cookie(&config, json!({"user": "ada"}));
    clock.advance(2 * DAY);
    let public = || async {
        (
            [("cache-control", "public, max-age=60")],
            "the same for all",
        )
    };
    let app = Router::new()
        .route("/", get(read))
        .route("/error", get(|| async { StatusCode::NOT_FOUND }))
        .route("/public", get(public))
        .route("/logout", get(sign_out))
        .route("/write", get(write))
        .route("/fail", get(fail))
        .layer(from_fn_with_state(config.clone(), refresh_session))
        .with_state(config.clone());
    (app, cookie, config)
}

#[tokio::test]
async fn a_session_that_no_handler_returns_is_refreshed() {
    let (app, cookie, config) = app(builder());
    for path in ["/", "/error"] {
        let reply = send(&app, path, &[&cookie]).await;
        let left: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(left.issued_at(), at(START + 2 * DAY), "{path}");
        assert_eq!(left.created_at(), at(START), "{path}");
        assert_eq!(left.get("user"), Some("ada".to_owned()), "{path}");
        assert_eq!(reply.all("vary"), ["Cookie"], "{path}");
    }
}

#[tokio::test]
async fn nothing_is_added_without_a_valid_session() {
    let (app, _, _) = app(builder().no_store(true));
    for cookies in [&[][..], &["session=1.x.y.z"], &["other=1"]] {
        for path in ["/", "/error", "/public"] {
            let reply = send(&app, path, cookies).await;
            reply.assert_no_set_cookie();
            assert!(reply.all("vary").is_empty(), "{path}: {:?}", reply.headers);
            assert!(!reply.all("cache-control").contains(&"no-store"), "{path}");
        }
    }
}

#[tokio::test]
async fn nothing_is_added_to_a_public_response() {
    let (app, cookie, _) = app(builder().no_store(true));
    let reply = send(&app, "/public", &[&cookie]).await;
    reply.assert_no_set_cookie();
    assert!(reply.all("vary").is_empty());
    assert_eq!(reply.all("cache-control"), ["public, max-age=60"]);
}

#[tokio::test]
async fn the_response_of_a_handler_is_kept() {
    let (app, cookie, config) = app(builder());
    let reply = send(&app, "/logout", &[&cookie]).await;
    assert!(reply.set_cookie().max_age().unwrap().is_zero());
    let reply = send(&app, "/write", &[&cookie]).await;
    assert_eq!(reply.payload(), r#"{"user":"ada","n":1}"#);
    let reply = send(&app, "/write", &[]).await;
    assert_eq!(reply.payload(), r#"{"n":1}"#);
    let reply = send(&app, "/fail", &[&cookie]).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    reply.assert_no_set_cookie();
    drop(config);
}

#[tokio::test]
async fn a_session_that_is_not_due_gets_only_vary() {
    let (app, _, config) = app(builder());
    let young = cookie(&config, json!({"user": "ada"}));
    let reply = send(&app, "/", &[&young]).await;
    reply.assert_no_set_cookie();
    assert_eq!(reply.all("vary"), ["Cookie"]);
}
