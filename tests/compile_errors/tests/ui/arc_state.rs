//! The state is an `Arc` of a struct from which no config can be had.
use std::sync::Arc;

use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

struct AppState {
    session: SessionConfig,
}

async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {
    let state = Arc::new(AppState {
        session: SessionConfig::new(Key::generate()),
    });
    let _: Router = Router::new().route("/", get(visits)).with_state(state);
}
