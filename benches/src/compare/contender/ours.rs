//! axum-cookie-session.

use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use axum_cookie_session::{Key, Session, SessionConfig, SessionConfigBuilder};
use serde::{Deserialize, Serialize};

use crate::compare::app::{self, App, KEYS};
use crate::compare::contender::{Contender, NEW, OLD};

pub(crate) const CONTENDER: Contender = Contender {
    name: "this crate",
    usual: |_| app(builder(OLD)),
    rotated: |_| Some([app(builder(OLD)), app(builder(NEW).fallback_key(key(OLD)))]),
    expired: |_| {
        let in_fifteen_days = || SystemTime::now() + Duration::from_secs(15 * 24 * 60 * 60);
        [app(builder(OLD)), app(builder(OLD).clock(in_fifteen_days))]
    },
    manifest: r#"axum-cookie-session = { path = "../../.." }"#,
};

fn key(secret: [u8; 64]) -> Key {
    Key::new(secret).expect("64 bytes are long enough")
}

fn builder(secret: [u8; 64]) -> SessionConfigBuilder {
    SessionConfig::builder(key(secret))
}

fn app(builder: SessionConfigBuilder) -> Box<dyn App> {
    let router: Router = Router::new()
        .route(app::VISITS, get(visits))
        .route(app::SHOW, get(show))
        .route(app::USER, get(user))
        .route(app::BIG, get(big))
        .route(app::TWO, get(two))
        .route(app::BAD, get(bad))
        .route(app::SLOW, get(slow))
        .route(app::QUICK, get(quick))
        .route(app::FORGET, get(forget))
        .route(app::LOGOUT, get(logout))
        .with_state(
            builder
                .build()
                .expect("it has the attributes of the defaults, which go together"),
        );
    Box::new(router)
}

async fn visits(mut session: Session) -> (Session, String) {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    (session, visits.to_string())
}

async fn show(session: Session) -> (Session, String) {
    let found = KEYS.into_iter().filter(|key| session.contains_key(key));
    let found = found.collect::<Vec<_>>().join(" ");
    (session, found)
}

async fn user(mut session: Session) -> Session {
    session.insert("user", "ada");
    session
}

async fn big(Path(len): Path<usize>, mut session: Session) -> Session {
    session.insert("big", "x".repeat(len));
    session
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Second {
    b: bool,
}

async fn two(mut first: Session, mut second: Session<Second>) -> (Session, Session<Second>, ()) {
    first.insert("a", true);
    second.b = true;
    (first, second, ())
}

async fn bad(mut session: Session) -> Session {
    session.insert("bad", app::no_json());
    session
}

async fn slow(mut session: Session) -> Session {
    app::wait().await;
    session.insert("a", true);
    session
}

async fn quick(mut session: Session) -> Session {
    session.insert("b", true);
    session
}

async fn forget(mut session: Session) {
    session.insert("a", true);
}

async fn logout(mut session: Session) -> Session {
    session.destroy();
    session
}
