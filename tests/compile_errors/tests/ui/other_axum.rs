//! The application has another version of axum than this crate.
use axum_07::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {
    let _: Router = Router::new()
        .route("/", get(visits))
        .with_state(SessionConfig::new(Key::generate()));
}
