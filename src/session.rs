//! A session: its life, its status, and the guard against lost changes.

pub(crate) mod binding;
pub(crate) mod clones;
mod earlier;
pub(crate) mod extract;
mod lifecycle;
pub(crate) mod lost_changes;
pub(crate) mod outgoing;
#[cfg(all(test, feature = "encryption"))]
mod random_source;
mod read;
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

/// Extractor that reads the session of a request, and response part that writes it back.
///
/// It dereferences to its data: a [`SessionMap`], or a struct of yours, which makes it a [typed
/// session](crate::guide::typed_sessions). Return it in the outermost tuple of the response, next
/// to the body. If a handler does not return a changed session, the changes are lost and a warning
/// lists their keys.
///
/// ```
/// use axum::{Router, body::Body, http::Request, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig};
/// use serde::{Deserialize, Serialize};
/// use tower::ServiceExt;
///
/// async fn visits(mut session: Session) -> (Session, String) {
///     let n = session.get("visits").unwrap_or(0) + 1;
///     session.insert("visits", n);
///     (session, format!("visit number {n}"))
/// }
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
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let app = Router::new()
///         .route("/", get(visits))
///         .route("/add", get(add))
///         .with_state(SessionConfig::new(Key::generate()));
///     for path in ["/", "/add"] {
///         let request = Request::get(path).body(Body::empty())?;
///         let response = app.clone().oneshot(request).await?;
///         assert!(response.headers().contains_key("set-cookie"));
///     }
///     Ok(())
/// }
/// ```
///
/// Extraction never fails. If the request carries no valid session, the handler gets a new one, and
/// [`status`](Self::status) says why.
///
/// | to learn | read |
/// |---|---|
/// | how to return it with statuses, headers, redirects and errors | [`responses`](crate::guide::responses) |
/// | how to use a struct, and how several extractors share one session | [`typed_sessions`](crate::guide::typed_sessions) |
/// | how to sign users in and out, and the four ways to end or restart a session | [`login`](crate::guide::login), [`responses`](crate::guide::responses#end-or-restart-a-session) |
/// | why it does not compile, or does not come back | [`troubleshooting`](crate::guide::troubleshooting) |
///
/// `C` is the type of the config, which the state holds: a type of yours for a [second
/// session](SessionConfig#two-sessions-in-one-application).
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

    /// Returns how the session came about: it is new, it was valid, or the cookie was rejected and
    /// why.
    ///
    /// It describes the request, so changing the session does not change it.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, Status};
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

    /// Returns when the session began, in whole seconds. For a new session, this is now.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// assert!(session.created_at() <= SystemTime::now());
    /// ```
    #[must_use]
    pub fn created_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.timestamps().created)
    }

    /// Returns when the cookie of the request was issued, in whole seconds. For a new session, this
    /// is now.
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

    /// Counts the bytes of the cookie's name and value together, as if the session were returned
    /// alone now.
    ///
    /// The limit is [`SessionConfig::MAX_COOKIE_LEN`]. Longer sessions are counted too, so a
    /// handler can refuse an item that does not fit. Leave room for the changes of other
    /// extractors, which are not counted. With the name `__Host-session`, 3033 bytes of JSON fit,
    /// or 3008 bytes if the session is encrypted.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("essay", "x".repeat(5000));
    /// assert!(session.encoded_len()? > SessionConfig::MAX_COOKIE_LEN);
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SessionError::is_serialize`] if a value cannot be serialized as JSON, if `T` is not a JSON
    /// object, or if the framework that shares the session could not read a value.
    ///
    /// [`SessionError::is_too_large`] if the JSON is longer than 64 KiB, or 16 KiB with
    /// [`compress`](crate::SessionConfigBuilder::compress).
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
