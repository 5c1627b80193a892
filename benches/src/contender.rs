//! Everyone who is measured, each as its own documentation shows it.

mod actix;
mod axum_session;
mod floor;
mod jar;
mod ours;
mod private;
mod signed;
mod tower;
mod tower_cookie;
mod tower_memory;
mod tower_redis;

use anyhow::{Context, Result};
use axum::Router;

use crate::app::{App, AxumApp};
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// The application; none where the contender does not offer the operation.
    pub(crate) app: fn(&World, Operation, &Payload) -> Option<Box<dyn App>>,
    /// The same without a session.
    pub(crate) baseline: fn(&World) -> Box<dyn App>,
    /// Whether it refuses large sessions.
    pub(crate) is_bounded: bool,
}

/// Not one of the contenders: what they are held against.
pub(crate) const NO_SESSION: &str = "no session";

pub(crate) const FLOOR: &str = "floor";
pub(crate) const OURS: &str = "axum-cookie-session";
/// Where ten other cookies are beside ours: the same without them.
pub(crate) const OURS_ALONE: &str = "axum-cookie-session, no other cookies";
pub(crate) const SIGNED: &str = "SignedCookieJar";
pub(crate) const PRIVATE: &str = "PrivateCookieJar";
pub(crate) const TOWER_MEMORY: &str = "tower-sessions memory";
pub(crate) const TOWER_COOKIE: &str = "tower-sessions cookie";
pub(crate) const TOWER_REDIS: &str = "tower-sessions Redis";
pub(crate) const AXUM_SESSION: &str = "axum_session memory";
pub(crate) const ACTIX: &str = "actix-session cookie";

pub(crate) const CONTENDERS: [Contender; 9] = [
    on_axum(FLOOR, floor::app),
    on_axum(OURS, ours::app),
    on_axum(SIGNED, signed::app),
    on_axum(PRIVATE, private::app),
    on_axum(TOWER_MEMORY, tower_memory::app),
    on_axum(TOWER_COOKIE, tower_cookie::app),
    on_axum(TOWER_REDIS, tower_redis::app),
    on_axum(AXUM_SESSION, axum_session::app),
    Contender {
        name: ACTIX,
        app: actix::app,
        baseline: actix::baseline,
        is_bounded: true,
    },
];

const fn on_axum(
    name: &'static str,
    app: fn(&World, Operation, &Payload) -> Option<Box<dyn App>>,
) -> Contender {
    Contender {
        name,
        app,
        baseline: |world| Box::new(AxumApp::baseline(&world.runtime)),
        is_bounded: false,
    }
}

/// What axum serves of a contender, or without a session.
pub(crate) fn router(
    world: &World,
    name: &str,
    operation: Operation,
    payload: &Payload,
) -> Result<Router> {
    let app = if name == NO_SESSION {
        Some(Box::new(AxumApp::baseline(&world.runtime)) as Box<dyn App>)
    } else {
        let contender = CONTENDERS.iter().find(|known| known.name == name);
        let contender = contender.context("no such contender")?;
        (contender.app)(world, operation, payload)
    };
    let router = app.and_then(|app| app.router());
    router.with_context(|| format!("{name} does not offer this: {}", operation.name()))
}
