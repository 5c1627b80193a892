//! How sessions are signed, named and timed.

pub(crate) mod builder;
pub(crate) mod error;
#[allow(unused_imports, reason = "the constructors are behind features")]
mod framework;
mod limits;
pub(crate) mod timeouts;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::config::timeouts::Timeouts;
use crate::cookie::attributes::{Attributes, MAX_COOKIE_LEN};
use crate::data::typed::SessionData;
#[cfg(feature = "device-bound")]
use crate::device_bound::DeviceSettings;
use crate::error::SessionError;
use crate::revocation::DynRevocation;
#[cfg(feature = "device-bound")]
use crate::token::binding::Binding;
use crate::token::timestamps::Timestamps;
use crate::token::{EncodedCookie, TokenFormat};

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
/// the state it says that `()` does not hold a config, which is not the problem. The guide
/// [`troubleshooting`](crate::guide::troubleshooting) has every such message.
///
/// If the state is shared in an `Arc`, implement `FromRef` for what is inside:
///
/// ```
/// use std::sync::Arc;
///
/// use axum::{Router, extract::FromRef, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig};
///
/// struct AppState {
///     session: SessionConfig,
/// }
///
/// impl FromRef<AppState> for SessionConfig {
///     fn from_ref(state: &AppState) -> Self {
///         state.session.clone()
///     }
/// }
///
/// let state = Arc::new(AppState {
///     session: SessionConfig::new(Key::generate()),
/// });
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
/// # Two sessions in one application
///
/// Give the second config a type of its own, by which the state tells the two apart, and name it in
/// the session:
///
/// ```
/// use axum::extract::FromRef;
/// use axum_cookie_session::{Session, SessionConfig, SessionMap};
///
/// #[derive(Clone, FromRef)]
/// struct AppState {
///     session: SessionConfig,
///     admin: AdminConfig,
/// }
///
/// #[derive(Clone)]
/// struct AdminConfig(SessionConfig);
///
/// impl AsRef<SessionConfig> for AdminConfig {
///     fn as_ref(&self) -> &SessionConfig {
///         &self.0
///     }
/// }
///
/// type AdminSession = Session<SessionMap, AdminConfig>;
///
/// #[axum::debug_handler(state = AppState)]
/// async fn office(session: Session, admin: AdminSession) -> (Session, AdminSession, &'static str) {
///     (session, admin, "the office")
/// }
/// ```
#[derive(Clone)]
pub struct SessionConfig {
    pub(crate) settings: Arc<Settings>,
}

pub(crate) struct Settings {
    pub(crate) attributes: Attributes,
    pub(crate) persistent: bool,
    /// Only for a format without timestamps, in seconds.
    pub(crate) max_age: Option<u32>,
    pub(crate) timeouts: Timeouts,
    pub(crate) format: Box<dyn TokenFormat>,
    pub(crate) fallback_configs: Vec<SessionConfig>,
    pub(crate) revocation: Option<Arc<dyn DynRevocation>>,
    pub(crate) fail_open: bool,
    pub(crate) no_store: bool,
    pub(crate) allow_cross_site_writes: bool,
    pub(crate) clock: Arc<Clock>,
    #[cfg(feature = "device-bound")]
    pub(crate) device_bound: Option<DeviceSettings>,
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
    pub const MAX_COOKIE_LEN: usize = MAX_COOKIE_LEN;

    /// Makes the cookie of a new session, `name=value` as a browser would send it.
    ///
    /// For tests of routes that need a session, and for tools. [`SessionMap`](crate::SessionMap) or a typed
    /// session is what it holds.
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
    /// bytes, holds a value that is not JSON, or is a `T` that is not a JSON object.
    pub fn encode<T: SessionData>(&self, data: &T) -> Result<String, SessionError> {
        let timestamps = Timestamps::starting(self.unix_time().as_secs());
        let timestamps = self.with_binding(timestamps);
        let object = data.object()?;
        self.check_json_len(object.text().len(), || object.largest(3))?;
        let object = object.splice(&[], self.format().options().json_style)?;
        let cookies = self.encode_object(&object, timestamps)?;
        let pairs = cookies
            .iter()
            .map(|EncodedCookie { name, value }| format!("{name}={value}"));
        Ok(pairs.collect::<Vec<_>>().join("; "))
    }

    /// Reads the [`clock`](crate::SessionConfigBuilder::clock) of the config.
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
        (self.settings.clock)()
    }

    /// Since the Unix epoch; clocks outside 32 bits of seconds saturate.
    pub(crate) fn unix_time(&self) -> Duration {
        self.now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .min(Duration::from_secs(u32::MAX.into()))
    }

    pub(crate) fn attributes(&self) -> &Attributes {
        &self.settings.attributes
    }

    pub(crate) fn format(&self) -> &dyn TokenFormat {
        &*self.settings.format
    }

    pub(crate) fn cookie_names(&self) -> &[String] {
        self.format().cookie_names()
    }

    pub(crate) fn fallback_configs(&self) -> &[Self] {
        &self.settings.fallback_configs
    }

    pub(crate) fn revocation(&self) -> Option<&Arc<dyn DynRevocation>> {
        self.settings.revocation.as_ref()
    }

    #[cfg(feature = "device-bound")]
    pub(crate) fn device_bound(&self) -> Option<&DeviceSettings> {
        self.settings.device_bound.as_ref()
    }

    /// The same, and with an id if sessions of this config can be bound to a device.
    pub(crate) fn with_binding(&self, timestamps: Timestamps) -> Timestamps {
        #[cfg(feature = "device-bound")]
        if self.device_bound().is_some() && timestamps.binding.is_none() {
            return Timestamps {
                binding: Binding::starting(),
                ..timestamps
            };
        }
        timestamps
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.settings, &other.settings)
    }
}

impl AsRef<Self> for SessionConfig {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl fmt::Debug for SessionConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionConfig")
            .field("attributes", &self.settings.attributes)
            .field("persistent", &self.settings.persistent)
            .field("timeouts", &self.settings.timeouts)
            .field("fallback_configs", &self.settings.fallback_configs)
            .field("revocation", &self.settings.revocation.is_some())
            .field("fail_open", &self.settings.fail_open)
            .finish_non_exhaustive()
    }
}
