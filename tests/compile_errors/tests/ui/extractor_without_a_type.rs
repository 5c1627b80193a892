//! `Session` alone in an extractor.
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_cookie_session::{Session, SessionConfig};

struct User(Option<String>);

impl FromRequestParts<SessionConfig> for User {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &SessionConfig,
    ) -> Result<Self, Self::Rejection> {
        let session = Session::from_request_parts(parts, state).await?;
        Ok(Self(session.get("user")))
    }
}

fn main() {}
