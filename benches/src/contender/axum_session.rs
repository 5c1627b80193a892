//! axum_session without a database.

use std::rc::Rc;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use axum_session::{SessionConfig, SessionLayer, SessionNullSession, SessionNullSessionStore};
use serde_json::Value;

use crate::app::{self, App};
use crate::contender::{BeforeAndAfter, Contender, Measured, unchanged};
use crate::operation::Operation;
use crate::payload::{NAME, TEN, entries, shown};
use crate::world::World;

type Session = SessionNullSession;

pub(super) const CONTENDER: Contender = Contender {
    measured: Measured::on_axum("axum_session memory", apps),
    column: "axum_session",
    usual: |world| app(world, SessionConfig::default()),
    rotated: |_| None,
    expired: |world| {
        let past = tower_sessions::cookie::time::Duration::hours(-1);
        unchanged(app(world, SessionConfig::default().with_lifetime(past)))
    },
    manifest: r#"axum_session = "0.22""#,
};

fn apps(world: &World, operation: Operation) -> Option<BeforeAndAfter> {
    match operation {
        Operation::TypedRead | Operation::TypedIncrement | Operation::Fallback => None,
        _ => {
            let config = SessionConfig::default().with_session_name(NAME);
            Some(unchanged(app(world, config)))
        }
    }
}

fn app(world: &World, config: SessionConfig) -> Rc<dyn App> {
    let store = SessionNullSessionStore::new(None, config);
    let store = world.runtime.block_on(store);
    // The layer starts a task.
    let _guard = world.runtime.enter();
    let layer = SessionLayer::new(store.expect("only a database can refuse"));
    let router: Router = Router::new()
        .route(app::READ, get(read))
        .route(app::READ_NOT_RETURNED, get(read))
        .route(app::READ_TEN, get(read_ten))
        .route(app::INCREMENT, get(increment))
        .route(app::RENEW, get(read))
        .route(app::INSERT, get(insert))
        .route(app::SHOW, get(show))
        .route(app::TWO, get(two))
        .route(app::BAD, get(bad))
        .route(app::SLOW, get(slow))
        .route(app::FORGET, get(forget))
        .route(app::LOGOUT, get(logout))
        .layer(layer);
    Rc::new(router)
}

async fn read(session: Session) -> String {
    let visits: u64 = session.get("visits").unwrap_or(0);
    visits.to_string()
}

async fn read_ten(session: Session) -> String {
    let found = TEN.iter().filter(|key| session.get::<Value>(key).is_some());
    found.count().to_string()
}

async fn increment(session: Session) -> String {
    let visits: u64 = session.get("visits").unwrap_or(0) + 1;
    session.set("visits", visits);
    visits.to_string()
}

async fn insert(Path(name): Path<String>, session: Session) {
    for (key, value) in entries(&name) {
        session.set(&key, value);
    }
}

async fn show(session: Session) -> String {
    shown(|key| session.get(key))
}

async fn two(first: Session, second: Session) {
    first.set("a", true);
    second.set("b", true);
}

async fn bad(session: Session) {
    session.set("bad", app::not_json());
}

async fn slow(session: Session) {
    session.get::<String>("user");
    app::wait().await;
    session.set("a", true);
}

async fn forget(session: Session) {
    session.set("a", true);
}

async fn logout(session: Session) {
    session.destroy();
}
