//! The type of a second config does not say how to get at the config.
use axum_cookie_session::{Session, SessionConfig, SessionMap};

#[derive(Clone)]
struct AdminConfig(SessionConfig);

async fn office(session: Session<SessionMap, AdminConfig>) -> Session<SessionMap, AdminConfig> {
    session
}

fn main() {}
