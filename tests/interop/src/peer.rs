//! The seven peers, and in what they differ.

use axum_cookie_session::{Key, SessionConfig, SessionConfigBuilder};

/// A framework that shares its sessions with us.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// Its name in its registry.
    pub(crate) package: &'static str,
    pub(crate) language: Language,
    /// Its server, below `peers`.
    pub(crate) file: &'static str,
    /// Our side of it.
    pub(crate) config: fn(Key) -> SessionConfigBuilder,
    /// Whether its sessions end on the server, too.
    pub(crate) expires: bool,
    /// Whether it verifies with keys that it does not sign with.
    pub(crate) has_fallbacks: bool,
    pub(crate) deflates: bool,
    /// Whether it has flash messages, and values of types that JSON lacks.
    pub(crate) is_flask: bool,
    /// Where its own way to log in keeps the user's number.
    pub(crate) auth_key: Option<&'static str>,
}

#[derive(Clone, Copy)]
pub(crate) enum Language {
    Python,
    Node,
}

const FLASK: Peer = Peer {
    name: "flask",
    package: "flask",
    language: Language::Python,
    file: "flask_app.py",
    config: SessionConfig::flask,
    expires: true,
    has_fallbacks: true,
    deflates: true,
    is_flask: true,
    auth_key: Some("_user_id"),
};

const STARLETTE: Peer = Peer {
    name: "starlette",
    package: "starlette",
    language: Language::Python,
    file: "starlette_app.py",
    config: SessionConfig::starlette,
    expires: true,
    has_fallbacks: false,
    deflates: false,
    is_flask: false,
    auth_key: None,
};

const EXPRESS: Peer = Peer {
    name: "express",
    package: "express",
    language: Language::Node,
    file: "express/app.js",
    config: SessionConfig::express,
    expires: false,
    has_fallbacks: true,
    deflates: false,
    is_flask: false,
    auth_key: None,
};

pub(crate) const PEERS: [Peer; 7] = [
    FLASK,
    Peer {
        name: "quart",
        package: "quart",
        file: "quart_app.py",
        auth_key: None,
        ..FLASK
    },
    STARLETTE,
    Peer {
        name: "fastapi",
        package: "fastapi",
        file: "fastapi_app.py",
        ..STARLETTE
    },
    EXPRESS,
    Peer {
        name: "koa",
        package: "koa",
        file: "koa/app.js",
        config: |key| SessionConfig::express(key).cookie_name("koa.sess"),
        expires: true,
        ..EXPRESS
    },
    Peer {
        name: "django",
        package: "django",
        language: Language::Python,
        file: "django_app.py",
        config: SessionConfig::django,
        expires: true,
        has_fallbacks: true,
        deflates: true,
        is_flask: false,
        auth_key: Some("_auth_user_id"),
    },
];
