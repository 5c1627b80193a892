//! The state is an `Arc` of a struct that derives `FromRef`, and the handler is debugged.
use std::sync::Arc;

use axum::extract::FromRef;
use axum_cookie_session::{Session, SessionConfig};

#[derive(Clone, FromRef)]
struct AppState {
    session: SessionConfig,
}

#[axum::debug_handler(state = Arc<AppState>)]
async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {}
