//! The application with the session of tower-sessions, for every store and both versions.

use std::fmt::Display;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::routing::get;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::app::{self, REPORTED, STORE_FAILED};
use crate::operation::Operation;
use crate::payload::{KEYS, TEN, entries};

type Result<T> = std::result::Result<T, (StatusCode, String)>;

fn store_failed(error: impl Display) -> (StatusCode, String) {
    (STORE_FAILED, error.to_string())
}

pub(super) trait Session:
    FromRequestParts<(), Rejection: Send> + Send + Sync + Sized + 'static
{
    fn get<T: DeserializeOwned + Send>(
        &self,
        key: &str,
    ) -> impl Future<Output = Result<Option<T>>> + Send;

    /// Whether the value was accepted.
    fn set(
        &self,
        key: &str,
        value: impl Serialize + Send + Sync,
    ) -> impl Future<Output = bool> + Send;

    fn end(&self) -> impl Future<Output = Result<()>> + Send;
}

macro_rules! session {
    ($type:ty) => {
        impl Session for $type {
            async fn get<T: DeserializeOwned + Send>(&self, key: &str) -> Result<Option<T>> {
                self.get(key).await.map_err(store_failed)
            }

            async fn set(&self, key: &str, value: impl Serialize + Send + Sync) -> bool {
                self.insert(key, value).await.is_ok()
            }

            async fn end(&self) -> Result<()> {
                self.flush().await.map_err(store_failed)
            }
        }
    };
}
session!(tower_sessions::Session);
session!(tower_sessions_for_stores::Session);

/// A typed session would be one value under one key, and there is one key to sign with at most.
pub(super) fn offers(operation: Operation) -> bool {
    !matches!(
        operation,
        Operation::TypedRead | Operation::TypedIncrement | Operation::Fallback
    )
}

/// Without the layer.
pub(super) fn routes<S: Session>() -> Router {
    Router::new()
        .route(app::READ, get(read::<S>))
        .route(app::READ_NOT_RETURNED, get(read::<S>))
        .route(app::READ_TEN, get(read_ten::<S>))
        .route(app::INCREMENT, get(increment::<S>))
        .route(app::RENEW, get(read::<S>))
        .route(app::INSERT, get(insert::<S>))
        .route(app::SHOW, get(show::<S>))
        .route(app::TWO, get(two::<S>))
        .route(app::BAD, get(bad::<S>))
        .route(app::SLOW, get(slow::<S>))
        .route(app::FORGET, get(forget::<S>))
        .route(app::LOGOUT, get(logout::<S>))
}

async fn read<S: Session>(session: S) -> Result<String> {
    let visits: u64 = session.get("visits").await?.unwrap_or(0);
    Ok(visits.to_string())
}

async fn read_ten<S: Session>(session: S) -> Result<String> {
    let mut found = 0;
    for key in TEN {
        found += u64::from(session.get::<Value>(key).await?.is_some());
    }
    Ok(found.to_string())
}

async fn increment<S: Session>(session: S) -> Result<String> {
    let visits: u64 = session.get("visits").await?.unwrap_or(0) + 1;
    session.set("visits", visits).await;
    Ok(visits.to_string())
}

async fn insert<S: Session>(Path(name): Path<String>, session: S) {
    for (key, value) in entries(&name) {
        session.set(&key, value).await;
    }
}

async fn show<S: Session>(session: S) -> Result<String> {
    let mut shown = Map::new();
    for key in KEYS {
        if let Some(value) = session.get(key).await? {
            shown.insert(key.to_owned(), value);
        }
    }
    Ok(Value::Object(shown).to_string())
}

async fn two<S: Session>(first: S, second: S) {
    first.set("a", true).await;
    second.set("b", true).await;
}

async fn bad<S: Session>(session: S) -> &'static str {
    if session.set("bad", app::not_json()).await {
        ""
    } else {
        REPORTED
    }
}

async fn slow<S: Session>(session: S) -> Result<()> {
    // The session loads its record when it's first read.
    session.get::<String>("user").await?;
    app::wait().await;
    session.set("a", true).await;
    Ok(())
}

async fn forget<S: Session>(session: S) {
    session.set("a", true).await;
}

async fn logout<S: Session>(session: S) -> Result<()> {
    session.end().await
}
