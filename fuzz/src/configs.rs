//! Configs of every format, which share a clock and a secret.

use std::time::Duration;

use axum_cookie_session::{Algorithm, Key, SessionConfig, SessionConfigBuilder};

use crate::clock;
use crate::sign::{FALLBACK, RAILS_EXPIRE_AFTER, SECRET, Scheme};

pub const DAY: u64 = 24 * 60 * 60;
const RAILS: Duration = Duration::from_secs(RAILS_EXPIRE_AFTER);

fn key(secret: [u8; 32]) -> Key {
    Key::new(secret).expect("32 bytes")
}

/// With the secret, a fallback and the clock.
pub fn builder(scheme: Scheme) -> SessionConfigBuilder {
    let secret = key(SECRET);
    let builder = match scheme {
        Scheme::V1 => SessionConfig::builder(secret).cookie_name(scheme.name()),
        Scheme::V2 => SessionConfig::builder(secret)
            .cookie_name(scheme.name())
            .algorithm(Algorithm::HmacSha256),
        Scheme::V3 => SessionConfig::builder(secret)
            .cookie_name(scheme.name())
            .algorithm(Algorithm::Aes256HmacSha256),
        Scheme::Flask => SessionConfig::flask(secret),
        Scheme::Starlette => SessionConfig::starlette(secret),
        Scheme::Django => SessionConfig::django(secret),
        Scheme::Express => SessionConfig::express(secret),
        Scheme::ReactRouter => SessionConfig::react_router(secret).cookie_name(scheme.name()),
        Scheme::Rails => SessionConfig::rails(secret, scheme.name()).idle_timeout(RAILS),
        Scheme::RailsSha1 => SessionConfig::rails_sha1(secret, scheme.name()).idle_timeout(RAILS),
    };
    builder.fallback_key(key(FALLBACK)).clock(clock::now)
}

pub fn new(scheme: Scheme) -> SessionConfig {
    build(builder(scheme))
}

pub fn build(builder: SessionConfigBuilder) -> SessionConfig {
    builder.build().expect("a config that browsers accept")
}

/// Each format alone, some with fallback configs of other formats, and some with other attributes.
pub fn every() -> Vec<SessionConfig> {
    let with_fallback_configs = |ours: SessionConfigBuilder| {
        Scheme::ALL
            .into_iter()
            .fold(ours, |ours, scheme| ours.fallback_config(new(scheme)))
    };
    let ours = || SessionConfig::builder(key(SECRET)).clock(clock::now);
    let mut every: Vec<_> = Scheme::ALL.map(new).into();
    every.extend([
        build(builder(Scheme::V3).fallback_config(new(Scheme::V1))),
        build(SessionConfig::rails(key(SECRET), Scheme::Rails.name()).clock(clock::now)),
        build(builder(Scheme::V1).compress(true)),
        build(ours()),
        // No refresh is due.
        build(builder(Scheme::V1).idle_timeout(Duration::from_secs(80 * DAY))),
        build(with_fallback_configs(ours())),
        build(with_fallback_configs(builder(Scheme::V1)).persistent(false)),
        build(
            builder(Scheme::Express)
                .cookie_name("koa.sess")
                .domain("example.org")
                .fallback_config(new(Scheme::V1)),
        ),
        build(
            builder(Scheme::Flask)
                .path("/shop")
                .fallback_config(new(Scheme::Starlette)),
        ),
    ]);
    every
}
