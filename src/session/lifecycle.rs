//! What a handler does to a session as a whole.

use crate::config::SessionConfig;
use crate::data::typed::SessionData;
use crate::session::Session;

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// Restarts the session's times and keeps its keys.
    ///
    /// The cookie is set when the session is returned, unless the session is new and empty. A copy
    /// of the old cookie stays valid until it expires. When a user signs in, call
    /// [`destroy`](Self::destroy) instead, so that keys which an attacker planted are removed too.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// async fn confirm_password(mut session: Session) -> (Session, &'static str) {
    ///     session.renew();
    ///     (session, "another 90 days")
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let config = SessionConfig::new(Key::generate());
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// let (session, _) = confirm_password(session).await;
    /// assert_eq!(session.created_at(), session.issued_at());
    /// # });
    /// ```
    pub fn renew(&mut self) {
        self.renewed = true;
        self.unsaved = true;
    }

    /// Ends the session: removes its keys, for every extractor of the request, and its cookie.
    ///
    /// Keys that are inserted afterwards start a new session. Call it when a user signs out, and
    /// also when a user signs in, so that keys which an attacker planted before are removed.
    ///
    /// A copy of the old cookie stays valid until it expires, unless a
    /// [`Revocation`](crate::Revocation) revokes it. If the revocation does not answer, a session
    /// that is destroyed and not started again is still removed from this browser.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// async fn sign_in(mut session: Session) -> (Session, &'static str) {
    ///     session.destroy();
    ///     session.insert("user", "ada");
    ///     (session, "welcome")
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("planted", 1);
    /// let (session, _) = sign_in(session).await;
    /// assert_eq!(session.keys().collect::<Vec<_>>(), ["user"]);
    /// # });
    /// ```
    pub fn destroy(&mut self) {
        self.destroyed = true;
        self.unsaved = true;
        self.data.reset();
    }

    /// Drops the changes of this extractor, without the warning about lost changes.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// async fn preview(mut session: Session) -> &'static str {
    ///     session.insert("draft", 1);
    ///     session.discard();
    ///     "nothing is saved"
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let config = SessionConfig::new(Key::generate());
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// assert_eq!(preview(session).await, "nothing is saved");
    /// # });
    /// ```
    pub fn discard(mut self) {
        self.unsaved = false;
    }

    /// Runs code that may fail with `?`, and gives the session back with the result.
    ///
    /// A handler that returns the pair saves what was changed before the failure, and the browser
    /// gets the error's response. Call [`discard`](Self::discard) first to forget those changes.
    ///
    /// ```
    /// use axum::http::{HeaderMap, StatusCode};
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// async fn quantity(session: Session, text: &str) -> (Session, Result<String, StatusCode>) {
    ///     session
    ///         .attempt(async |session| {
    ///             let quantity: u32 = text.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    ///             session.insert("quantity", quantity);
    ///             Ok(format!("{quantity} in the cart"))
    ///         })
    ///         .await
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let config = SessionConfig::new(Key::generate());
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// let (session, result) = quantity(session, "two").await;
    /// assert_eq!(result, Err(StatusCode::BAD_REQUEST));
    /// let (session, result) = quantity(session, "2").await;
    /// assert_eq!(result.as_deref(), Ok("2 in the cart"));
    /// assert_eq!(session.get("quantity"), Some(2));
    /// # });
    /// ```
    pub async fn attempt<R, E>(
        mut self,
        f: impl AsyncFnOnce(&mut Self) -> Result<R, E>,
    ) -> (Self, Result<R, E>) {
        let result = f(&mut self).await;
        (self, result)
    }

    /// Writes this session although another site sent the request.
    ///
    /// If another site sends a form, the browser keeps a `Lax` or `Strict` cookie to itself, but
    /// would store a new one. So such a request writes nothing, and [`status`](Self::status) is
    /// [`Status::CrossSite`](crate::Status::CrossSite). Call this when you have checked who sent
    /// the request, for example with the `state` of OAuth or the signature of SAML.
    ///
    /// ```
    /// use axum::http::{HeaderMap, HeaderValue, header::ORIGIN};
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{Key, Session, SessionConfig, Status};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut headers = HeaderMap::new();
    /// headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
    /// headers.insert(ORIGIN, HeaderValue::from_static("https://accounts.example"));
    ///
    /// let mut session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.status(), Status::CrossSite);
    /// session.allow_cross_site();
    /// session.insert("user", "ada");
    /// assert!(session.into_response().headers().contains_key("set-cookie"));
    /// ```
    pub fn allow_cross_site(&mut self) {
        self.cross_site_allowed = true;
    }
}
