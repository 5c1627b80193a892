//! The session stands after the extractor of the body, and the handler is debugged.
use axum::Json;
use axum_cookie_session::{Session, SessionConfig};

#[axum::debug_handler(state = SessionConfig)]
async fn save(Json(name): Json<String>, mut session: Session) -> (Session, &'static str) {
    session.insert("name", name);
    (session, "saved")
}

fn main() {}
