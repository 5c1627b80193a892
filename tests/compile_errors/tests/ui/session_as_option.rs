//! The session is taken as if it could be missing.
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

async fn visits(session: Option<Session>) -> &'static str {
    match session {
        Some(_) => "welcome back",
        None => "hello",
    }
}

fn main() {
    let _: Router = Router::new()
        .route("/", get(visits))
        .with_state(SessionConfig::new(Key::generate()));
}
