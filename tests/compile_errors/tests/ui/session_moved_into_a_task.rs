//! A task takes the session that is to be returned.
use axum_cookie_session::Session;

async fn visits(mut session: Session) -> (Session, &'static str) {
    tokio::spawn(async move {
        session.insert("visits", 1);
    });
    (session, "hello")
}

fn main() {}
