//! The session stands after the extractor of the body.
use axum::{Json, Router, routing::post};
use axum_cookie_session::{Key, Session, SessionConfig};

async fn save(Json(name): Json<String>, mut session: Session) -> (Session, &'static str) {
    session.insert("name", name);
    (session, "saved")
}

fn main() {
    let _: Router = Router::new()
        .route("/", post(save))
        .with_state(SessionConfig::new(Key::generate()));
}
