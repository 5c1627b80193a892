//! Nothing says what type the key holds.
use axum_cookie_session::Session;

async fn name(session: Session) -> (Session, String) {
    let name = session.get("name");
    (session, format!("hello {}", name.is_some()))
}

fn main() {}
