//! `refresh_session` takes the config, and gets the whole state.
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::{Router, routing::get};
use axum_cookie_session::{Key, SessionConfig, refresh_session};

#[derive(Clone, FromRef)]
struct AppState {
    session: SessionConfig,
}

fn main() {
    let state = AppState {
        session: SessionConfig::new(Key::generate()),
    };
    let _: Router = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(from_fn_with_state(state.clone(), refresh_session))
        .with_state(state);
}
