//! Our server: the routes of the peers, with a session of the peer's format.

use std::time::{Duration, SystemTime};

use anyhow::Result;
use axum::extract::Query;
use axum::routing::{get, post};
use axum::{Json, Router};
use axum_cookie_session::{Key, Session, SessionConfig};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::peer::{Family, Peer};
use crate::server::Settings;

/// Sessions as the peer reads and writes them, over plain HTTP.
pub(crate) fn config(peer: &Peer, settings: Settings) -> Result<SessionConfig> {
    let mut builder = (peer.config)(Key::legacy(settings.secret)?).secure(false);
    if let Some(secret) = settings.fallback {
        builder = builder.fallback_key(Key::legacy(secret)?);
    }
    // These tokens hold no time, and koa-session keeps the end of a session in it.
    let timeless = [Family::Express, Family::Koa, Family::ReactRouter];
    let has_issued_at = !timeless.contains(&peer.family);
    if let Some(seconds) = settings.lifetime.filter(|_| has_issued_at) {
        builder = builder.idle_timeout(Duration::from_secs(seconds.into()));
    }
    let ahead = Duration::from_secs(settings.clock.unsigned_abs().into());
    let clock = move || match settings.clock {
        0.. => SystemTime::now() + ahead,
        _ => SystemTime::now() - ahead,
    };
    Ok(builder.clock(clock).build()?)
}

pub(crate) fn app(config: SessionConfig) -> Router {
    Router::new()
        .route("/login", post(login))
        .route("/whoami", get(whoami))
        .route("/count", get(count))
        .route("/get", get(get_value))
        .route("/set", post(set_value))
        .route("/dump", get(dump))
        .route("/logout", post(logout))
        .route("/flash", post(flash))
        .route("/flashes", get(flashes))
        .route("/take", get(take))
        .route("/notes", get(notes))
        .with_state(config)
}

#[derive(Deserialize)]
struct Login {
    user: String,
}

async fn login(mut session: Session, Query(login): Query<Login>) -> (Session, &'static str) {
    session.insert("user", login.user);
    (session, "ok")
}

async fn whoami(session: Session) -> (Session, String) {
    let user = session.get("user").unwrap_or_default();
    (session, user)
}

async fn count(mut session: Session) -> (Session, String) {
    let counter = session.get("counter").unwrap_or(0) + 1;
    session.insert("counter", counter);
    (session, counter.to_string())
}

#[derive(Deserialize)]
struct At {
    key: String,
}

async fn get_value(session: Session, Query(at): Query<At>) -> (Session, Json<Option<Value>>) {
    let value = session.get(&at.key);
    (session, Json(value))
}

#[derive(Deserialize)]
struct Pair {
    key: String,
    value: String,
}

async fn set_value(mut session: Session, Query(pair): Query<Pair>) -> (Session, &'static str) {
    let value: Value = serde_json::from_str(&pair.value).expect("the scenarios send JSON");
    session.insert(pair.key, value);
    (session, "ok")
}

async fn dump(session: Session) -> (Session, Json<Map<String, Value>>) {
    let pairs = session
        .keys()
        .map(|key| (key.to_owned(), session.get(key).unwrap_or_default()))
        .collect();
    (session, Json(pairs))
}

async fn logout(mut session: Session) -> (Session, &'static str) {
    session.destroy();
    (session, "ok")
}

#[derive(Deserialize)]
struct Message {
    category: String,
    message: String,
}

async fn flash(mut session: Session, Query(flash): Query<Message>) -> (Session, &'static str) {
    session.flash(flash.category, flash.message);
    (session, "ok")
}

async fn flashes(mut session: Session) -> (Session, Json<Vec<(String, String)>>) {
    let flashes = session.take_flashes();
    let pairs = flashes.into_iter().map(|one| (one.category, one.message));
    (session, Json(pairs.collect()))
}

async fn take(mut session: Session, Query(at): Query<At>) -> (Session, Json<Option<Value>>) {
    let value = session.take(&at.key);
    (session, Json(value))
}

/// Rails' flash, as the guide `sharing` shows it.
#[derive(Deserialize)]
struct RailsFlash {
    #[serde(default)]
    discard: Vec<String>,
    flashes: Map<String, Value>,
}

async fn notes(mut session: Session) -> (Session, Json<Map<String, Value>>) {
    let flash: Option<RailsFlash> = session.take("flash");
    let shown = flash.map(
        |RailsFlash {
             discard,
             mut flashes,
         }| {
            flashes.retain(|key, _| !discard.contains(key));
            flashes
        },
    );
    (session, Json(shown.unwrap_or_default()))
}
