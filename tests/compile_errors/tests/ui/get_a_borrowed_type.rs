//! The key is read as a reference.
use axum_cookie_session::Session;

async fn name(session: Session) -> (Session, String) {
    let name = session.get::<&str>("name").unwrap_or("you");
    let name = format!("hello {name}");
    (session, name)
}

fn main() {}
