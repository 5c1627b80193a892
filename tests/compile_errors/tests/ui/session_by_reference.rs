//! The session is taken by reference.
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

async fn visits(session: &mut Session) -> &'static str {
    session.insert("visits", 1);
    "hello"
}

fn main() {
    let _: Router = Router::new()
        .route("/", get(visits))
        .with_state(SessionConfig::new(Key::generate()));
}
