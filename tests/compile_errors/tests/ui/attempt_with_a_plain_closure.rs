//! `attempt` with a closure that returns a future.
use axum::http::StatusCode;
use axum_cookie_session::Session;

async fn order(session: Session) -> (Session, Result<String, StatusCode>) {
    session
        .attempt(|session| async move {
            session.insert("ordered", 7);
            Ok("7 ordered".to_owned())
        })
        .await
}

fn main() {}
