//! `Session::attempt`: `?` in a handler, and the session on both paths.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_cookie_session::{Session, SessionMap};
use common::*;
use serde::{Deserialize, Serialize};

/// An error as applications have one: it converts from every other.
#[derive(Debug)]
struct AppError(String);

impl<E: std::error::Error> From<E> for AppError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, self.0).into_response()
    }
}

async fn order(session: Session) -> (Session, Result<String, AppError>) {
    session
        .attempt(async |session| {
            session.insert("tries", session.get("tries").unwrap_or(0) + 1);
            tokio::task::yield_now().await;
            let quantity: u32 = session.get::<String>("text").unwrap_or_default().parse()?;
            session.insert("quantity", quantity);
            Ok(format!("{quantity} ordered"))
        })
        .await
}

#[tokio::test]
async fn the_session_is_saved_if_the_attempt_succeeds() {
    let reply = run(&config(), &encoded(r#"{"text":"7"}"#), order).await;
    assert_eq!((reply.status, &*reply.body), (StatusCode::OK, "7 ordered"));
    assert_eq!(reply.payload(), r#"{"text":"7","tries":1,"quantity":7}"#);
}

#[tokio::test]
async fn changes_before_the_failure_are_saved_with_the_error_response() {
    let reply = run(&config(), &encoded(r#"{"text":"seven"}"#), order).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(reply.body, "invalid digit found in string");
    assert_eq!(reply.payload(), r#"{"text":"seven","tries":1}"#);
}

#[test]
fn changes_are_rolled_back_with_discard_and_nothing_is_logged() {
    let log = logged(|| {
        let handler = async |session: Session| -> Result<(Session, String), AppError> {
            match order(session).await {
                (session, Ok(text)) => Ok((session, text)),
                (session, Err(error)) => {
                    session.discard();
                    Err(error)
                }
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let reply = runtime
            .unwrap()
            .block_on(run(&config(), &encoded(r#"{"text":"x"}"#), handler));
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
        reply.assert_no_set_cookie();
    });
    assert!(!log.contains("WARN"), "{log}");
}

#[tokio::test]
async fn a_typed_session_attempts_too() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Cart {
        items: Vec<u32>,
    }
    let reply = run(&config(), "", async |cart: Session<Cart>| {
        cart.attempt(async |cart| {
            cart.items.push(7);
            Err::<(), _>(StatusCode::CONFLICT)
        })
        .await
    })
    .await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert_eq!(reply.payload(), r#"{"items":[7]}"#);
}

#[tokio::test]
async fn a_value_may_be_computed_from_the_session_that_it_is_set_in() {
    let reply = run(&config(), "", async |mut session: Session| {
        session.insert("n", session.get("n").unwrap_or(0) + 1);
        session.insert("n", session.get("n").unwrap_or(0) + 1);
        let map: &mut SessionMap = &mut session;
        map.insert("m", 1);
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"n":2,"m":1}"#);
}
