//! The state is a struct that does not derive `FromRef`.
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

#[derive(Clone)]
struct AppState {
    session: SessionConfig,
}

async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {
    let state = AppState {
        session: SessionConfig::new(Key::generate()),
    };
    let _: Router = Router::new().route("/", get(visits)).with_state(state);
}
