//! `build` gives a `Result`.
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {
    let config = SessionConfig::builder(Key::generate()).build();
    let _: Router = Router::new().route("/", get(visits)).with_state(config);
}
