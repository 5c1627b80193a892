//! The router is served without its state.
use axum::{Router, routing::get};
use axum_cookie_session::Session;

async fn visits(session: Session) -> (Session, &'static str) {
    (session, "hello")
}

#[tokio::main]
async fn main() {
    let app = Router::new().route("/", get(visits));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
