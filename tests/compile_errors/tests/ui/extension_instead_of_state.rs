//! The config is an extension and not the state.
use axum::{Extension, Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {
    let config = SessionConfig::new(Key::generate());
    let _: Router = Router::new()
        .route("/", get(visits))
        .layer(Extension(config));
}
