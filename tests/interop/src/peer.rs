//! The peers, and how they differ.

use axum_cookie_session::{Key, SessionConfig, SessionConfigBuilder};

/// One version of a framework that shares its sessions with us.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) packages: &'static Packages,
    /// The packages whose versions the table shows.
    pub(crate) shown: &'static [&'static str],
    /// Its server, below `peers`.
    pub(crate) file: &'static str,
    /// Its oracle for random sessions, below `peers/oracles`.
    pub(crate) oracle: &'static str,
    /// Our side of it.
    pub(crate) config: fn(Key) -> SessionConfigBuilder,
    /// How it reads numbers and objects.
    pub(crate) family: Family,
    /// Whether its sessions end on the server, too.
    pub(crate) expires: bool,
    /// Whether it verifies with keys that it does not sign with.
    pub(crate) has_fallbacks: bool,
    pub(crate) deflates: bool,
    /// Whether every response carries the session again, also if it is unchanged.
    pub(crate) resends: bool,
    /// Where its own login keeps the user's id.
    pub(crate) auth_key: Option<&'static str>,
    /// Settings of the peer whose sessions we refuse; [`USUAL`] if we refuse all its sessions.
    pub(crate) refused: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Has flash messages, and values of types that JSON lacks.
    Flask,
    Starlette,
    Django,
    Express,
    Koa,
    ReactRouter,
    Rails,
}

impl Family {
    pub(crate) fn is_python(self) -> bool {
        matches!(self, Self::Flask | Self::Starlette | Self::Django)
    }
}

impl Peer {
    /// Whether there is anything to share; if not, only the refusal is tested.
    pub(crate) fn is_shared(&self) -> bool {
        !self.refused.contains(&USUAL)
    }

    pub(crate) fn is_flask(&self) -> bool {
        self.family == Family::Flask
    }
}

/// The settings that a peer is shared with.
pub(crate) const USUAL: &str = "";

/// Packages that are installed together, in a folder of their own below the target folder.
#[derive(PartialEq)]
pub(crate) struct Packages {
    pub(crate) folder: &'static str,
    pub(crate) language: Language,
    /// As `pip` and `npm` take them, with versions where they are not the newest.
    pub(crate) names: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Python,
    Node,
    /// Debian's, or with a tag of a clone of Rails that `RAILS_GIT` names.
    Ruby,
}

/// The newest versions for Python.
const PYTHON: Packages = Packages {
    folder: "venv",
    language: Language::Python,
    names: &[
        "flask",
        "flask-login",
        "itsdangerous",
        "quart",
        "hypercorn",
        "starlette",
        "fastapi",
        "uvicorn",
        "django",
    ],
};

/// Of 2022. Flask 2.2 runs with Werkzeug 2.
const FLASK_2_2: Packages = Packages {
    folder: "flask-2.2",
    names: &[
        "flask==2.2.5",
        "werkzeug==2.2.3",
        "itsdangerous==2.1.2",
        "flask-login==0.6.2",
    ],
    ..PYTHON
};

/// Of 2020. Flask 1.1 uses simplejson if it is installed.
const FLASK_1_1: Packages = Packages {
    folder: "flask-1.1",
    names: &[
        "flask==1.1.4",
        "werkzeug==1.0.1",
        "jinja2==2.11.3",
        "markupsafe==2.0.1",
        "itsdangerous==1.1.0",
        "click==7.1.2",
        "simplejson==3.18.4",
        "flask-login==0.5.0",
    ],
    ..PYTHON
};

/// Flask 1.1 with the oldest itsdangerous that it allows, of 2014.
const ITSDANGEROUS_0_24: Packages = Packages {
    folder: "itsdangerous-0.24",
    names: &[
        "flask==1.1.4",
        "werkzeug==1.0.1",
        "jinja2==2.11.3",
        "markupsafe==2.0.1",
        "itsdangerous==0.24",
        "click==7.1.2",
        "flask-login==0.5.0",
    ],
    ..PYTHON
};

/// Of 2023.
const QUART_0_19: Packages = Packages {
    folder: "quart-0.19",
    names: &[
        "quart==0.19.3",
        "flask==3.0.0",
        "werkzeug==3.0.0",
        "itsdangerous==2.1.2",
        "hypercorn==0.14.4",
    ],
    ..PYTHON
};

