//! The session as axum's extractor and response part.

use std::convert::Infallible;

// The documentation shows the trait that users implement, not the one that stands for it below.
#[cfg(doc)]
use axum::extract::FromRef;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};

use crate::config::SessionConfig;
use crate::cookie::{self, Source};
use crate::data::typed::SessionData;
use crate::error::{SessionError, Unwritten};
use crate::log;
use crate::revocation::cache::Asked;
use crate::session::Session;
use crate::session::request::Incoming;
use crate::session::response::{Outgoing, Pending};

/// axum's `FromRef`, with words of our own for the compiler where it is missing.
#[cfg(not(doc))]
#[expect(unnameable_types, reason = "axum's is the one to name")]
#[diagnostic::on_unimplemented(
    message = "the state `{S}` holds no `SessionConfig`",
    label = "takes its `SessionConfig` from the state",
    note = "in a struct: `#[derive(Clone, axum::extract::FromRef)]` on the state and a field `session: SessionConfig`",
    note = "in an `Arc`: put it into a struct of yours, and `impl FromRef<ThatStruct> for SessionConfig`",
    note = "if `{S}` is not your router's state: `#[axum::debug_handler(state = YourState)]`, and for a middleware `from_fn_with_state`",
    note = "with code: https://docs.rs/axum-cookie-session/latest/axum_cookie_session/guide/troubleshooting/"
)]
pub trait FromRef<S> {
    fn from_ref(state: &S) -> Self;
}

#[cfg(not(doc))]
#[diagnostic::do_not_recommend]
impl<S> FromRef<S> for SessionConfig
where
    Self: axum::extract::FromRef<S>,
{
    fn from_ref(state: &S) -> Self {
        axum::extract::FromRef::from_ref(state)
    }
}

/// From every state that holds a config: `SessionConfig: FromRef<S>`.
impl<S, T> FromRequestParts<S> for Session<T>
where
    SessionConfig: FromRef<S>,
    S: Send + Sync,
    T: SessionData,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let config = <SessionConfig as FromRef<S>>::from_ref(state);
        if config.revocation().is_some() {
            // Boxed, so that a handler's future hardly grows where nobody is asked.
            return Ok(Box::pin(Self::receive_checked(config, parts)).await);
        }
        Ok(Self::receive(config, Source::Request(&parts.headers)))
    }
}

impl<T: SessionData> Session<T> {
    /// Reads the session of a request from its headers, as the extractor does.
    ///
    /// For a second session beside the main one, a middleware, a WebSocket upgrade or a test.
    /// Name the type, which Rust does not infer here.
    ///
    /// It cannot wait for a [`Revocation`](crate::Revocation). Where one is configured and a session
    /// came, this gives a new one with
    /// [`Reason::RevocationUnknown`](crate::Reason::RevocationUnknown), whatever
    /// [`fail_open`](crate::SessionConfigBuilder::fail_open) says, and to change it is a
    /// [`SessionError`]: use [`load`](Self::load).
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{SessionMap, Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut data = SessionMap::default();
    /// data.insert("user", "ada");
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, config.encode(&data)?.parse()?);
    ///
    /// let session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.get("user"), Some("ada".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_headers(headers: &HeaderMap, config: &SessionConfig) -> Self {
        Self::receive(config.clone(), Source::Request(headers))
    }

    /// Reads the session of a request from its headers as the extractor does, and asks the
    /// [`Revocation`](crate::Revocation) where one is configured.
    ///
    /// Where none is, it is [`from_headers`](Self::from_headers). Each call asks anew; an extractor
    /// asks once for all that a request extracts.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{SessionMap, Key, MemoryRevocation, Reason, Session, SessionConfig, Status};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let revocation = MemoryRevocation::new();
    /// let config = SessionConfig::builder(Key::generate())
    ///     .revocation(revocation.clone())
    ///     .build()?;
    /// let mut data = SessionMap::default();
    /// data.insert("user", "ada");
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, config.encode(&data)?.parse()?);
    ///
    /// let session: Session = Session::load(&headers, &config).await;
    /// assert_eq!(session.get("user"), Some("ada".to_owned()));
    ///
    /// revocation.revoke("user", "ada", SystemTime::now())?;
    /// let session: Session = Session::load(&headers, &config).await;
    /// assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub async fn load(headers: &HeaderMap, config: &SessionConfig) -> Self {
        Self::receive_asking(config.clone(), headers, &mut Asked::default()).await
    }

    /// Reads the session that a response leaves in the browser, from its `Set-Cookie` headers.
    ///
    /// For tests. A response that sets no session, or removes it, gives a new one. Nobody is asked
    /// whether it was revoked.
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
    pub fn from_set_cookie(headers: &HeaderMap, config: &SessionConfig) -> Self {
        Self::receive(config.clone(), Source::Response(headers))
    }

    /// Asks nobody: a session of a request is not shown where there is a revocation.
    fn receive(config: SessionConfig, source: Source<'_>) -> Self {
        let now = config.unix_time();
        let mut incoming = Incoming::receive(&config, source, now);
        if config.revocation().is_some() && matches!(source, Source::Request(_)) {
            incoming = incoming.unasked();
            if incoming.is_unknown() {
                log::unasked(&config.attributes().name);
            }
        }
        Self::new(config, incoming, now.as_secs())
    }

    /// Asks the revocation, where there is one, what it was not asked yet.
    async fn receive_asking(config: SessionConfig, headers: &HeaderMap, asked: &mut Asked) -> Self {
        let source = Source::Request(headers);
        let Some(revocation) = config.revocation() else {
            return Self::receive(config, source);
        };
        let now = config.unix_time();
        let incoming = asked.receive(&config, revocation, source, now).await;
        Self::new(config, incoming, now.as_secs())
    }

    async fn receive_checked(config: SessionConfig, parts: &mut Parts) -> Self {
        let mut asked = parts.extensions.remove::<Asked>().unwrap_or_default();
        let session = Self::receive_asking(config, &parts.headers, &mut asked).await;
        parts.extensions.insert(asked);
        session
    }

    fn write(&self, headers: &mut HeaderMap) -> Result<(), SessionError> {
        let pending = Pending::read(&self.config, Source::Response(headers), self.now);
        let outgoing = self.outgoing(pending)?;
        cookie::vary(headers);
        match &outgoing {
            Outgoing::Keep => return Ok(()),
            Outgoing::Set { sealed, max_age } => {
                cookie::set(headers, &self.config, sealed, *max_age);
            }
            Outgoing::Remove => cookie::remove(headers, &self.config, None),
            Outgoing::Withdraw => cookie::withdraw(headers, &self.config),
        }
        if self.destroyed || matches!(outgoing, Outgoing::Remove) {
            for accepted in &self.incoming.carried {
                cookie::remove(headers, accepted, Some(&self.config));
            }
        }
        if !matches!(outgoing, Outgoing::Withdraw) {
            cookie::keep_private(headers);
        }
        Ok(())
    }
}

impl<T: SessionData> IntoResponseParts for Session<T> {
    type Error = SessionError;

    fn into_response_parts(mut self, mut res: ResponseParts) -> Result<ResponseParts, Self::Error> {
        self.settle();
        if res.extensions().get::<Unwritten>().is_some() {
            return Ok(res);
        }
        match self.write(res.headers_mut()) {
            Ok(()) => Ok(res),
            Err(error) => {
                log::unwritten(&self.config.attributes().name, &error);
                Err(error.unwritten())
            }
        }
    }
}

impl<T: SessionData> IntoResponse for Session<T> {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}
