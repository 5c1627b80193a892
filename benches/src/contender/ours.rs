//! This library.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use axum_cookie_session::{Key, Session, SessionConfig, SessionConfigBuilder};
use serde_json::{Map, Value};

use crate::app::{App, AxumApp, answer, routes};
use crate::operation::Operation;
use crate::payload::{NAME, Payload, TEN, Typed, dump, for_shape};
use crate::world::World;

pub(crate) fn app(world: &World, operation: Operation, payload: &Payload) -> Option<Box<dyn App>> {
    let old = Key::new([7; 32]).expect("a key");
    let new = Key::new([8; 32]).expect("a key");
    let filled = config(SessionConfig::builder(old.clone()));
    let read = match operation {
        Operation::Fallback => config(SessionConfig::builder(new).fallback_key(old)),
        Operation::Renew => config(SessionConfig::builder(old).clock(in_ten_days)),
        _ => filled.clone(),
    };
    let handler = match operation {
        operation if operation.expects_nothing() => get(absent),
        Operation::ReadTen => ten(payload.ten()),
        Operation::Increment => get(increment),
        Operation::TypedRead => for_shape!(payload.shape, T => get(typed_read::<T>)),
        Operation::TypedIncrement => for_shape!(payload.shape, T => get(typed_increment::<T>)),
        Operation::Renew => get(renew),
        _ => get(read_one),
    };
    let fill = fill(&payload.entries).with_state(filled);
    let router = routes(handler, fill, get(dump_session)).with_state(read);
    Some(Box::new(AxumApp::new(&world.runtime, router)))
}

fn config(builder: SessionConfigBuilder) -> SessionConfig {
    builder.cookie_name(NAME).build().expect("a config")
}

fn in_ten_days() -> SystemTime {
    SystemTime::now() + Duration::from_secs(10 * 24 * 60 * 60)
}

async fn absent(session: Session) -> StatusCode {
    answer(session.get::<u64>("visits").is_none())
}

async fn read_one(session: Session) -> StatusCode {
    answer(session.get("visits") == Some(7))
}

fn ten(expected: usize) -> MethodRouter<SessionConfig> {
    get(async move |session: Session| {
        let found = TEN.iter().filter(|key| session.get::<Value>(key).is_some());
        answer(found.count() == expected)
    })
}

async fn increment(mut session: Session) -> (Session, StatusCode) {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    (session, answer(visits > 7))
}

async fn renew(session: Session) -> (Session, StatusCode) {
    let is_right = session.get("visits") == Some(7);
    (session, answer(is_right))
}

async fn typed_read<T: Typed>(session: Session<T>) -> StatusCode {
    answer(session.visits() == 7)
}

async fn typed_increment<T: Typed>(mut session: Session<T>) -> (Session<T>, StatusCode) {
    session.add_visit();
    let is_right = session.visits() > 7;
    (session, answer(is_right))
}

fn fill(entries: &Map<String, Value>) -> MethodRouter<SessionConfig> {
    let entries = entries.clone();
    get(async move |mut session: Session| {
        for (key, value) in &entries {
            session.insert(key, value);
        }
        session
    })
}

async fn dump_session(session: Session) -> String {
    dump(
        session.get("visits"),
        session.get("user"),
        session.get("k003"),
        session.get("tree"),
    )
}