/// Of 2022. FastAPI 0.85 runs with exactly this Starlette.
const STARLETTE_0_20: Packages = Packages {
    folder: "starlette-0.20",
    names: &[
        "starlette==0.20.4",
        "fastapi==0.85.2",
        "itsdangerous==2.1.2",
        "uvicorn==0.18.3",
    ],
    ..PYTHON
};

const DJANGO_4_2: Packages = Packages {
    folder: "django-4.2",
    names: &["django==4.2.*"],
    ..PYTHON
};

const DJANGO_3_2: Packages = Packages {
    folder: "django-3.2",
    names: &["django==3.2.*"],
    ..PYTHON
};

const DJANGO_2_2: Packages = Packages {
    folder: "django-2.2",
    names: &["django==2.2.*"],
    ..PYTHON
};

/// The newest versions for Node.
const NODE: Packages = Packages {
    folder: "node",
    language: Language::Node,
    names: &[
        "express@latest",
        "cookie-session@latest",
        "koa@latest",
        "koa-session@latest",
    ],
};

const EXPRESS_4: Packages = Packages {
    folder: "express-4",
    names: &["express@4", "cookie-session@1.4.0"],
    ..NODE
};

const KOA_2: Packages = Packages {
    folder: "koa-2",
    names: &["koa@2", "koa-session@5.13.1"],
    ..NODE
};

const REACT_ROUTER_8: Packages = Packages {
    folder: "react-router-8",
    names: &["react-router@8.5"],
    ..NODE
};

const REACT_ROUTER_7: Packages = Packages {
    folder: "react-router-7",
    names: &["react-router@7.18"],
    ..NODE
};

const REMIX_2: Packages = Packages {
    folder: "remix-2",
    names: &["@remix-run/node@2.17"],
    ..NODE
};

const RAILS_6_1: Packages = Packages {
    folder: "rails-6.1",
    language: Language::Ruby,
    names: &[],
};

const RAILS_7_0: Packages = Packages {
    folder: "rails-7.0",
    names: &["v7.0.10"],
    ..RAILS_6_1
};

const RAILS_7_1: Packages = Packages {
    folder: "rails-7.1",
    names: &["v7.1.6"],
    ..RAILS_6_1
};

const RAILS_7_2: Packages = Packages {
    folder: "rails-7.2",
    names: &["v7.2.3.2"],
    ..RAILS_6_1
};

const FLASK: Peer = Peer {
    name: "flask",
    packages: &PYTHON,
    shown: &["flask", "itsdangerous"],
    file: "flask_app.py",
    oracle: "flask_oracle.py",
    config: SessionConfig::flask,
    family: Family::Flask,
    expires: true,
    has_fallbacks: true,
    deflates: true,
    resends: false,
    auth_key: Some("_user_id"),
    refused: &["sha256", "salt"],
};

const QUART: Peer = Peer {
    name: "quart",
    shown: &["quart", "itsdangerous"],
    file: "quart_app.py",
    oracle: "quart_oracle.py",
    auth_key: None,
    ..FLASK
};

const STARLETTE: Peer = Peer {
    name: "starlette",
    packages: &PYTHON,
    shown: &["starlette", "itsdangerous"],
    file: "starlette_app.py",
    oracle: "starlette_oracle.py",
    config: SessionConfig::starlette,
    family: Family::Starlette,
    expires: true,
    has_fallbacks: false,
    deflates: false,
    resends: false,
    auth_key: None,
    refused: &[],
};

const FASTAPI: Peer = Peer {
    name: "fastapi",
    shown: &["fastapi", "starlette"],
    file: "fastapi_app.py",
    oracle: "fastapi_oracle.py",
    ..STARLETTE
};

const EXPRESS: Peer = Peer {
    name: "express",
    packages: &NODE,
    shown: &["express", "cookie-session"],
    file: "express/app.js",
    oracle: "express_oracle.js",
    config: SessionConfig::express,
    family: Family::Express,
    expires: false,
    has_fallbacks: true,
    deflates: false,
    resends: false,
    auth_key: None,
    refused: &["unsigned"],
};

