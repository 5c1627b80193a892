//! Everyone who is compared, each as its own documentation shows it and with its own defaults.

mod actix;
mod axum_session;
mod jar;
mod ours;
mod tower;
mod tower_cookie;
mod tower_memory;
mod tower_redis;

use crate::compare::app::App;
use crate::compare::world::World;

/// The application at one time and later, of one store.
pub(crate) type BeforeAndAfter = [Box<dyn App>; 2];

pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) usual: fn(&World) -> Box<dyn App>,
    /// Before the key changed and after, as far as the old one can be given as well; none where
    /// there is no key.
    pub(crate) rotated: fn(&World) -> Option<BeforeAndAfter>,
    /// One that makes sessions, and one that is shown them when their time is over.
    pub(crate) expired: fn(&World) -> BeforeAndAfter,
    /// What a manifest needs beside axum, or beside actix-web.
    pub(crate) manifest: &'static str,
}

pub(crate) const CONTENDERS: [Contender; 8] = [
    ours::CONTENDER,
    jar::SIGNED,
    jar::PRIVATE,
    tower_memory::CONTENDER,
    tower_cookie::CONTENDER,
    tower_redis::CONTENDER,
    axum_session::CONTENDER,
    actix::CONTENDER,
];

/// Of a secret that was changed, the old and the new one.
pub(crate) const OLD: [u8; 64] = [7; 64];
pub(crate) const NEW: [u8; 64] = [9; 64];
