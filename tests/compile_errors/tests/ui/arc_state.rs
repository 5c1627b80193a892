//! The state is an `Arc` of a struct that derives `FromRef`.
use std::sync::Arc;

use axum::{Router, extract::FromRef, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

#[derive(Clone, FromRef)]
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
