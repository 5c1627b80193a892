//! Signing in and out.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum_cookie_session::Session;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::AppState;
use crate::problem::Problem;

#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

pub(crate) async fn login(
    mut session: Session,
    Json(credentials): Json<Credentials>,
) -> Result<(Session, StatusCode), Problem> {
    // A stand-in: look the name up in your database and verify an Argon2 hash instead.
    if credentials.name != "ada" || credentials.password != "correct horse battery staple" {
        return Err(Problem::WRONG_PASSWORD);
    }
    session.destroy();
    session.insert("user", credentials.name);
    Ok((session, StatusCode::NO_CONTENT))
}

pub(crate) async fn logout(mut session: Session) -> (Session, StatusCode) {
    session.destroy();
    (session, StatusCode::NO_CONTENT)
}

pub(crate) async fn me(User(name): User) -> Json<Value> {
    Json(json!({ "user": name }))
}

/// The name of the user. An anonymous user gets a 401, because `fetch` would follow a redirect to a
/// login page without telling the script.
pub(crate) struct User(pub(crate) String);

impl FromRequestParts<AppState> for User {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let Ok(session) = <Session>::from_request_parts(parts, state).await;
        session.get("user").map(Self).ok_or(Problem::ANONYMOUS)
    }
}
