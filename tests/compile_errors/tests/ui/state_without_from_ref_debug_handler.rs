//! The state is a struct that does not derive `FromRef`, and the handler is debugged.
use axum_cookie_session::{Session, SessionConfig};

#[derive(Clone)]
struct AppState {
    session: SessionConfig,
}

#[axum::debug_handler(state = AppState)]
async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {}
