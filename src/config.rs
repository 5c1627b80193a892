//! How sessions are signed, named and timed.

pub(crate) mod builder;
pub(crate) mod error;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::config::builder::SessionConfigBuilder;
use crate::cookie::{self, Attributes};
use crate::data::object::Object;
use crate::data::typed::SessionData;
use crate::error::SessionError;
use crate::revocation::Erased;
use crate::token::key::Key;
use crate::token::timestamps::{Lifetime, Times};
use crate::token::{Format, Sealed};

/// Everything a [`Session`](crate::Session) needs to know; put it into the router's state.
///
/// Cloning is cheap: all clones share one allocation. `Debug` shows no key.
///
/// ```
/// use std::time::Duration;
///
/// use axum::{Router, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig};
///
/// # let secret = [7; 32];
/// let config = SessionConfig::builder(Key::new(secret)?)
///     .idle_timeout(Duration::from_secs(30 * 60))
///     .absolute_timeout(Duration::from_secs(12 * 60 * 60))
///     .build()?;
/// let app: Router = Router::new()
///     .route("/", get(|session: Session| async { (session, "hello") }))
///     .with_state(config);
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # use tower::ServiceExt;
/// # let response = app.oneshot(axum::http::Request::new(axum::body::Body::empty())).await.unwrap();
/// # assert_eq!(response.headers()["vary"], "Cookie");
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # In a state of your own
///
/// Derive [`FromRef`](axum::extract::FromRef) on the state, with axum's feature `macros`:
///
/// ```
/// use axum::{Router, extract::FromRef, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig};
///
/// #[derive(Clone, FromRef)]
/// struct AppState {
///     session: SessionConfig,
///     greeting: &'static str,
/// }
///
/// let state = AppState {
///     session: SessionConfig::new(Key::generate()),
///     greeting: "hello",
/// };
/// let app: Router = Router::new()
///     .route("/", get(|session: Session| async { (session, "hello") }))
///     .with_state(state);
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # use tower::ServiceExt;
/// # let response = app.oneshot(axum::http::Request::new(axum::body::Body::empty())).await.unwrap();
/// # assert_eq!(response.headers()["vary"], "Cookie");
/// # });
/// ```
///
/// A handler that does not compile tells more with `#[axum::debug_handler(state = AppState)]`; without
/// the state it says that `()` holds no config, which is not the matter. The guide
/// [`troubleshooting`](crate::guide::troubleshooting) has every such message.
///
/// Rust's orphan rule forbids `impl FromRef<Arc<AppState>> for SessionConfig` in your crate. Wrap
/// the `Arc` in a type of yours:
///
/// ```
/// use std::sync::Arc;
///
/// use axum::{Router, extract::FromRef, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig};
///
/// struct Inner {
///     session: SessionConfig,
/// }
///
/// #[derive(Clone)]
/// struct AppState(Arc<Inner>);
///
/// impl FromRef<AppState> for SessionConfig {
///     fn from_ref(state: &AppState) -> Self {
///         state.0.session.clone()
///     }
/// }
///
/// let state = AppState(Arc::new(Inner {
///     session: SessionConfig::new(Key::generate()),
/// }));
/// let app: Router = Router::new()
///     .route("/", get(|session: Session| async { (session, "hello") }))
///     .with_state(state);
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # use tower::ServiceExt;
/// # let response = app.oneshot(axum::http::Request::new(axum::body::Body::empty())).await.unwrap();
/// # assert_eq!(response.headers()["vary"], "Cookie");
/// # });
/// ```
#[derive(Clone)]
pub struct SessionConfig(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) attributes: Attributes,
    pub(crate) set_cookie_suffix: String,
    pub(crate) persistent: bool,
    pub(crate) lifetime: Lifetime,
    pub(crate) format: Box<dyn Format>,
    pub(crate) accepts: Vec<SessionConfig>,
    pub(crate) revocation: Option<Arc<dyn Erased>>,
    pub(crate) fail_open: bool,
    pub(crate) clock: Arc<Clock>,
}

pub(crate) type Clock = dyn Fn() -> SystemTime + Send + Sync;

impl SessionConfig {
    /// How many bytes a cookie's name and value may have together: 4096, which is what browsers keep
    /// (RFC 6265bis, section 5.6).
    ///
    /// A longer session is a [`SessionError`];
    /// [`encoded_len`](crate::Session::encoded_len) tells how long one would be.
    ///
    /// ```
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// session.insert("k", "x".repeat(3033 - r#"{"k":""}"#.len()));
    /// assert!(session.encoded_len()? <= SessionConfig::MAX_COOKIE_LEN);
    /// session.insert("k", "x".repeat(3034 - r#"{"k":""}"#.len()));
    /// assert!(session.encoded_len()? > SessionConfig::MAX_COOKIE_LEN);
    /// # session.discard();
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    pub const MAX_COOKIE_LEN: usize = cookie::MAX_LEN;

