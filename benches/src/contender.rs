//! The crates that are measured and compared. Each has one application, which is written as the
//! crate's documentation shows it.

mod actix;
mod axum_session;
mod device_bound;
mod floor;
mod formats;
mod jar;
mod ours;
mod tower;
mod tower_cookie;
mod tower_memory;
mod tower_redis;

use std::iter;
use std::rc::Rc;

use anyhow::{Context, Result};
use axum::Router;

use crate::app::{self, App};
use crate::operation::Operation;
use crate::world::World;

/// A session crate, or one of its stores.
pub(crate) struct Contender {
    pub(crate) measured: Measured,
    /// The name on the page `guide::comparison`.
    pub(crate) column: &'static str,
    /// The application with the crate's defaults.
    pub(crate) usual: fn(&World) -> Rc<dyn App>,
    /// The usual application before and after its key changed. Afterwards it still accepts the old
    /// key, if the crate can do that. `None` if there is no key.
    pub(crate) rotated: fn(&World) -> Option<BeforeAndAfter>,
    /// One usual application that makes sessions, and one that receives them when they've expired.
    pub(crate) expired: fn(&World) -> BeforeAndAfter,
    /// The dependencies that a program needs besides axum or actix-web.
    pub(crate) manifest: &'static str,
}

/// The part of a contender that the measurement uses.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    /// The application for an operation, or `None` if the contender doesn't offer the operation.
    /// The cookie is called [`NAME`](crate::payload::NAME).
    pub(crate) apps: fn(&World, Operation) -> Option<BeforeAndAfter>,
    /// The same routes without a session.
    pub(crate) baseline: fn(&World) -> Rc<dyn App>,
    /// Whether it refuses large sessions.
    pub(crate) is_bounded: bool,
}

/// The application that makes sessions, and the one that receives them later, with the same store.
pub(crate) type BeforeAndAfter = [Rc<dyn App>; 2];

fn unchanged(app: Rc<dyn App>) -> BeforeAndAfter {
    [Rc::clone(&app), app]
}

/// Not a contender, but what the contenders are measured against.
pub(crate) const NO_SESSION: &str = "no session";

pub(crate) const FLOOR: &str = floor::MEASURED.name;
pub(crate) const OURS: &str = ours::CONTENDER.measured.name;
/// The read without other cookies, measured in the same rounds as the one with ten.
pub(crate) const OURS_ALONE: &str = "axum-cookie-session, no other cookies";
pub(crate) const SIGNED: &str = jar::SIGNED.measured.name;
pub(crate) const TOWER_MEMORY: &str = tower_memory::CONTENDER.measured.name;
pub(crate) const TOWER_REDIS: &str = tower_redis::CONTENDER.measured.name;
pub(crate) const SHA256: &str = formats::SHA256.name;
pub(crate) const ENCRYPTED: &str = formats::ENCRYPTED.name;
pub(crate) const FLASK: &str = formats::FRAMEWORKS[0].name;
pub(crate) const DJANGO: &str = formats::FRAMEWORKS[1].name;
pub(crate) const BOUND: &str = device_bound::BOUND.name;

pub(crate) static CONTENDERS: [Contender; 8] = [
    ours::CONTENDER,
    jar::SIGNED,
    jar::PRIVATE,
    tower_memory::CONTENDER,
    tower_cookie::CONTENDER,
    tower_redis::CONTENDER,
    axum_session::CONTENDER,
    actix::CONTENDER,
];

/// The floor and all contenders.
pub(crate) fn measured() -> impl Iterator<Item = &'static Measured> {
    let contenders = CONTENDERS.iter().map(|contender| &contender.measured);
    iter::once(&floor::MEASURED).chain(contenders)
}

/// This crate in its formats, and the peers that keep a session in a cookie.
pub(crate) fn formats() -> impl Iterator<Item = &'static Measured> {
    let formats: [&Measured; 10] = [
        &floor::MEASURED,
        &ours::CONTENDER.measured,
        &formats::SHA256,
        &formats::ENCRYPTED,
        &formats::COMPRESSED,
        &device_bound::BOUND,
        &jar::SIGNED.measured,
        &jar::PRIVATE.measured,
        &actix::CONTENDER.measured,
        &actix::ENCRYPTED,
    ];
    formats.into_iter().chain(&formats::FRAMEWORKS)
}

impl Measured {
    const fn on_axum(
        name: &'static str,
        apps: fn(&World, Operation) -> Option<BeforeAndAfter>,
    ) -> Self {
        Self {
            name,
            apps,
            baseline: |_| Rc::new(app::without_session()),
            is_bounded: false,
        }
    }

    pub(crate) fn named(name: &str) -> Result<&'static Self> {
        measured()
            .chain(formats())
            .find(|known| known.name == name)
            .context("unknown contender")
    }
}

/// The application of a contender on axum, or the one without a session, to read and to increment.
pub(crate) fn router(world: &World, name: &str) -> Result<Router> {
    if name == NO_SESSION {
        return Ok(app::without_session());
    }
    let apps = (Measured::named(name)?.apps)(world, Operation::Read);
    let router = apps.and_then(|[app, _]| app.router());
    router.with_context(|| format!("{name} isn't an application of axum, or its store is missing"))
}

/// A secret before and after a rotation.
const OLD: [u8; 64] = [7; 64];
const NEW: [u8; 64] = [9; 64];
