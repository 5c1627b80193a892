//! The session is taken as if it could be missing, and the handler is debugged.
use axum_cookie_session::{Session, SessionConfig};

#[axum::debug_handler(state = SessionConfig)]
async fn visits(session: Option<Session>) -> &'static str {
    match session {
        Some(_) => "welcome back",
        None => "hello",
    }
}

fn main() {}
