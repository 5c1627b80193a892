//! The state is an `Arc` of a struct from which no config can be had, and the handler is debugged.
use std::sync::Arc;

use axum_cookie_session::{Session, SessionConfig};

struct AppState {
    session: SessionConfig,
}

#[axum::debug_handler(state = Arc<AppState>)]
async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {}
