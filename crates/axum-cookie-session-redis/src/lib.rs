//! Logging out everywhere, for [`axum_cookie_session`]: Redis remembers which sessions ended early,
//! and all instances of an application ask it.
//!
//! A signed cookie is valid until it expires. [`RedisRevocation`] logs a user out everywhere, ends
//! one login, or ends all of them. Redis keeps only what ended before its time: a date for each
//! user, an id for each login.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use axum_cookie_session::{Key, SessionConfig};
//! use axum_cookie_session_redis::RedisRevocation;
//!
//! let revocation = RedisRevocation::new("redis://127.0.0.1")?;
//! let config = SessionConfig::builder(Key::from_env("SESSION_KEY")?)
//!     .revocation(revocation.clone())
//!     .build()?;
//!
//! // Once, when you set Redis up:
//! revocation.initialize().await?;
//!
//! revocation.end_user("ada").await?; // everywhere
//! revocation.end_login("7f3a").await?; // one session, by the id that it got at its login
//! revocation.end_all().await?;
//! # assert!(config.encode(&axum_cookie_session::SessionMap::default()).is_ok());
//! # Ok(())
//! # }
//! ```
//!
//! * [`RedisRevocation`]: what it checks, and a handler that logs out everywhere.
//! * [`RedisRevocationBuilder`]: every setting, with its default.
//! * [`RevocationError`]: what can go wrong.
//!
//! # What can happen to Redis
//!
//! | Redis | a request with a session | a logout |
//! |---|---|---|
//! | is frozen or unreachable | unknown, after 250 ms | [`is_unavailable`](RevocationError::is_unavailable) |
//! | was killed | unknown, at once | [`is_unavailable`](RevocationError::is_unavailable) |
//! | came back | as before, with the first request; while it loads its data, that request waits | works |
//! | refuses: a wrong password, only reads, is full | unknown if it cannot read | [`is_refused`](RevocationError::is_refused) |
//! | lost its list: an empty one took its place, or the key was evicted | unknown, until [`end_all`](RedisRevocation::end_all) | is written, and counts |
//!
//! "Unknown" means what the config says with
//! [`fail_open`](axum_cookie_session::SessionConfigBuilder::fail_open): by default the handler sees
//! a new session and nothing is written, so the cookie is good again when Redis is back. Answers
//! that an instance has kept, for 1 second by default, stay in use that long.
//!
//! A Redis that lost *some* logouts is not noticed: a replica that was promoted before it had
//! copied them, or a disk that is written once a second. Set `appendonly yes`,
//! `appendfsync always` and `maxmemory-policy noeviction`; logouts are few.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `tracing` (default) | logs when Redis stops answering or has lost the list (warn), and when it answers again (info) |
//! | `cluster` | [`RedisRevocation::cluster`] |
//! | `rustls` | `rediss://` URLs, with the certificates of the system or of the file in `SSL_CERT_FILE`. If the application has installed no `CryptoProvider`, the first connection installs that of ring |
//! | `rustls-webpki-roots` | the same with Mozilla's certificates |
//! | `native-tls` | `rediss://` URLs, with the TLS library of the system |
//!
//! The server is Redis 6.2 or newer, or one that speaks the same commands (`ZMSCORE`, `ZADD GT`), such as Valkey.
//!
//! No type of the `redis` crate is public here, so a new version of it is not a breaking change of
//! this crate.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod connection;
mod error;
mod health;
mod list;
mod revocation;

pub use builder::RedisRevocationBuilder;
pub use error::RevocationError;
pub use revocation::RedisRevocation;
