//! Sessions that are bound to a device, driven by a browser made of software.

#![cfg(feature = "device-bound")]
#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test")]

#[path = "../common/mod.rs"]
mod common;

mod client;
mod config;
mod deployment;
mod forgery;
mod routes;
mod session;

use axum::Router;
use axum::routing::get;
use axum_cookie_session::{DeviceBound, Session, SessionConfig, SessionConfigBuilder};

use common::{Clock, key};

const NAME: &str = "__Host-session";
const PROOF: &str = "__Host-session-proof";
const DEVICE: &str = "__Secure-session-device";
const PROOF_LIFETIME: u64 = 300;
const LEEWAY: u64 = 60;

fn builder(clock: &Clock) -> SessionConfigBuilder {
    SessionConfig::builder(key()).clock(clock.read())
}

fn bound(clock: &Clock) -> SessionConfig {
    let builder = builder(clock).device_bound(DeviceBound::new());
    builder.build().unwrap()
}

/// A site: `/login`, `/logout`, `/renew`, `/clear`, `/count`, and `/` that shows what it sees.
fn site(config: &SessionConfig) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/count", get(count))
        .route(
            "/login",
            get(async |mut session: Session| {
                session.destroy();
                session.insert("user", "ada");
                (session, "welcome")
            }),
        )
        .route(
            "/logout",
            get(async |mut session: Session| {
                session.destroy();
                (session, "bye")
            }),
        )
        .route(
            "/renew",
            get(async |mut session: Session| {
                session.renew();
                (session, "renewed")
            }),
        )
        .route(
            "/clear",
            get(async |mut session: Session| {
                session.clear();
                (session, "cleared")
            }),
        )
        .merge(config.device_bound_routes())
        .with_state(config.clone())
}

async fn show(session: Session) -> (Session, String) {
    let text = format!(
        "{:?} user={:?} bound={}",
        session.status(),
        session.get::<String>("user"),
        session.is_device_bound()
    );
    (session, text)
}

async fn count(mut session: Session) -> (Session, String) {
    let n = session.get("n").unwrap_or(0) + 1;
    session.insert("n", n);
    (session, format!("count {n}"))
}

/// Id and flags in a token.
fn binding(token: &str) -> Vec<u8> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let times = token.split('.').nth(2).unwrap();
    URL_SAFE_NO_PAD.decode(times).unwrap()[8..].to_vec()
}