const KOA: Peer = Peer {
    name: "koa",
    shown: &["koa", "koa-session"],
    file: "koa/app.js",
    oracle: "koa_oracle.js",
    config: |key| SessionConfig::express(key).cookie_name("koa.sess"),
    family: Family::Koa,
    expires: true,
    ..EXPRESS
};

const DJANGO: Peer = Peer {
    name: "django",
    packages: &PYTHON,
    shown: &["django"],
    file: "django_app.py",
    oracle: "django_oracle.py",
    config: SessionConfig::django,
    family: Family::Django,
    expires: true,
    has_fallbacks: true,
    deflates: true,
    resends: false,
    auth_key: Some("_auth_user_id"),
    refused: &[],
};

const REACT_ROUTER: Peer = Peer {
    name: "react-router",
    packages: &REACT_ROUTER_8,
    shown: &["react-router"],
    file: "react_router/app.js",
    oracle: "react_router_oracle.js",
    config: SessionConfig::react_router,
    family: Family::ReactRouter,
    ..EXPRESS
};

const RAILS: Peer = Peer {
    name: "rails-7.2",
    packages: &RAILS_7_2,
    shown: &["rails"],
    file: "rails_app.rb",
    oracle: "rails_oracle.rb",
    config: |key| SessionConfig::rails(key, "_peer_session"),
    family: Family::Rails,
    expires: true,
    has_fallbacks: true,
    deflates: false,
    resends: true,
    auth_key: None,
    refused: &["marshal"],
};

/// Each framework in its newest version, then in old ones that are still deployed. The cookies have
/// the names that the peers give them by default.
pub(crate) const PEERS: [Peer; 25] = [
    FLASK,
    QUART,
    STARLETTE,
    FASTAPI,
    EXPRESS,
    KOA,
    DJANGO,
    REACT_ROUTER,
    RAILS,
    Peer {
        name: "flask-2.2",
        packages: &FLASK_2_2,
        has_fallbacks: false,
        ..FLASK
    },
    Peer {
        name: "flask-1.1",
        packages: &FLASK_1_1,
        shown: &["flask", "itsdangerous", "simplejson"],
        has_fallbacks: false,
        ..FLASK
    },
    Peer {
        name: "quart-0.19",
        packages: &QUART_0_19,
        has_fallbacks: false,
        ..QUART
    },
    Peer {
        name: "starlette-0.20",
        packages: &STARLETTE_0_20,
        resends: true,
        ..STARLETTE
    },
    Peer {
        name: "fastapi-0.85",
        packages: &STARLETTE_0_20,
        resends: true,
        ..FASTAPI
    },
    Peer {
        name: "express-4",
        packages: &EXPRESS_4,
        config: |key| SessionConfig::express(key).cookie_name("express:sess"),
        ..EXPRESS
    },
    Peer {
        name: "koa-2",
        packages: &KOA_2,
        config: |key| SessionConfig::express(key).cookie_name("koa:sess"),
        ..KOA
    },
    Peer {
        name: "django-4.2",
        packages: &DJANGO_4_2,
        refused: &["pickle"],
        ..DJANGO
    },
    Peer {
        name: "django-3.2",
        packages: &DJANGO_3_2,
        has_fallbacks: false,
        refused: &["pickle", "sha1"],
        ..DJANGO
    },
    Peer {
        name: "django-2.2",
        packages: &DJANGO_2_2,
        refused: &[USUAL],
        ..DJANGO
    },
    Peer {
        name: "itsdangerous-0.24",
        packages: &ITSDANGEROUS_0_24,
        refused: &[USUAL],
        ..FLASK
    },
    Peer {
        name: "react-router-7",
        packages: &REACT_ROUTER_7,
        ..REACT_ROUTER
    },
    Peer {
        name: "remix-2",
        packages: &REMIX_2,
        shown: &["@remix-run/node"],
        ..REACT_ROUTER
    },
    Peer {
        name: "rails-7.1",
        packages: &RAILS_7_1,
        ..RAILS
    },
    Peer {
        name: "rails-7.0",
        packages: &RAILS_7_0,
        ..RAILS
    },
    Peer {
        name: "rails-6.1",
        packages: &RAILS_6_1,
        config: |key| SessionConfig::rails_sha1(key, "_peer_session"),
        ..RAILS
    },
];
