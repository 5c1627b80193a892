//! Handlers with the session of tower-sessions, whatever its store, for both of its versions.

use std::fmt::Display;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::routing::get;
use serde::Serialize;
use serde_json::Value;

use crate::compare::app::{self, KEYS, NO_STORE, REPORTED};

type Result<T> = std::result::Result<T, (StatusCode, String)>;

fn no_store(error: impl Display) -> (StatusCode, String) {
    (NO_STORE, error.to_string())
}

pub(crate) trait Session:
    FromRequestParts<(), Rejection: Send> + Send + Sync + Sized + 'static
{
    fn value(&self, key: &str) -> impl Future<Output = Result<Option<Value>>> + Send;

    /// Whether it was taken.
    fn set(&self, key: &str, value: impl Serialize + Send) -> impl Future<Output = bool> + Send;

    fn end(&self) -> impl Future<Output = Result<()>> + Send;
}

macro_rules! session {
    ($type:ty) => {
        impl Session for $type {
            async fn value(&self, key: &str) -> Result<Option<Value>> {
                self.get(key).await.map_err(no_store)
            }

            async fn set(&self, key: &str, value: impl Serialize + Send) -> bool {
                self.insert(key, value).await.is_ok()
            }

            async fn end(&self) -> Result<()> {
                self.flush().await.map_err(no_store)
            }
        }
    };
}
session!(tower_sessions::Session);
session!(tower_sessions_for_stores::Session);

pub(crate) fn routes<S: Session>() -> Router {
    Router::new()
        .route(app::VISITS, get(visits::<S>))
        .route(app::SHOW, get(show::<S>))
        .route(app::USER, get(user::<S>))
        .route(app::BIG, get(big::<S>))
        .route(app::TWO, get(two::<S>))
        .route(app::BAD, get(bad::<S>))
        .route(app::SLOW, get(slow::<S>))
        .route(app::QUICK, get(quick::<S>))
        .route(app::FORGET, get(forget::<S>))
        .route(app::LOGOUT, get(logout::<S>))
}

async fn visits<S: Session>(session: S) -> Result<String> {
    let visits = session.value("visits").await?;
    let visits = visits.and_then(|value| value.as_u64()).unwrap_or(0) + 1;
    session.set("visits", visits).await;
    Ok(visits.to_string())
}

async fn show<S: Session>(session: S) -> Result<String> {
    let mut found = Vec::new();
    for key in KEYS {
        if session.value(key).await?.is_some() {
            found.push(key);
        }
    }
    Ok(found.join(" "))
}

async fn user<S: Session>(session: S) {
    session.set("user", "ada").await;
}

async fn big<S: Session>(Path(len): Path<usize>, session: S) {
    session.set("big", "x".repeat(len)).await;
}

async fn two<S: Session>(first: S, second: S) {
    first.set("a", true).await;
    second.set("b", true).await;
}

async fn bad<S: Session>(session: S) -> &'static str {
    match session.set("bad", app::no_json()).await {
        true => "",
        false => REPORTED,
    }
}

async fn slow<S: Session>(session: S) -> Result<()> {
    // A record is loaded when it is first asked for.
    session.value("user").await?;
    app::wait().await;
    session.set("a", true).await;
    Ok(())
}

async fn quick<S: Session>(session: S) {
    session.set("b", true).await;
}

async fn forget<S: Session>(session: S) {
    session.set("a", true).await;
}

async fn logout<S: Session>(session: S) -> Result<()> {
    session.end().await
}
