//! Sessions for axum that live entirely in one signed cookie.
//!
//! A handler takes a [`Session`], reads and writes it like a map or as a struct of yours, and
//! returns it next to its body. The server stores nothing, and there is no middleware to install.
//!
//! ```
//! use axum::{Router, body::Body, http::Request, routing::get};
//! use axum_cookie_session::{Key, Session, SessionConfig};
//! use tower::ServiceExt;
//!
//! async fn visits(mut session: Session) -> (Session, String) {
//!     let n = session.get("visits").unwrap_or(0) + 1;
//!     session.insert("visits", n);
//!     (session, format!("visit number {n}"))
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let app = Router::new()
//!         .route("/", get(visits))
//!         .with_state(SessionConfig::new(Key::generate()));
//!     let response = app.oneshot(Request::new(Body::empty())).await?;
//!     assert!(response.headers().contains_key("set-cookie"));
//!     Ok(())
//! }
//! ```
//!
//! # Overview
//!
//! [`Session`] is the primary type: an extractor, and a response part that writes the cookie. Its
//! config comes from the router's state.
//!
//! * [`SessionMap`] is the map that a session dereferences to, and [`SessionData`] says which
//!   structs it can be instead. [`Flash`] is a message for the next page.
//! * [`SessionConfig`] holds the settings. [`SessionConfigBuilder`] sets them, and each setting has
//!   a default. [`Key`] is the secret that signs.
//! * [`Status`] and [`Reason`] tell a handler whether the request carried a valid session.
//! * [`SessionError`] is the error of a session that could not be written. Its response is a 500.
//! * [`Revocation`] ends sessions before they expire, and [`MemoryRevocation`] is one for a single
//!   process.
//! * [`refresh_session`] is a middleware for sites whose handlers only read the session.
//!
//! The [guides](guide) have a page for each question, in reading order. If something does not
//! compile, or a session does not come back, see [troubleshooting](guide::troubleshooting).
//!
//! # Limits
//!
//! * Anyone who has the cookie can read the session, unless it is [encrypted](guide::encryption).
//! * A copy of the cookie is valid until it expires, also after a logout. Shorten the timeouts, use
//!   a [`Revocation`], or [bind](guide::device_bound) sessions to the user's device.
//! * The cookie's name and value are at most 4096 bytes together: [size](guide::size).
//! * If a browser sends two requests at the same time, the session of the later response wins.
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `tracing` | yes | logs rejected cookies (debug), security events (info), lost changes (warn) and sessions that could not be written (error), and never a value |
//! | `sha256` | no | token version 2, with HMAC-SHA256 |
//! | `encryption` | no | token version 3, which only the server can read |
//! | `compression` | no | sessions of up to 16 KiB of JSON, compressed |
//! | `device-bound` | no | experimental: sessions that are bound to a key in the user's device |
//! | `flask`, `starlette`, `express`, `django`, `react-router`, `rails` | no | sessions shared with applications of these frameworks, and with Quart, FastAPI, Koa and Remix: [sharing](guide::sharing) |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod config;
mod cookie;
mod data;
#[cfg(feature = "device-bound")]
mod device_bound;
mod error;
pub mod guide;
mod log;
#[cfg(test)]
mod properties;
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
