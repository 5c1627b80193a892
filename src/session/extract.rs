//! The session as an extractor, and from headers.

use std::convert::Infallible;
use std::iter;
use std::sync::Arc;

// The documentation shows the trait that users implement, not the one that stands for it below.
#[cfg(doc)]
use axum::extract::FromRef;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::config::SessionConfig;
use crate::cookie::response::cookies_left;
use crate::data::typed::SessionData;
use crate::log;
use crate::revocation::cache::RevocationCache;
use crate::session::Session;
use crate::session::binding::Proofs;
use crate::session::request::RequestSession;

/// axum's `FromRef`, with words of our own for the compiler where it is missing.
#[cfg(not(doc))]
#[expect(unnameable_types, reason = "axum's is the one to name")]
#[diagnostic::on_unimplemented(
    message = "the state `{S}` holds no `{Self}`",
    label = "takes its `{Self}` from the state",
    note = "in a struct: `#[derive(Clone, axum::extract::FromRef)]` on the state and a field `session: SessionConfig`",
    note = "in an `Arc`: the same, without `Clone` and the derive: `impl FromRef<YourState> for SessionConfig`, and `with_state(Arc::new(state))`",
    note = "if `{S}` is not your router's state: `#[axum::debug_handler(state = YourState)]`, and for a middleware `from_fn_with_state`",
    note = "with code: https://docs.rs/axum-cookie-session/latest/axum_cookie_session/guide/troubleshooting/"
)]
pub trait FromRef<S> {
    fn from_ref(state: &S) -> Self;
}

#[cfg(not(doc))]
#[diagnostic::do_not_recommend]
impl<S, C: axum::extract::FromRef<S>> FromRef<S> for C {
    fn from_ref(state: &S) -> Self {
        axum::extract::FromRef::from_ref(state)
    }
}

/// From an `Arc` around a state that holds a config.
impl<T> axum::extract::FromRef<Arc<T>> for SessionConfig
where
    Self: axum::extract::FromRef<T>,
{
    fn from_ref(state: &Arc<T>) -> Self {
        axum::extract::FromRef::from_ref(&**state)
    }
}

/// From every state that holds the config: `C: FromRef<S>`.
impl<S, T, C> FromRequestParts<S> for Session<T, C>
where
    C: FromRef<S> + AsRef<SessionConfig>,
    S: Send + Sync,
    T: SessionData,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let config = C::from_ref(state).as_ref().clone();
        if config.revocation().is_none() {
            return Ok(Self::read(config, &parts.headers));
        }
        // Boxed, so that the future of a handler hardly grows if there is no revocation.
        Ok(Box::pin(Self::load_cached(config, parts)).await)
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// Reads the session of a request from its headers, as the extractor does, but without its
    /// revocation.
    ///
    /// It is for a middleware, a WebSocket upgrade or a test. Rust cannot infer the type, so name
    /// it.
    ///
    /// It cannot wait for a [`Revocation`](crate::Revocation). If one is configured and the request
    /// carries a session, the result is a new session with
    /// [`Reason::RevocationUnknown`](crate::Reason::RevocationUnknown), whatever
    /// [`fail_open`](crate::SessionConfigBuilder::fail_open) says, and returning it changed is a
    /// [`SessionError`](crate::SessionError). Use [`load`](Self::load) then.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{Key, Session, SessionConfig, SessionMap};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let data = SessionMap::from_iter([("user", "ada")]);
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, config.encode(&data)?.parse()?);
    ///
    /// let session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.get("user"), Some("ada".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_headers(headers: &HeaderMap, config: &C) -> Self {
        let config = config.as_ref();
        let now = config.unix_time();
        let mut proofs = Proofs::of(headers, config, now);
        let mut request = RequestSession::read(headers, config, now, &mut proofs);
        if config.revocation().is_some() {
            request = request.with_unknown_revocation(false);
            if request.is_revocation_unknown() {
                log::revocation_not_asked(&config.attributes().name);
            }
        }
        Self::new(config.clone(), request, now.as_secs())
    }

    /// Reads the session of a request from its headers, as the extractor does.
    ///
    /// It consults the [`Revocation`](crate::Revocation) if one is configured: each call does,
    /// unlike the extractors of one request, which share the answer.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{
    ///     Key, MemoryRevocation, Reason, Session, SessionConfig, SessionMap, Status,
    /// };
    ///
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let revocation = MemoryRevocation::new();
    ///     let config = SessionConfig::builder(Key::generate())
    ///         .revocation(revocation.clone())
    ///         .build()?;
    ///     let data = SessionMap::from_iter([("user", "ada")]);
    ///     let mut headers = HeaderMap::new();
    ///     headers.insert(COOKIE, config.encode(&data)?.parse()?);
    ///
    ///     let session: Session = Session::load(&headers, &config).await;
    ///     assert_eq!(session.get("user"), Some("ada".to_owned()));
    ///
    ///     revocation.revoke("user", "ada", SystemTime::now())?;
    ///     let session: Session = Session::load(&headers, &config).await;
    ///     assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
    ///     Ok(())
    /// }
    /// ```
    pub async fn load(headers: &HeaderMap, config: &C) -> Self {
        let config = config.as_ref().clone();
        Self::load_with(config, headers, &mut RevocationCache::default()).await
    }

    /// Reads the session that a response leaves in the browser, from its `Set-Cookie` headers.
    ///
    /// It is for tests. If the response sets no session, or removes it, the result is a new one.
    /// Neither a revocation nor the proof of a device is checked.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("user", "ada");
    /// let response = session.into_response();
    ///
    /// let session: Session = Session::from_set_cookie(response.headers(), &config);
    /// assert_eq!(session.get("user"), Some("ada".to_owned()));
    /// ```
    pub fn from_set_cookie(headers: &HeaderMap, config: &C) -> Self {
        let config = config.as_ref();
        let configs = iter::once(config).chain(config.fallback_configs());
        let cookies = configs.map(|config| (config.attributes(), config.cookie_names()));
        let left = cookies_left(headers, cookies, config.unix_time().as_secs());
        let now = config.unix_time();
        let request = RequestSession::read(&left, config, now, &mut Proofs::not_asked());
        Self::new(config.clone(), request, now.as_secs())
    }

    /// Asks no revocation.
    fn read(config: SessionConfig, headers: &HeaderMap) -> Self {
        let now = config.unix_time();
        let request = RequestSession::read(
            headers,
            &config,
            now,
            &mut Proofs::of(headers, &config, now),
        );
        Self::new(config, request, now.as_secs())
    }

    async fn load_with(
        config: SessionConfig,
        headers: &HeaderMap,
        cache: &mut RevocationCache,
    ) -> Self {
        let Some(revocation) = config.revocation() else {
            return Self::read(config, headers);
        };
        let now = config.unix_time();
        let request = RequestSession::load(headers, &config, now, revocation, cache).await;
        Self::new(config, request, now.as_secs())
    }

    /// All extractors of a request share one cache.
    async fn load_cached(config: SessionConfig, parts: &mut Parts) -> Self {
        let cache = parts.extensions.remove::<RevocationCache>();
        let mut cache = cache.unwrap_or_default();
        let session = Self::load_with(config, &parts.headers, &mut cache).await;
        parts.extensions.insert(cache);
        session
    }
}
