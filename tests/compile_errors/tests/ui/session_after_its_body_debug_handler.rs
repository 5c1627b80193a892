//! The session is returned after the body, and the handler is debugged.
use axum_cookie_session::{Session, SessionConfig};

#[axum::debug_handler(state = SessionConfig)]
async fn visits(session: Session) -> (&'static str, Session) {
    ("hello", session)
}

fn main() {}
