//! How sessions are signed, named and timed.

pub(crate) mod builder;
mod checks;
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

/// Settings of a [`Session`](crate::Session), which the router's state holds.
///
/// Cloning is cheap: all clones share one allocation. `Debug` does not show a key.
///
/// ```
/// use std::time::Duration;
///
/// use axum::{Router, body::Body, http::Request, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig};
/// use tower::ServiceExt;
///
/// async fn hello(session: Session) -> (Session, &'static str) {
///     (session, "hello")
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let config = SessionConfig::builder(Key::generate())
///         .idle_timeout(Duration::from_secs(30 * 60))
///         .absolute_timeout(Duration::from_secs(12 * 60 * 60))
///         .build()?;
///     let app = Router::new().route("/", get(hello)).with_state(config);
///     let response = app.oneshot(Request::new(Body::empty())).await?;
///     assert_eq!(response.headers()["vary"], "Cookie");
///     Ok(())
/// }
/// ```
///
/// # In a state of your own
///
/// Implement [`FromRef`](axum::extract::FromRef) for the config. It works with or without an `Arc`
/// around the state. With axum's feature `macros`, `#[derive(FromRef)]` on a state that is `Clone`
/// does the same.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::{Router, body::Body, extract::FromRef, http::Request, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig};
/// use tower::ServiceExt;
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
/// async fn hello(session: Session) -> (Session, &'static str) {
///     (session, "hello")
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let session = SessionConfig::new(Key::generate());
///     let app = Router::new()
///         .route("/", get(hello))
///         .with_state(Arc::new(AppState { session }));
///     let response = app.oneshot(Request::new(Body::empty())).await?;
///     assert_eq!(response.headers()["vary"], "Cookie");
///     Ok(())
/// }
/// ```
///
/// If a handler does not compile, put `#[axum::debug_handler(state = AppState)]` on it. Without the
/// state, that macro says that `()` does not hold a config, which is not the problem. The guide
/// [`troubleshooting`](crate::guide::troubleshooting) lists all such messages.
///
/// # Two sessions in one application
///
/// Wrap the second config in a type of your own, so that the state can tell the two apart, and name
/// that type in the session:
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
    /// The most bytes that a cookie's name and value may have together: 4096, which browsers accept
    /// (RFC 6265bis, section 5.6).
    ///
    /// A longer session is a [`SessionError`]; [`encoded_len`](crate::Session::encoded_len) counts
    /// the bytes of a session.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("k", "x".repeat(3033 - r#"{"k":""}"#.len()));
    /// assert!(session.encoded_len()? <= SessionConfig::MAX_COOKIE_LEN);
    /// session.insert("k", "x".repeat(3034 - r#"{"k":""}"#.len()));
    /// assert!(session.encoded_len()? > SessionConfig::MAX_COOKIE_LEN);
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    pub const MAX_COOKIE_LEN: usize = MAX_COOKIE_LEN;

    /// Makes the cookie of a new session, `name=value` as a browser would send it.
    ///
    /// It is for tests of routes that need a session, and for tools. `data` is a
    /// [`SessionMap`](crate::SessionMap) or a struct of yours.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{Key, Session, SessionConfig, SessionMap};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let data = SessionMap::from_iter([("user", "ada")]);
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
    /// As when a handler returns a session with these contents: the cookie is longer than 4096
    /// bytes, a value cannot be serialized as JSON, or `T` is not a JSON object.
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
    /// Use it for times of your own, so that a test moves them together with the session's.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate())
    ///     .clock(|| UNIX_EPOCH + Duration::from_secs(1_700_000_000))
    ///     .build()?;
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
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
