//! The formats of session cookies, and the library's config for each.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use axum_cookie_session::{Algorithm, ConfigError, Key, SessionConfig};
use clap::ValueEnum;
use serde::Serialize;

/// Whose cookie it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    /// axum-cookie-session
    Native,
    /// Flask, Quart
    Flask,
    /// Starlette, FastAPI
    Starlette,
    /// Express with cookie-session
    Express,
    /// Koa with koa-session
    Koa,
    /// Django with the signed_cookies backend
    Django,
    /// React Router and Remix with createCookieSessionStorage
    ReactRouter,
    /// Rails 7.0 and newer, with its cookie store and JSON
    Rails,
    /// Rails with keys by SHA-1, as before 7.0
    RailsSha1,
}

impl Format {
    pub(crate) fn default_name(self) -> &'static str {
        match self {
            Self::Native => "__Host-session",
            Self::Flask | Self::Starlette | Self::Express => "session",
            Self::Koa => "koa.sess",
            Self::Django => "sessionid",
            Self::ReactRouter => "__session",
            // Rails puts the application's name before it.
            Self::Rails | Self::RailsSha1 => "_session",
        }
    }

    /// Whether the signature is in a second cookie.
    pub(crate) fn has_signature_cookie(self) -> bool {
        matches!(self, Self::Express | Self::Koa)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native => "native",
            Self::Flask => "flask",
            Self::Starlette => "starlette",
            Self::Express => "express",
            Self::Koa => "koa",
            Self::Django => "django",
            Self::ReactRouter => "react-router",
            Self::Rails => "rails",
            Self::RailsSha1 => "rails-sha1",
        })
    }
}

/// The version of our own token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Hash {
    /// HMAC-SHA1, token version 1
    Sha1,
    /// HMAC-SHA256, token version 2
    Sha256,
    /// AES-256 and HMAC-SHA256, token version 3
    Aes256,
}

/// What a config is made of, but for its keys.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) format: Format,
    pub(crate) name: String,
    /// Of our own format, SHA-1 where none is said; the library refuses one of another format.
    pub(crate) hash: Option<Hash>,
    pub(crate) idle_timeout: Option<u64>,
    pub(crate) absolute_timeout: Option<u64>,
    pub(crate) now: u64,
}

impl Settings {
    /// The first key signs, the others are fallbacks.
    pub(crate) fn config(&self, first: &Key, others: &[Key]) -> Result<SessionConfig, ConfigError> {
        let key = first.clone();
        let mut builder = match self.format {
            Format::Native => SessionConfig::builder(key),
            Format::Flask => SessionConfig::flask(key),
            Format::Starlette => SessionConfig::starlette(key),
            Format::Express | Format::Koa => SessionConfig::express(key),
            Format::Django => SessionConfig::django(key),
            Format::ReactRouter => SessionConfig::react_router(key),
            Format::Rails => SessionConfig::rails(key, &self.name),
            Format::RailsSha1 => SessionConfig::rails_sha1(key, &self.name),
        };
        if let Some(hash) = self.hash {
            builder = builder.algorithm(match hash {
                Hash::Sha1 => Algorithm::HmacSha1,
                Hash::Sha256 => Algorithm::HmacSha256,
                Hash::Aes256 => Algorithm::Aes256HmacSha256,
            });
        }
        for key in others {
            builder = builder.fallback_key(key.clone());
        }
        if let Some(seconds) = self.idle_timeout {
            builder = builder.idle_timeout(Duration::from_secs(seconds));
        }
        if let Some(seconds) = self.absolute_timeout {
            builder = builder.absolute_timeout(Duration::from_secs(seconds));
        }
        // The config saturates at 32 bits as well, and a later time may be no `SystemTime`.
        let now = UNIX_EPOCH + Duration::from_secs(self.now.min(u32::MAX.into()));
        builder.cookie_name(&self.name).clock(move || now).build()
    }
}
