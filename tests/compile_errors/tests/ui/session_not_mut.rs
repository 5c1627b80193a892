//! The session is changed and not `mut`.
use axum_cookie_session::Session;

async fn visits(session: Session) -> (Session, &'static str) {
    session.insert("visits", 1);
    (session, "hello")
}

fn main() {}
