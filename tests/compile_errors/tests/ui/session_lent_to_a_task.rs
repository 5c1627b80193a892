//! A task borrows the session.
use axum_cookie_session::Session;

async fn visits(mut session: Session) -> (Session, &'static str) {
    tokio::spawn(async {
        session.insert("visits", 1);
    });
    (session, "hello")
}

fn main() {}
