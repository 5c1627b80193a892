//! A small application with a login, to be tested: a diary that its owner alone reads.
//!
//! Its tests are the example: one request with `oneshot`, a whole visit with axum-test, and time
//! travel.

use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{Session, SessionConfig};
use serde::{Deserialize, Serialize};
use tower_http::csrf::CsrfLayer;

/// What a session of this application holds.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Visitor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    pub read: u32,
}

pub fn app(config: SessionConfig) -> Router {
    Router::new()
        .route("/login", post(sign_in))
        .route("/logout", post(sign_out))
        .route("/diary", get(diary))
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        .with_state(config)
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: String,
}

async fn sign_in(
    mut session: Session,
    Form(form): Form<Credentials>,
) -> Result<(Session, Redirect), StatusCode> {
    // A stand-in: look the name up in your database and verify an Argon2 hash.
    if form.name != "ada" || form.password != "correct horse battery staple" {
        return Err(StatusCode::UNAUTHORIZED);
    }
    session.destroy();
    session.insert("user", form.name);
    Ok((session, Redirect::to("/diary")))
}

async fn sign_out(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    (session, Redirect::to("/login"))
}

async fn diary(
    mut visitor: Session<Visitor>,
) -> Result<(Session<Visitor>, String), (Session<Visitor>, StatusCode)> {
    let Some(user) = visitor.user.clone() else {
        return Err((visitor, StatusCode::UNAUTHORIZED));
    };
    visitor.read += 1;
    let page = format!("{user} has read this {} times", visitor.read);
    Ok((visitor, page))
}
