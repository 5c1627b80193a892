//! The state derives `FromRef` and holds no config.
use axum::{Router, extract::FromRef, extract::State, routing::get};
use axum_cookie_session::Session;

#[derive(Clone, FromRef)]
struct AppState {
    greeting: &'static str,
}

async fn visits(State(greeting): State<&'static str>, session: Session) -> (Session, &'static str) {
    (session, greeting)
}

fn main() {
    let state = AppState { greeting: "hello" };
    let _: Router = Router::new().route("/", get(visits)).with_state(state);
}
