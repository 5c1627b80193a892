//! Sessions for axum that live entirely in one signed cookie.
//!
//! A handler takes `session: Session`, reads and writes it like a map, and returns it
//! next to its body. Nothing is stored on the server, no middleware is installed, no lock is taken.
//!
//! ```
//! use axum::{Router, routing::get};
//! use axum_cookie_session::{Key, Session, SessionConfig};
//!
//! async fn visits(mut session: Session) -> (Session, String) {
//!     let n = session.get("visits").unwrap_or(0) + 1;
//!     session.insert("visits", n);
//!     (session, format!("visit number {n}"))
//! }
//!
//! let app: Router = Router::new()
//!     .route("/", get(visits))
//!     .with_state(SessionConfig::new(Key::generate()));
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
//! # use tower::ServiceExt;
//! # let response = app.oneshot(axum::http::Request::new(axum::body::Body::empty())).await.unwrap();
//! # assert!(response.headers().contains_key("set-cookie"));
//! # });
//! ```
//!
//! * [`Session`]: the extractor, typed sessions, and how to return it.
//! * [`SessionConfig`]: the state it needs; [`SessionConfigBuilder`]: every setting, with its
//!   default.
//! * [`Key`]: the secret that signs.
//! * [`SessionMap`]: the map of keys, and flash messages.
//! * [`Status`]: what became of the visitor's cookie.
//! * [`Revocation`]: whether a session was ended before its time; [`MemoryRevocation`] for one
//!   process.
//!
//! # Guides
//!
//! * [How it works](guide::how_it_works), and the bytes of the token
//! * [Configuration](guide::configuration): what to change, and where the config goes
//! * [Typed sessions](guide::typed_sessions), and one session in extractors and middleware
//! * [Keys](guide::keys): making, storing, rotating
//! * [Expiry](guide::expiry) and renewal
//! * [Logging in and out](guide::login), fixation, "remember me", logging out everywhere
//! * [Revocation](guide::revocation): logging out everywhere with Redis, SQLite or Postgres
//! * [Size](guide::size): what fits, and what to do when it does not
//! * [Encryption and compression](guide::encryption): which algorithm to choose
//! * [Caching](guide::caching), CDNs and the Back button
//! * [Security](guide::security): what is protected, and what is left to you
//! * [Device-bound sessions](https://docs.rs/axum-cookie-session/latest/axum_cookie_session/guide/device_bound/):
//!   a stolen cookie that stops working
//! * [Testing](guide::testing) a route that needs a login
//! * [WebSockets](guide::websockets), streams and background work
//! * [Troubleshooting](guide::troubleshooting): it does not compile, or does not come back
//! * [Coming from](guide::coming_from) another session crate
//! * [Sharing](https://docs.rs/axum-cookie-session/latest/axum_cookie_session/guide/sharing/) sessions
//!   with Flask, FastAPI, Express, Django, React Router and Rails
//! * [Comparison](guide::comparison): which session crate to use
//!
//! # What a signed cookie does not do
//!
//! Anyone who has it can read it, unless it is [encrypted](guide::encryption). A copy of it is valid
//! until it expires, also after a logout: nothing in the cookie can change that, so give the config a
//! [`Revocation`] to ask, shorten the timeouts, or [bind](guide::device_bound) sessions to the user's
//! device. It holds 4096 bytes of name and value together. Between parallel requests of one
//! visitor the last response wins.
//!
//! # Features
//!
//! * `tracing` (default): logs a rejected cookie (debug), a lost change (warn) and a session that
//!   could not be written (error), with names, lengths and reasons, never a value.
//! * `sha256`: token version 2.
//! * `encryption`: token version 3, which only the server can read.
//! * `compression`: sessions of up to 16 KiB of JSON, compressed.
//! * `device-bound`, experimental: sessions that are bound to a key in the user's device.
//! * `flask` (Quart too), `starlette` (FastAPI too), `express` (Koa too), `django`, `react-router`
//!   (Remix too), `rails`: sessions shared with applications of these frameworks. The guide "Sharing"
//!   is there with all six.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod cookie;
mod data;
#[cfg(feature = "device-bound")]
mod device_bound;
mod error;
pub mod guide;
mod log;
mod revocation;
mod session;
mod status;
mod token;

pub use config::SessionConfig;
pub use config::builder::SessionConfigBuilder;
pub use config::error::ConfigError;
pub use cookie::same_site::SameSite;
pub use data::SessionMap;
pub use data::flash::Flash;
pub use data::typed::SessionData;
#[cfg(feature = "device-bound")]
#[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
pub use device_bound::DeviceBound;
pub use error::SessionError;
pub use revocation::memory::MemoryRevocation;
pub use revocation::{Revocation, RevocationStatus, VerifiedSession};
pub use session::Session;
pub use session::refresh::refresh_session;
pub use status::{Reason, Status};
pub use token::key::{Key, KeyError};
pub use token::mac::Algorithm;

#[doc = include_str!("../README.md")]
#[cfg(all(doctest, feature = "flask"))]
struct Readme;