    /// Makes a config with every default of [`SessionConfigBuilder`].
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// assert!(format!("{config:?}").contains("__Host-session"));
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "the defaults are tested")]
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self::builder(key)
            .build()
            .expect("browsers accept the defaults")
    }

    /// Starts a config whose sessions `key` signs.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate())
    ///     .cookie_name("__Secure-shop")
    ///     .path("/shop")
    ///     .build()?;
    /// assert!(config.encode(&SessionMap::default())?.starts_with("__Secure-shop=1."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(key: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::new(key)
    }

    /// Makes the cookie of a new session, `name=value` as a browser would send it.
    ///
    /// For tests of routes that need a session, and for tools. [`SessionMap`](crate::SessionMap) or a typed
    /// view is what it holds.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{SessionMap, Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut data = SessionMap::default();
    /// data.insert("user", "ada");
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, config.encode(&data)?.parse()?);
    /// let session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.get("user"), Some("ada".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As when a session with these contents is returned from a handler: it is longer than 4096
    /// bytes, holds a value that is no JSON, or is a `T` that is no JSON object.
    pub fn encode<T: SessionData>(&self, data: &T) -> Result<String, SessionError> {
        let times = Times::starting(self.unix_time().as_secs());
        let object = data.object()?.splice(&[], self.format().dialect())?;
        let Sealed { value, signature } = self.sealed(&object, times)?;
        let name = &self.attributes().name;
        Ok(match self.format().signature_name().zip(signature) {
            Some((second, signature)) => format!("{name}={value}; {second}={signature}"),
            None => format!("{name}={value}"),
        })
    }

    /// The cookies of a session, where they fit.
    pub(crate) fn sealed(&self, object: &Object, times: Times) -> Result<Sealed, SessionError> {
        let too_large = |what, len, limit| {
            let name = &self.attributes().name;
            SessionError::too_large(name, what, len, limit, object.largest(3))
        };
        let (json, max_json) = (object.text().len(), self.format().habits().max_json);
        if json > max_json {
            return Err(too_large(" of JSON", json, max_json));
        }
        let sealed = self.format().encode(object.text(), times);
        match self.len(&sealed) {
            ..=cookie::MAX_LEN => Ok(sealed),
            len => Err(too_large("", len, cookie::MAX_LEN)),
        }
    }

    /// Bytes of name and value of the longer cookie.
    pub(crate) fn len(&self, sealed: &Sealed) -> usize {
        let len = |name: &str, value: &str| name.len() + value.len();
        let second = self
            .format()
            .signature_name()
            .zip(sealed.signature.as_deref());
        len(&self.attributes().name, &sealed.value)
            .max(second.map_or(0, |(name, signature)| len(name, signature)))
    }

    /// Reads the [`clock`](SessionConfigBuilder::clock) of the config.
    ///
    /// For times of your own that a test moves along with the session's.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, Session, SessionConfig};
    /// # use std::time::{Duration, UNIX_EPOCH};
    /// let config = SessionConfig::builder(Key::generate())
    ///     .clock(|| UNIX_EPOCH + Duration::from_secs(1_700_000_000))
    ///     .build()?;
    /// let session: Session = Session::from_headers(&Default::default(), &config);
    /// assert_eq!(config.now(), session.created_at());
    /// # Ok::<(), axum_cookie_session::ConfigError>(())
    /// ```
    #[must_use]
    pub fn now(&self) -> SystemTime {
        (self.0.clock)()
    }

    /// Since the Unix epoch; clocks outside 32 bits of seconds saturate.
    pub(crate) fn unix_time(&self) -> Duration {
        self.now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .min(Duration::from_secs(u32::MAX.into()))
    }

    pub(crate) fn attributes(&self) -> &Attributes {
        &self.0.attributes
    }

    pub(crate) fn set_cookie_suffix(&self) -> &str {
        &self.0.set_cookie_suffix
    }

    pub(crate) fn persistent(&self) -> bool {
        self.0.persistent
    }

    pub(crate) fn lifetime(&self) -> &Lifetime {
        &self.0.lifetime
    }

    pub(crate) fn format(&self) -> &dyn Format {
        &*self.0.format
    }

    pub(crate) fn accepts(&self) -> &[Self] {
        &self.0.accepts
    }

    pub(crate) fn revocation(&self) -> Option<&dyn Erased> {
        self.0.revocation.as_deref()
    }

    pub(crate) fn fails_open(&self) -> bool {
        self.0.fail_open
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for SessionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionConfig")
            .field("attributes", &self.0.attributes)
            .field("persistent", &self.0.persistent)
            .field("lifetime", &self.0.lifetime)
            .field("accepts", &self.0.accepts)
            .field("revocation", &self.0.revocation.is_some())
            .field("fail_open", &self.0.fail_open)
            .finish_non_exhaustive()
    }
}
