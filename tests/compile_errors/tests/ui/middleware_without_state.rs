//! A middleware takes the session, and `from_fn` has no state.
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig};

async fn guard(session: Session, request: Request, next: Next) -> (Session, Response) {
    (session, next.run(request).await)
}

fn main() {
    let _: Router = Router::new()
        .route("/", get(|| async { "hello" }))
        .layer(from_fn(guard))
        .with_state(SessionConfig::new(Key::generate()));
}
