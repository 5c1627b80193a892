//! axum_session without a database.

use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use axum_session::{SessionConfig, SessionLayer, SessionNullSession, SessionNullSessionStore};
use serde_json::{Map, Value};

use crate::app::{App, AxumApp, answer, routes};
use crate::operation::Operation;
use crate::payload::{NAME, Payload, TEN, dump};
use crate::world::World;

type Session = SessionNullSession;

pub(crate) fn app(world: &World, operation: Operation, payload: &Payload) -> Option<Box<dyn App>> {
    let handler: MethodRouter = match operation {
        operation if operation.expects_nothing() => get(absent),
        Operation::Read | Operation::OtherCookies | Operation::TwoCandidates | Operation::Renew => {
            get(read_one)
        }
        Operation::ReadTen => ten(payload.ten()),
        Operation::Increment => get(increment),
        _ => return None,
    };
    let config = SessionConfig::default().with_session_name(NAME);
    let store = world
        .runtime
        .block_on(SessionNullSessionStore::new(None, config));
    // It starts a task of its own.
    let _guard = world.runtime.enter();
    let layer = SessionLayer::new(store.expect("a store in memory"));
    let router = routes(handler, fill(&payload.entries), get(dump_session)).layer(layer);
    Some(Box::new(AxumApp::new(&world.runtime, router)))
}

async fn absent(session: Session) -> StatusCode {
    answer(session.get::<u64>("visits").is_none())
}

async fn read_one(session: Session) -> StatusCode {
    answer(session.get("visits") == Some(7))
}

fn ten(expected: usize) -> MethodRouter {
    get(async move |session: Session| {
        let found = TEN.iter().filter(|key| session.get::<Value>(key).is_some());
        answer(found.count() == expected)
    })
}

async fn increment(session: Session) -> StatusCode {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.set("visits", visits);
    answer(visits > 7)
}

fn fill(entries: &Map<String, Value>) -> MethodRouter {
    let entries = entries.clone();
    get(async move |session: Session| {
        for (key, value) in &entries {
            session.set(key, value);
        }
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
