//! The session is read in the call that changes it.
use axum_cookie_session::Session;

async fn greet(mut session: Session) -> Session {
    session.flash("info", session.get::<String>("user").unwrap_or_default());
    session
}

fn main() {}
