//! `?` after a session that is always there.
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Redirect;
use axum_cookie_session::{Session, SessionConfig};

struct User(Session, String);

impl FromRequestParts<SessionConfig> for User {
    type Rejection = (Session, Redirect);

    async fn from_request_parts(
        parts: &mut Parts,
        state: &SessionConfig,
    ) -> Result<Self, Self::Rejection> {
        let session = <Session>::from_request_parts(parts, state).await?;
        match session.get("user") {
            Some(user) => Ok(Self(session, user)),
            None => Err((session, Redirect::to("/login"))),
        }
    }
}

fn main() {}
