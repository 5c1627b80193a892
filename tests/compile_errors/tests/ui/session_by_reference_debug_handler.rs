//! The session is taken by reference, and the handler is debugged.
use axum_cookie_session::Session;

#[axum::debug_handler(state = axum_cookie_session::SessionConfig)]
async fn visits(session: &mut Session) -> &'static str {
    session.insert("visits", 1);
    "hello"
}

fn main() {}
