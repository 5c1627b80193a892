//! The session is returned after the body.
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

async fn visits(session: Session) -> (&'static str, Session) {
    ("hello", session)
}

fn main() {
    let _: Router = Router::new()
        .route("/", get(visits))
        .with_state(SessionConfig::new(Key::generate()));
}
