//! `debug_handler` takes the state from another extractor.
use axum::extract::State;
use axum_cookie_session::Session;

#[derive(Clone)]
struct Database;

#[axum::debug_handler]
async fn visits(State(_): State<Database>, session: Session) -> (Session, &'static str) {
    (session, "hello")
}

fn main() {}
