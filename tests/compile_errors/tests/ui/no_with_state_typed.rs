//! The router is said to need no state, and gets none.
use axum::{Router, routing::get};
use axum_cookie_session::Session;

async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {
    let _: Router = Router::new().route("/", get(visits));
}
