//! One instance: it counts the requests of each visitor, in one of two releases.

use std::env;
use std::io::Read;
use std::process;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use axum_cookie_session::{Algorithm, Key, Session, SessionConfig, SessionConfigBuilder};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::fleet::ENCRYPTED;

/// What one release sees of a session; it knows nothing of the other's key.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct First {
    visits: u64,
    first: u64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Second {
    second: u64,
    visits: u64,
}

/// Its settings stand in the environment, as those of a deployment do.
pub(crate) async fn serve() -> Result<()> {
    thread::spawn(|| {
        // Who started it holds the other end.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    let variable = |name| env::var(name).with_context(|| format!("{name} is not set"));
    let ahead: i64 = variable("CLOCK_AHEAD")?.parse()?;
    let keys = variable("KEYS")?;
    let versions = variable("VERSIONS")?;
    let mut versions = versions.split(',');
    let written = versions.next().context("VERSIONS is empty")?;
    let mut builder = builder(&keys, written, ahead)?;
    for version in versions {
        builder = builder.fallback_config(self::builder(&keys, version, ahead)?.build()?);
    }
    let config = builder.build()?;
    let count = match variable("RELEASE")?.as_str() {
        "1" => get(count_first),
        _ => get(count_second),
    };
    let app = Router::new()
        .route("/count", count)
        .route("/slow", get(slow))
        .route("/sign-in", get(sign_in))
        .route("/sign-out", get(sign_out))
        .route("/all", get(all))
        .with_state(config);
    let port: u16 = variable("PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, app).await?)
}

/// The first of `keys` signs.
fn builder(keys: &str, version: &str, ahead: i64) -> Result<SessionConfigBuilder> {
    let mut keys = keys.split(',').map(Key::new);
    let mut builder = SessionConfig::builder(keys.next().context("KEYS is empty")??);
    for key in keys {
        builder = builder.fallback_key(key?);
    }
    let algorithm = match version {
        ENCRYPTED => Algorithm::Aes256HmacSha256,
        _ => Algorithm::HmacSha1,
    };
    Ok(builder.algorithm(algorithm).clock(move || shifted(ahead)))
}

fn shifted(ahead: i64) -> SystemTime {
    let by = Duration::from_secs(ahead.unsigned_abs());
    match ahead {
        ..0 => SystemTime::now() - by,
        _ => SystemTime::now() + by,
    }
}

/// As long as an answer is worked on, so that a kill meets some that are under way.
async fn work() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

async fn count_first(mut session: Session<First>) -> (Session<First>, String) {
    work().await;
    session.visits += 1;
    session.first += 1;
    let visits = session.visits;
    (session, visits.to_string())
}

async fn count_second(mut session: Session<Second>) -> (Session<Second>, String) {
    work().await;
    session.visits += 1;
    session.second += 1;
    let visits = session.visits;
    (session, visits.to_string())
}

#[derive(Deserialize)]
struct Wait {
    millis: u64,
}

/// Counts, and takes its time to answer.
async fn slow(Query(wait): Query<Wait>, session: Session<First>) -> (Session<First>, String) {
    tokio::time::sleep(Duration::from_millis(wait.millis)).await;
    count_first(session).await
}

#[derive(Deserialize)]
struct Name {
    user: String,
}

async fn sign_in(Query(name): Query<Name>, mut session: Session) -> Session {
    session.destroy();
    session.insert("user", name.user);
    session
}

async fn sign_out(mut session: Session) -> Session {
    session.destroy();
    session
}

/// Who it is, and all counts.
async fn all(session: Session) -> (Session, String) {
    let count = |key: &str| session.get::<u64>(key).unwrap_or(0);
    let user: String = session.get("user").unwrap_or_default();
    let text = format!(
        "{user} {} {} {}",
        count("visits"),
        count("first"),
        count("second")
    );
    (session, text)
}
