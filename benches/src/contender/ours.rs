//! axum-cookie-session.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use axum_cookie_session::{Key, Session, SessionConfig, SessionConfigBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::{self, App};
use crate::contender::{BeforeAndAfter, Contender, Measured, NEW, OLD, unchanged};
use crate::operation::Operation;
use crate::payload::{NAME, TEN, Typed, entries, shown, with_typed_routes};
use crate::world::World;

pub(super) const CONTENDER: Contender = Contender {
    measured: Measured::on_axum("axum-cookie-session", apps),
    column: "this crate",
    usual: |_| app(builder(OLD)),
    rotated: |_| Some([app(builder(OLD)), app(builder(NEW).fallback_key(key(OLD)))]),
    expired: |_| [app(builder(OLD)), app(builder(OLD).clock(|| in_days(15)))],
    manifest: r#"axum-cookie-session = { path = "../../.." }"#,
};

fn apps(_: &World, operation: Operation) -> Option<BeforeAndAfter> {
    let before = builder(OLD).cookie_name(NAME);
    let after = match operation {
        Operation::Fallback => builder(NEW).cookie_name(NAME).fallback_key(key(OLD)),
        Operation::Renew => before.clone().clock(|| in_days(10)),
        _ => return Some(unchanged(app(before))),
    };
    Some([app(before), app(after)])
}

pub(super) fn key(secret: [u8; 64]) -> Key {
    Key::new(secret).expect("64 bytes are long enough")
}

fn builder(secret: [u8; 64]) -> SessionConfigBuilder {
    SessionConfig::builder(key(secret))
}

fn in_days(days: u64) -> SystemTime {
    SystemTime::now() + Duration::from_secs(days * 24 * 60 * 60)
}

pub(super) fn app(builder: SessionConfigBuilder) -> Rc<dyn App> {
    Rc::new(router(builder.build().expect("the settings fit together")))
}

pub(super) fn router(config: SessionConfig) -> Router {
    let router = Router::new()
        .route(app::READ, get(read))
        .route(app::READ_NOT_RETURNED, get(read_not_returned))
        .route(app::READ_TEN, get(read_ten))
        .route(app::INCREMENT, get(increment))
        .route(app::RENEW, get(read))
        .route(app::INSERT, get(insert))
        .route(app::SHOW, get(show))
        .route(app::TWO, get(two))
        .route(app::BAD, get(bad))
        .route(app::SLOW, get(slow))
        .route(app::FORGET, get(forget))
        .route(app::LOGOUT, get(logout));
    let router = with_typed_routes!(router, T => typed_read::<T>, typed_increment::<T>);
    router.with_state(config)
}

async fn read(session: Session) -> (Session, String) {
    let visits: u64 = session.get("visits").unwrap_or(0);
    (session, visits.to_string())
}

async fn read_not_returned(session: Session) -> String {
    let visits: u64 = session.get("visits").unwrap_or(0);
    visits.to_string()
}

async fn read_ten(session: Session) -> (Session, String) {
    let found = TEN.iter().filter(|key| session.get::<Value>(key).is_some());
    let found = found.count();
    (session, found.to_string())
}

async fn increment(mut session: Session) -> (Session, String) {
    let visits: u64 = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    (session, visits.to_string())
}

async fn typed_read<T: Typed>(session: Session<T>) -> (Session<T>, String) {
    let visits = session.visits();
    (session, visits.to_string())
}

async fn typed_increment<T: Typed>(mut session: Session<T>) -> (Session<T>, String) {
    session.add_visit();
    let visits = session.visits();
    (session, visits.to_string())
}

async fn insert(Path(name): Path<String>, mut session: Session) -> Session {
    for (key, value) in entries(&name) {
        session.insert(key, value);
    }
    session
}

async fn show(session: Session) -> (Session, String) {
    let shown = shown(|key| session.get(key));
    (session, shown)
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
    session.insert("bad", app::not_json());
    session
}

async fn slow(mut session: Session) -> Session {
    app::wait().await;
    session.insert("a", true);
    session
}

async fn forget(mut session: Session) {
    session.insert("a", true);
}

async fn logout(mut session: Session) -> Session {
    session.destroy();
    session
}
