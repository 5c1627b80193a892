//! axum-cookie-session in the formats that aren't its default.

use axum_cookie_session::{Algorithm, SessionConfig, SessionConfigBuilder};

use crate::contender::ours::{app, key};
use crate::contender::{BeforeAndAfter, Measured, OLD, unchanged};
use crate::operation::Operation;
use crate::payload::NAME;
use crate::world::World;

pub(super) static SHA256: Measured = ours("ours, SHA-256", |_, _| {
    apps(native().algorithm(Algorithm::HmacSha256))
});

pub(super) static ENCRYPTED: Measured = ours("ours, encrypted", |_, _| {
    apps(native().algorithm(Algorithm::Aes256HmacSha256))
});

pub(super) static COMPRESSED: Measured =
    ours("ours, compressed", |_, _| apps(native().compress(true)));

/// The formats of other frameworks, read and written by this crate.
pub(super) static FRAMEWORKS: [Measured; 6] = [
    ours("ours, as Flask", |_, _| {
        apps(SessionConfig::flask(key(OLD)))
    }),
    ours("ours, as Django", |_, _| {
        apps(SessionConfig::django(key(OLD)))
    }),
    ours("ours, as Starlette", |_, _| {
        apps(SessionConfig::starlette(key(OLD)))
    }),
    ours("ours, as Express", |_, _| {
        apps(SessionConfig::express(key(OLD)))
    }),
    ours("ours, as React Router", |_, _| {
        apps(SessionConfig::react_router(key(OLD)))
    }),
    ours("ours, as Rails", |_, _| {
        apps(SessionConfig::rails(key(OLD), NAME))
    }),
];

const fn ours(
    name: &'static str,
    apps: fn(&World, Operation) -> Option<BeforeAndAfter>,
) -> Measured {
    Measured {
        is_bounded: true,
        ..Measured::on_axum(name, apps)
    }
}

fn native() -> SessionConfigBuilder {
    SessionConfig::builder(key(OLD))
}

fn apps(config: SessionConfigBuilder) -> Option<BeforeAndAfter> {
    Some(unchanged(app(config.cookie_name(NAME))))
}
