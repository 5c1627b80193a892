//! The settings of what more than its signature a session needs.

use std::sync::Arc;

use crate::config::builder::SessionConfigBuilder;
#[cfg(feature = "device-bound")]
use crate::device_bound::DeviceBound;
use crate::revocation::Revocation;

impl SessionConfigBuilder {
    /// Sets the [`Revocation`] to consult. None by default: a session lives until it expires.
    ///
    /// It is consulted once for each request that carries a valid session, including a session of a
    /// [fallback config](Self::fallback_config), whose own revocation is not consulted.
    /// [`MemoryRevocation`](crate::MemoryRevocation) is one for a single process.
    ///
    /// | it answers | the handler sees | returned unchanged | changed | `destroy()` and no more |
    /// |---|---|---|---|---|
    /// | `Valid` | the session | refreshed when that is due | written | removed |
    /// | `Revoked` | a new one, [`Reason::Revoked`](crate::Reason::Revoked) | nothing | written | removed |
    /// | `Unknown` | a new one, [`Reason::RevocationUnknown`](crate::Reason::RevocationUnknown) | nothing | [`SessionError`](crate::SessionError) | removed |
    /// | `Unknown`, with [`fail_open`](Self::fail_open) | the session, [`Status::RevocationUnknown`](crate::Status::RevocationUnknown) | nothing | [`SessionError`](crate::SessionError) | removed |
    /// | not consulted, by [`from_headers`](crate::Session::from_headers) | as with `Unknown`, without `fail_open` | nothing | [`SessionError`](crate::SessionError) | removed |
    ///
    /// While the answer is unknown, no session is written: the error makes the response a 500
    /// without a `Set-Cookie`, and the user's cookie is valid again when the store is back. A
    /// sign-out removes the cookie from this browser, but it cannot revoke a copy.
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
    ///
    ///     let mut headers = HeaderMap::new();
    ///     headers.insert(COOKIE, config.encode(&SessionMap::default())?.parse()?);
    ///     revocation.revoke_all(SystemTime::now());
    ///     let session: Session = Session::load(&headers, &config).await;
    ///     assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
    ///     Ok(())
    /// }
    /// ```
    pub fn revocation(mut self, revocation: impl Revocation) -> Self {
        self.revocation = Some(Arc::new(revocation));
        self
    }

    /// Sets whether a handler sees the session if its [`revocation`](Self::revocation) does not
    /// answer. Defaults to `false`: the handler sees a new one.
    ///
    /// With `true`, an outage of the store does not sign users out, but a revoked cookie can be
    /// read until the store answers.
    /// [`Status::RevocationUnknown`](crate::Status::RevocationUnknown) tells a handler about it.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{
    ///     Key, Revocation, RevocationStatus, Session, SessionConfig, SessionMap, Status, VerifiedSession,
    /// };
    ///
    /// struct Down;
    ///
    /// impl Revocation for Down {
    ///     async fn check(&self, _: &VerifiedSession<'_>) -> RevocationStatus {
    ///         RevocationStatus::Unknown
    ///     }
    /// }
    ///
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let config = SessionConfig::builder(Key::generate())
    ///         .revocation(Down)
    ///         .fail_open(true)
    ///         .build()?;
    ///     let data = SessionMap::from_iter([("user", "ada")]);
    ///     let mut headers = HeaderMap::new();
    ///     headers.insert(COOKIE, config.encode(&data)?.parse()?);
    ///
    ///     let session: Session = Session::load(&headers, &config).await;
    ///     assert_eq!(session.status(), Status::RevocationUnknown);
    ///     assert_eq!(session.get("user"), Some("ada".to_owned()));
    ///     Ok(())
    /// }
    /// ```
    pub fn fail_open(mut self, fail_open: bool) -> Self {
        self.fail_open = fail_open;
        self
    }

    /// Sets whether a request from another site may write the session. Defaults to `false`.
    ///
    /// The browser sends a form of another site without a `Lax` or `Strict` cookie, but it stores
    /// the cookie of the answer, which would replace the user's session. `true` is for a server
    /// that refuses such requests itself;
    /// [`Session::allow_cross_site`](crate::Session::allow_cross_site) is for a single handler.
    /// With [`SameSite::None`](crate::SameSite::None) the setting has no effect.
    ///
    /// ```
    /// use axum::http::{HeaderMap, HeaderValue, header::ORIGIN};
    /// use axum_cookie_session::{Key, Session, SessionConfig, Status};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
    /// headers.insert(ORIGIN, HeaderValue::from_static("https://elsewhere.example"));
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.status(), Status::CrossSite);
    ///
    /// let config = SessionConfig::builder(Key::generate()).allow_cross_site_writes(true).build()?;
    /// let session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.status(), Status::New);
    /// # Ok::<(), axum_cookie_session::ConfigError>(())
    /// ```
    pub fn allow_cross_site_writes(mut self, allow: bool) -> Self {
        self.allow_cross_site_writes = allow;
        self
    }

    /// Binds sessions to the user's device, if the browser supports that. None by default.
    ///
    /// **Experimental**: see [`DeviceBound`]. It also needs the routes of
    /// [`device_bound_routes`](crate::SessionConfig::device_bound_routes), and a cookie that is
    /// Secure, has the path `/`, and has neither a Domain nor the attribute Partitioned.
    ///
    /// | the session is | the request carries a proof | the handler sees | returned |
    /// |---|---|---|---|
    /// | not bound | no | the session | as usual; each `Set-Cookie` asks the browser to bind it |
    /// | not bound | yes | the session | it becomes bound |
    /// | bound | yes | the session | as usual |
    /// | bound | no | a new one, [`Reason::Unproven`](crate::Reason::Unproven) | changes are dropped, unless [`destroy()`](crate::Session::destroy) came first |
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{DeviceBound, Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate())
    ///     .device_bound(DeviceBound::new())
    ///     .build()?;
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("user", "ada");
    /// let response = session.into_response();
    /// assert!(response.headers().contains_key("secure-session-registration"));
    /// # Ok::<(), axum_cookie_session::ConfigError>(())
    /// ```
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    pub fn device_bound(mut self, settings: DeviceBound) -> Self {
        self.device_bound = Some(settings);
        self
    }
}
