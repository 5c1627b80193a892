//! An extractor for every state takes the session, and does not ask the state for a config.
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_cookie_session::Session;

struct User(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let session: Session = Session::from_request_parts(parts, state).await?;
        Ok(Self(session.get("user")))
    }
}

fn main() {}
