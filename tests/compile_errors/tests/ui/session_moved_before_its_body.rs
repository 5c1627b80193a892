//! The body is made of a session that is moved before.
use axum_cookie_session::Session;

async fn visits(session: Session) -> (Session, String) {
    (session, format!("{} keys", session.len()))
}

fn main() {}
