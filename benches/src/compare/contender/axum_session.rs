//! axum_session without a database.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use axum_session::{SessionConfig, SessionLayer, SessionNullSession, SessionNullSessionStore};
use serde_json::Value;

use crate::compare::app::{self, KEYS};
use crate::compare::contender::Contender;
use crate::compare::world::World;

type Session = SessionNullSession;

pub(crate) const CONTENDER: Contender = Contender {
    name: "axum_session",
    usual: |world| Box::new(app(world, SessionConfig::default())),
    rotated: |_| None,
    expired: |world| {
        let past = tower_sessions::cookie::time::Duration::hours(-1);
        let app = app(world, SessionConfig::default().with_lifetime(past));
        [Box::new(app.clone()), Box::new(app)]
    },
    manifest: r#"axum_session = "0.22""#,
};

fn app(world: &World, config: SessionConfig) -> Router {
    let store = SessionNullSessionStore::new(None, config);
    let store = world
        .runtime
        .block_on(store)
        .expect("only a database can refuse, and there is none");
    // It starts a task of its own.
    let _guard = world.runtime.enter();
    Router::new()
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
        .layer(SessionLayer::new(store))
}

async fn visits(session: Session) -> String {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.set("visits", visits);
    visits.to_string()
}

async fn show(session: Session) -> String {
    let is_there = |key: &&str| session.get::<Value>(key).is_some();
    let found: Vec<_> = KEYS.into_iter().filter(is_there).collect();
    found.join(" ")
}

async fn user(session: Session) {
    session.set("user", "ada");
}

async fn big(Path(len): Path<usize>, session: Session) {
    session.set("big", "x".repeat(len));
}

async fn two(first: Session, second: Session) {
    first.set("a", true);
    second.set("b", true);
}

async fn bad(session: Session) {
    session.set("bad", app::no_json());
}

async fn slow(session: Session) {
    session.get::<String>("user");
    app::wait().await;
    session.set("a", true);
}

async fn quick(session: Session) {
    session.set("b", true);
}

async fn forget(session: Session) {
    session.set("a", true);
}

async fn logout(session: Session) {
    session.destroy();
}
