//! Every format of tokens, and how much fits into a cookie of it.

use std::fmt;

use axum_cookie_session::{Algorithm, Key, SessionConfig, SessionConfigBuilder};

use sha1::Sha1;
use sha2::Sha256;

use crate::configs::{NAME, built, key};
use crate::signed;

pub(crate) struct Format {
    name: &'static str,
    builder: fn(Key) -> SessionConfigBuilder,
    /// The cookies of exactly this JSON. The library would write a repeated key once.
    pub(crate) signed: fn(&SessionConfig, &str) -> String,
    /// Between the parts of a token.
    pub(crate) separator: &'static str,
    /// Whether a token names its cookie.
    pub(crate) names_cookie: bool,
    /// Bytes of JSON that nearly fill a cookie.
    pub(crate) full: usize,
    /// Letters in no order and letters of one kind in half a full cookie.
    pub(crate) half: [usize; 2],
    /// How often one key is in half a full cookie.
    pub(crate) repeated: usize,
    /// How many cookies are tried of which each is valid, in half a request.
    pub(crate) valid: usize,
}

const OURS: Format = Format {
    name: "our own",
    builder: SessionConfig::builder,
    signed: signed::native,
    separator: ".",
    names_cookie: true,
    full: 2807,
    half: [1300, 60],
    repeated: 220,
    valid: 500,
};

const RAILS: Format = Format {
    name: "Rails",
    builder: |key| SessionConfig::rails(key, NAME),
    signed: |_, json| signed::rails::<Sha256>(json),
    separator: "--",
    full: 1700,
    half: [800, 40],
    repeated: 130,
    ..OURS
};

pub(crate) const FORMATS: [Format; 11] = [
    OURS,
    Format {
        name: "our own, SHA-256",
        builder: |key| SessionConfig::builder(key).algorithm(Algorithm::HmacSha256),
        ..OURS
    },
    Format {
        name: "our own, encrypted",
        builder: |key| SessionConfig::builder(key).algorithm(Algorithm::Aes256HmacSha256),
        ..OURS
    },
    Format {
        name: "our own, compressed",
        builder: |key| SessionConfig::builder(key).compress(true),
        half: [1800, 6000],
        repeated: 1300,
        ..OURS
    },
    Format {
        name: "Flask",
        builder: SessionConfig::flask,
        signed: |_, json| signed::flask(json),
        names_cookie: false,
        half: [1800, 28_500],
        repeated: 5000,
        ..OURS
    },
    Format {
        name: "Starlette",
        builder: SessionConfig::starlette,
        signed: |_, json| signed::starlette(json),
        names_cookie: false,
        // It adds blanks.
        repeated: 150,
        ..OURS
    },
    Format {
        name: "Express",
        builder: SessionConfig::express,
        signed: |_, json| signed::express(json),
        separator: "; session.sig=",
        // At most 256 pairs are tried.
        valid: 90,
        ..OURS
    },
    Format {
        name: "Django",
        builder: SessionConfig::django,
        signed: |_, json| signed::django(json),
        separator: ":",
        names_cookie: false,
        half: [1800, 28_500],
        repeated: 5000,
        ..OURS
    },
    Format {
        name: "React Router",
        builder: SessionConfig::react_router,
        signed: |_, json| signed::react_router(json),
        names_cookie: false,
        ..OURS
    },
    RAILS,
    Format {
        name: "Rails, SHA-1",
        builder: |key| SessionConfig::rails_sha1(key, NAME),
        signed: |_, json| signed::rails::<Sha1>(json),
        ..RAILS
    },
];

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Format {
    pub(crate) fn builder(&self, key: Key) -> SessionConfigBuilder {
        (self.builder)(key)
    }

    pub(crate) fn config(&self) -> SessionConfig {
        built(self.builder(key(7)))
    }

    /// Whether tokens of the other one are valid here: compressed tokens are those of version 1.
    pub(crate) fn reads(&self, other: &Self) -> bool {
        let is_version_1 = |format: &Self| matches!(format.name, "our own" | "our own, compressed");
        self.name == other.name || is_version_1(self) && is_version_1(other)
    }

    /// Whether tokens of both are made in much the same way.
    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        (self.separator, self.names_cookie) == (other.separator, other.names_cookie)
    }
}
