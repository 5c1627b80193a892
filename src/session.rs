//! A session: its life, its status, and the guard against lost changes.

pub(crate) mod binding;
pub(crate) mod clones;
pub(crate) mod extract;
pub(crate) mod lost_changes;
#[cfg(all(test, feature = "encryption"))]
mod random_source;
pub(crate) mod refresh;
pub(crate) mod request;
pub(crate) mod response;

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::config::SessionConfig;
use crate::data::SessionMap;
use crate::data::tracked::Tracked;
use crate::data::typed::{Changes, SessionData};
use crate::error::SessionError;
use crate::log;
use crate::session::clones::Clones;
use crate::session::request::{RequestSession, RequestState};
use crate::status::{Reason, Status};
use crate::token::timestamps::Timestamps;

/// Extractor that reads a visitor's session from its cookie, and response part that writes it
/// back.
///
/// It dereferences to its data: a [`SessionMap`], or a struct of yours.
///
/// A changed session **must** be returned from the handler, or the changes are lost (and a
/// warning is logged that names the keys):
///
/// ```
/// use axum::{Router, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig};
///
/// async fn visits(mut session: Session) -> (Session, String) {
///     let n = session.get("visits").unwrap_or(0) + 1;
///     session.insert("visits", n);
///     (session, format!("visit number {n}"))
/// }
///
/// let app: Router = Router::new()
///     .route("/", get(visits))
///     .with_state(SessionConfig::new(Key::generate()));
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # use tower::ServiceExt;
/// # let response = app.oneshot(axum::http::Request::new(axum::body::Body::empty())).await.unwrap();
/// # assert!(response.headers().contains_key("set-cookie"));
/// # });
/// ```
///
/// Extraction never fails. If the request carries no valid session, you get a new one, and
/// [`status`](Self::status) says why. [Why does my session not come
/// back?](crate::guide::troubleshooting)
///
/// # Where to put it in a response
///
/// Keep the session in the outermost tuple: `(StatusCode::CREATED, session, body)`. axum 0.8 answers
/// `(StatusCode::CREATED, (session, body))` with 201 and an empty body, instead of 500, where the
/// session cannot be written. A handler that answers now with a page and now with a redirect returns
/// `(Session, Response)`, each made with `into_response()`: that is outermost too.
///
/// Put headers of your own *before* the session, or use axum's `AppendHeaders`: an array of headers or a
/// `HeaderMap` that comes after it replaces what stands there, so `(session, [(SET_COOKIE, ..)], body)`
/// loses the session, and `(session, [(VARY, ..)], body)` its `Vary: Cookie`, without a word.
///
/// Errors keep the session too: `Result<(Session, R), (Session, E)>` saves it on both paths, and
/// `Err(E)` alone loses the changes.
///
/// Return it even where it was only read if a cache may stand in front: `Vary: Cookie` comes with
/// it, and so does the refresh that keeps a session in use from timing out. A handler that only
/// reads may leave it out where another request of the same visitor keeps the session alive.
///
/// Send `Cache-Control: no-store` with a private page: without it the Back button shows the page
/// that the browser still has, also after signing out. Requests from that page are
/// answered with the current session.
///
/// # Typed sessions
///
/// `Session<T>` shows the same session as a struct. Keys that the struct does not know are
/// preserved byte for byte, and both kinds can be used side by side, in one handler or in
/// a middleware and a handler. Changes are per top-level key; on the same key the later return
/// wins. Of `(a, b, body)` `b` is the later one. Without a body, in `(a, b)`, `b` is the response
/// itself and `a` is laid over it, so `a` is the later one.
///
/// ```
/// use axum_cookie_session::Session;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize)]
/// #[serde(default)]
/// struct Cart {
///     items: Vec<u32>,
/// }
///
/// async fn add(mut cart: Session<Cart>) -> (Session<Cart>, String) {
///     cart.items.push(7);
///     let count = cart.items.len();
///     (cart, format!("{count} items"))
/// }
/// # use axum::{Router, routing::get};
/// # use axum_cookie_session::{Key, SessionConfig};
/// # let app: Router = Router::new().route("/", get(add)).with_state(SessionConfig::new(Key::generate()));
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # use tower::ServiceExt;
/// # let response = app.oneshot(axum::http::Request::new(axum::body::Body::empty())).await.unwrap();
/// # assert!(response.headers().contains_key("set-cookie"));
/// # });
/// ```
///
/// A session that does not fit `T` shows `T::default()` with [`Reason::TypeMismatch`]; its keys stay. A key
/// that `T` needs and another return removed comes back, with the value of `T::default()`, when `T`
/// has changed.
///
/// `T` has to be `Serialize + DeserializeOwned + Default`, or it does not compile:
///
/// ```compile_fail,E0277
/// # use axum_cookie_session::Session;
/// struct Cart;
///
/// async fn cart(cart: Session<Cart>) {}
/// ```
///
/// The same is true of a router whose state does not hold a [`SessionConfig`]:
///
/// ```compile_fail,E0277
/// # use axum::{Router, routing::get};
/// # use axum_cookie_session::Session;
/// let app: Router = Router::new().route("/", get(|session: Session| async { session }));
/// ```
///
/// # Four ways to end or restart
///
/// | call | keys | times | cookie |
/// |---|---|---|---|
/// | [`clear()`](SessionMap::clear) of the dictionary | all that came in are removed | kept | removed, where no key is left |
/// | [`destroy()`](Self::destroy) | those of every view are removed | restart | removed, or set again with the keys that are set afterwards |
/// | [`renew()`](Self::renew) | kept | restart | set |
/// | [`discard()`](Self::discard) | this view's changes are forgotten | kept | as it was |
///
/// Where one view has removed the last key and a later return sets another, the session starts
/// again. So a middleware that writes after a sign-out leaves a cookie, with its own keys alone.
#[must_use = "return the session from the handler, or its changes are lost"]
pub struct Session<T: SessionData = SessionMap, C: AsRef<SessionConfig> = SessionConfig> {
    pub(crate) config: SessionConfig,
    pub(crate) config_source: PhantomData<fn() -> C>,
    pub(crate) request: RequestSession,
    /// The time of the extraction, in Unix seconds.
    pub(crate) now: u64,
    pub(crate) data: Tracked<T>,
    pub(crate) renewed: bool,
    pub(crate) destroyed: bool,
    pub(crate) cross_site_allowed: bool,
    /// Whether it is returned for its refresh alone, by a middleware that says nothing else.
    pub(crate) refresh_only: bool,
    /// Whether changes may be lost if this is dropped now.
    pub(crate) unsaved: bool,
    pub(crate) clones: Clones,
}

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    pub(crate) fn new(config: SessionConfig, mut request: RequestSession, now: u64) -> Self {
        let name = &config.attributes().name;
        let data = match T::read(request.object.as_ref()) {
            Ok(data) => Tracked::new(data),
            Err(Reason::TypeMismatch) => {
                log::type_mismatch(name, request.len(), type_name::<T>());
                Tracked::mismatched()
            }
            Err(reason) => {
                log::rejected(name, request.len(), reason);
                request.object = None;
                Tracked::new(T::empty())
            }
        };
        Self {
            config,
            config_source: PhantomData,
            request,
            now,
            data,
            renewed: false,
            destroyed: false,
            cross_site_allowed: false,
            refresh_only: false,
            unsaved: false,
            clones: Clones::default(),
        }
    }

    /// Says how the session came about: it is new, valid, from a fallback config, perhaps revoked, or why the
    /// cookie was rejected.
    ///
    /// It describes the request, so it stays what it is when the session is changed.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{SessionMap, Key, Session, SessionConfig, Status};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, config.encode(&SessionMap::default())?.parse()?);
    /// let session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.status(), Status::Valid);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> Status {
        match self.request.state {
            RequestState::NoCookie => Status::New,
            RequestState::CrossSite => Status::CrossSite,
            RequestState::Rejected(reason) => Status::Rejected(reason),
            RequestState::Verified(_) if self.data.is_type_mismatch() => {
                Status::Rejected(Reason::TypeMismatch)
            }
            RequestState::Verified(_) if self.request.valid_object().is_none() => {
                Status::Rejected(Reason::InvalidPayload)
            }
            RequestState::Verified(verified) if verified.revocation_unknown => {
                Status::RevocationUnknown
            }
            RequestState::Verified(verified) if verified.by_fallback_config => Status::Fallback,
            RequestState::Verified(_) => Status::Valid,
        }
    }

    /// When the session began, in whole seconds; of a new session, now.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// assert!(session.created_at() <= std::time::SystemTime::now());
    /// ```
    #[must_use]
    pub fn created_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.timestamps().created)
    }

    /// When the cookie was issued that the session came with, in whole seconds; of a new session,
    /// now.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// assert_eq!(session.issued_at(), session.created_at());
    /// ```
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.timestamps().issued)
    }

    /// Restarts the session's times; its keys stay.
    ///
    /// The cookie goes out when the session is returned, unless the session is new and empty. The
    /// old cookie stays valid until it expires, if someone has a copy. At a login prefer
    /// [`destroy`](Self::destroy) and insert, so that keys which an attacker planted go too.
    ///
    /// ```
    /// use axum_cookie_session::Session;
    ///
    /// async fn confirm_password(mut session: Session) -> (Session, &'static str) {
    ///     session.renew();
    ///     (session, "another 90 days")
    /// }
    /// # use axum_cookie_session::{Key, SessionConfig};
    /// # let mut session: Session = Session::from_headers(&Default::default(), &SessionConfig::new(Key::generate()));
    /// # session.renew();
    /// # assert_eq!(session.created_at(), session.issued_at());
    /// # session.discard();
    /// ```
    pub fn renew(&mut self) {
        self.renewed = true;
        self.unsaved = true;
    }

    /// Ends the session: all keys of every view go, and the cookie is removed.
    ///
    /// Keys that are set afterwards start a new session. Sign a visitor out with it, and sign one
    /// in with it as well: a key that an attacker planted in the session before is gone.
    ///
    /// A copy of the old cookie stays valid until it expires, unless it is revoked as well: see
    /// [`Revocation`](crate::Revocation). Where the revocation does not answer, a session that is
    /// destroyed and not started again is removed from this browser all the same.
    ///
    /// ```
    /// use axum_cookie_session::Session;
    ///
    /// async fn sign_in(mut session: Session) -> (Session, &'static str) {
    ///     session.destroy();
    ///     session.insert("user", "ada");
    ///     (session, "welcome")
    /// }
    /// # use axum_cookie_session::{Key, SessionConfig};
    /// # let mut session: Session = Session::from_headers(&Default::default(), &SessionConfig::new(Key::generate()));
    /// # session.insert("planted", 1);
    /// # session.destroy();
    /// # assert!(session.is_empty());
    /// # session.discard();
    /// ```
    pub fn destroy(&mut self) {
        self.destroyed = true;
        self.unsaved = true;
        self.data.reset();
    }

    /// Drops the changes of this view, without the warning that they are lost.
    ///
    /// ```
    /// use axum_cookie_session::Session;
    ///
    /// async fn preview(mut session: Session) -> &'static str {
    ///     session.insert("draft", 1);
    ///     session.discard();
    ///     "nothing is saved"
    /// }
    /// # use axum_cookie_session::{Key, SessionConfig};
    /// # let session: Session = Session::from_headers(&Default::default(), &SessionConfig::new(Key::generate()));
    /// # assert!(session.is_empty());
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
    /// # session.discard();
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
    /// [`Status::CrossSite`]. Call this when you have checked who sent the request, for example with
    /// the `state` of OAuth or the signature of SAML.
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

    /// Counts the bytes of the cookie's name and value together, as if the session were returned
    /// alone now.
    ///
    /// [`SessionConfig::MAX_COOKIE_LEN`] is the limit, and longer lengths are counted too, so a handler can
    /// refuse an item that no longer fits. Changes of other views are not counted:
    /// leave room for it. With the name `__Host-session`, 3033 bytes of JSON fit, and 3008 encrypted
    /// ones. A session that is [compressed](crate::SessionConfigBuilder::compress) is counted so.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("essay", "x".repeat(5000));
    /// assert!(session.encoded_len()? > SessionConfig::MAX_COOKIE_LEN);
    /// # session.discard();
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A value that is not JSON, a `T` that is not a JSON object, or a value that the framework that shares the
    /// session could not read: [`SessionError::is_serialize`].
    pub fn encoded_len(&self) -> Result<usize, SessionError> {
        let (object, timestamps) = self.merged_without_response()?;
        let (_, len) = self.config.encode_any_len(&object, timestamps)?;
        Ok(len)
    }

    pub(crate) fn timestamps(&self) -> Timestamps {
        match self.request.state {
            RequestState::Verified(verified)
                if !self.renewed && !self.destroyed && self.request.valid_object().is_some() =>
            {
                verified.timestamps
            }
            _ => Timestamps::starting(self.now),
        }
    }

    /// Whether another site sent the request, so that nothing must be written.
    pub(crate) fn is_withheld(&self) -> bool {
        matches!(self.request.state, RequestState::CrossSite) && !self.cross_site_allowed
    }

    pub(crate) fn changes(&self) -> Result<Changes<'_>, SessionError> {
        let origin = self.request.object.as_ref();
        self.data.changes(origin.filter(|_| !self.destroyed))
    }
}

impl<C: AsRef<SessionConfig>> Session<SessionMap, C> {
    /// Sets a key, as [`SessionMap::insert`] does.
    ///
    /// The value may be computed from the same session:
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("n", session.get("n").unwrap_or(0) + 1);
    /// assert_eq!(session.get("n"), Some(1));
    /// # session.discard();
    /// ```
    #[doc(alias("set", "put", "store"))]
    pub fn insert<V: Serialize>(&mut self, key: impl Into<String>, value: V) {
        // Through `DerefMut`, this would borrow the session before the value is computed.
        SessionMap::insert(self, key, value);
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> Deref for Session<T, C> {
    type Target = T;

    fn deref(&self) -> &T {
        self.data.get()
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> DerefMut for Session<T, C> {
    fn deref_mut(&mut self) -> &mut T {
        self.unsaved = true;
        self.data.get_mut()
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> fmt::Debug for Session<T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("cookie", &self.config.attributes().name)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}
