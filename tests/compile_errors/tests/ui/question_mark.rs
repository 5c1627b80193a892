//! `?` in a handler that returns the session next to its error.
use axum::http::StatusCode;
use axum_cookie_session::Session;

struct AppError(StatusCode);

impl From<std::num::ParseIntError> for AppError {
    fn from(_: std::num::ParseIntError) -> Self {
        Self(StatusCode::BAD_REQUEST)
    }
}

async fn order(mut session: Session) -> Result<(Session, String), (Session, AppError)> {
    let quantity = "seven".parse::<u32>()?;
    session.insert("quantity", quantity);
    Ok((session, format!("{quantity} ordered")))
}

fn main() {}
