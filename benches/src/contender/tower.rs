//! Handlers with the session of tower-sessions, whatever its store, for both of its versions.

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::app::{answer, routes};
use crate::operation::Operation;
use crate::payload::{Payload, TEN, dump};

pub(crate) trait Session:
    FromRequestParts<(), Rejection: Send> + Sized + Send + Sync + 'static
{
    fn get<T: DeserializeOwned + Send>(&self, key: &str) -> impl Future<Output = Option<T>> + Send;
    fn insert(
        &self,
        key: &str,
        value: impl Serialize + Send + Sync,
    ) -> impl Future<Output = ()> + Send;
}

macro_rules! session {
    ($type:ty) => {
        impl Session for $type {
            async fn get<T: DeserializeOwned + Send>(&self, key: &str) -> Option<T> {
                self.get(key).await.expect("a store that answers")
            }

            async fn insert(&self, key: &str, value: impl Serialize + Send + Sync) {
                self.insert(key, value).await.expect("a store that answers");
            }
        }
    };
}
session!(tower_sessions::Session);
session!(tower_sessions_cookie_store::Session);

/// Without the layer.
pub(crate) fn router<S: Session>(operation: Operation, payload: &Payload) -> Option<Router> {
    let handler: MethodRouter = match operation {
        operation if operation.expects_nothing() => get(absent::<S>),
        Operation::Read | Operation::OtherCookies | Operation::TwoCandidates | Operation::Renew => {
            get(read_one::<S>)
        }
        Operation::ReadTen => ten::<S>(payload.ten()),
        Operation::Increment => get(increment::<S>),
        _ => return None,
    };
    Some(routes(
        handler,
        fill::<S>(&payload.entries),
        get(dump_session::<S>),
    ))
}

async fn absent<S: Session>(session: S) -> StatusCode {
    answer(session.get::<u64>("visits").await.is_none())
}

async fn read_one<S: Session>(session: S) -> StatusCode {
    answer(session.get("visits").await == Some(7))
}

fn ten<S: Session>(expected: usize) -> MethodRouter {
    get(move |session: S| async move {
        let mut found = 0;
        for key in TEN {
            found += usize::from(session.get::<Value>(key).await.is_some());
        }
        answer(found == expected)
    })
}

async fn increment<S: Session>(session: S) -> StatusCode {
    let visits = session.get("visits").await.unwrap_or(0) + 1;
    session.insert("visits", visits).await;
    answer(visits > 7)
}

fn fill<S: Session>(entries: &Map<String, Value>) -> MethodRouter {
    let entries = entries.clone();
    get(move |session: S| async move {
        for (key, value) in &entries {
            session.insert(key, value).await;
        }
    })
}

async fn dump_session<S: Session>(session: S) -> String {
    dump(
        session.get("visits").await,
        session.get("user").await,
        session.get("k003").await,
        session.get("tree").await,
    )
}
