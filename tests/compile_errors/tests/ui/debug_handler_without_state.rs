//! The handler is right, and `debug_handler` is not told the state.
use axum_cookie_session::Session;

#[axum::debug_handler]
async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {}
