//! `map_err` takes the session along, for the case that there is an error.
use axum::http::StatusCode;
use axum_cookie_session::Session;

async fn order(mut session: Session) -> Result<(Session, String), (Session, StatusCode)> {
    let quantity: u32 = "7"
        .parse()
        .map_err(|_| (session, StatusCode::BAD_REQUEST))?;
    session.insert("quantity", quantity);
    Ok((session, format!("{quantity} ordered")))
}

fn main() {}
