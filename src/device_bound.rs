//! Sessions that are bound to a key of the visitor's device (W3C Device Bound Session Credentials).
//!
//! The browser has a key pair in the hardware of its device. It registers the public key after the
//! session began, and every few minutes it signs a challenge to get the proof cookie, which is
//! short-lived. Nothing is stored here: challenges, proofs and the device cookie prove themselves.

pub(crate) mod challenge;
pub(crate) mod cookies;
pub(crate) mod jwt;
pub(crate) mod routes;
pub(crate) mod signature;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::config::error::ConfigError;
use crate::cookie::attributes::Attributes;
use crate::device_bound::challenge::DeviceKeys;
use crate::device_bound::cookies::{Cookies, split_prefix};
use crate::log;
use crate::token::key::Key;

/// Settings of sessions that are bound to the user's device, for
/// [`SessionConfigBuilder::device_bound`](crate::SessionConfigBuilder::device_bound).
///
/// **Experimental**: the specification, [Device Bound Session
/// Credentials](https://w3c.github.io/webappsec-dbsc/), is a draft, and a minor release may follow
/// its changes. Chrome supports it on Windows. In other browsers, sessions work as before.
///
/// A copied cookie of a bound session cannot be used alone. The browser proves every
/// [`proof_lifetime`](Self::proof_lifetime) that it has the key of its device, and gets a second,
/// short-lived cookie for it. The guide [`device_bound`](crate::guide::device_bound) says what this
/// protects and what it does not.
///
/// ```
/// use axum::{Router, body::Body, http::Request, routing::get};
/// use axum_cookie_session::{DeviceBound, Key, Session, SessionConfig};
/// use tower::ServiceExt;
///
/// async fn page(session: Session) -> (Session, String) {
///     let text = format!("bound to this device: {}", session.is_device_bound());
///     (session, text)
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let config = SessionConfig::builder(Key::generate())
///         .device_bound(DeviceBound::new())
///         .build()?;
///     let app: Router = Router::new()
///         .route("/", get(page))
///         .merge(config.device_bound_routes())
///         .with_state(config);
///     let request = Request::post("/dbsc/register").body(Body::empty())?;
///     assert_eq!(app.oneshot(request).await?.status(), 400); // not a registration
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "give it to `SessionConfigBuilder::device_bound`"]
pub struct DeviceBound {
    path: String,
    proof_lifetime: Duration,
    unbound_timeout: Option<Duration>,
    required: bool,
    excluded: Vec<String>,
}

/// The time that [`DeviceBound::required`] gives a browser that cannot bind sessions.
const REQUIRED_TIMEOUT: Duration = Duration::from_secs(2 * 60);

/// Below this, Chromium refreshes the proof of a visitor with nearly each request.
const SHORT_PROOF: Duration = Duration::from_secs(3 * 60);

impl DeviceBound {
    /// Makes settings with every default: sessions are bound if the browser can do it.
    ///
    /// ```
    /// use axum_cookie_session::{DeviceBound, Key, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate()).device_bound(DeviceBound::new());
    /// assert!(config.build().is_ok());
    /// ```
    pub fn new() -> Self {
        Self {
            path: "/dbsc".to_owned(),
            proof_lifetime: Duration::from_secs(5 * 60),
            unbound_timeout: None,
            required: false,
            excluded: Vec::new(),
        }
    }

    /// Sets the path of the two [routes](crate::SessionConfig::device_bound_routes), which are
    /// `/register` and `/refresh` below it. Defaults to `"/dbsc"`.
    ///
    /// It is the path that the browser sees. Two configs of one site need two paths. If you change
    /// it on a live site, browsers that have registered cannot refresh their proofs, and bound
    /// sessions end.
    ///
    /// ```
    /// use axum_cookie_session::{ConfigError, DeviceBound, Key, SessionConfig};
    ///
    /// let builder = SessionConfig::builder(Key::generate());
    /// assert!(builder.clone().device_bound(DeviceBound::new().path("/auth/device")).build().is_ok());
    /// let error = builder.device_bound(DeviceBound::new().path("device")).build().unwrap_err();
    /// assert!(matches!(error, ConfigError::DeviceBoundInvalidPath { .. }));
    /// ```
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Sets how long a proof is valid, at least one second. Defaults to 5 minutes.
    ///
    /// A thief can use a copied session with its proof for this time and 60 seconds for clocks that
    /// differ. Each new proof costs the browser a request and its device two signatures, and
    /// browsers limit how many they make. Below 3 minutes,
    /// [`build`](crate::SessionConfigBuilder::build) logs a warning.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use axum_cookie_session::{DeviceBound, Key, SessionConfig};
    ///
    /// let settings = DeviceBound::new().proof_lifetime(Duration::from_secs(10 * 60));
    /// assert!(SessionConfig::builder(Key::generate()).device_bound(settings).build().is_ok());
    /// ```
    pub fn proof_lifetime(mut self, proof_lifetime: Duration) -> Self {
        self.proof_lifetime = proof_lifetime;
        self
    }

    /// Sets after how long a session ends that was not bound to a device, at least one second. None
    /// by default: it lives as long as a bound session.
    ///
    /// It limits how long a copy from before the binding can be used. It also signs out users whose
    /// browsers do not support binding. After it, a session is
    /// [`Reason::Unproven`](crate::Reason::Unproven).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use axum_cookie_session::{DeviceBound, Key, SessionConfig};
    ///
    /// let settings = DeviceBound::new().unbound_timeout(Duration::from_secs(60 * 60));
    /// assert!(SessionConfig::builder(Key::generate()).device_bound(settings).build().is_ok());
    /// ```
    pub fn unbound_timeout(mut self, unbound_timeout: Duration) -> Self {
        self.unbound_timeout = Some(unbound_timeout);
        self
    }

    /// Sets whether every session has to be bound. Defaults to `false`.
    ///
    /// `true` is an [`unbound_timeout`](Self::unbound_timeout) of 2 minutes, unless you set another
    /// one, because a browser needs a moment to register its key. Users of browsers that do not
    /// support binding are signed out.
    ///
    /// ```
    /// use axum_cookie_session::{DeviceBound, Key, SessionConfig};
    ///
    /// let settings = DeviceBound::new().required(true);
    /// assert!(SessionConfig::builder(Key::generate()).device_bound(settings).build().is_ok());
    /// ```
    pub fn required(mut self, required: bool) -> Self {
        self.required = required;
        self
    }

    /// Adds a path whose requests, and those below it, do not wait for a new proof. None by
    /// default; can be called repeatedly.
    ///
    /// It is for static files. A handler there may find its session
    /// [`Reason::Unproven`](crate::Reason::Unproven).
    ///
    /// ```
    /// use axum_cookie_session::{DeviceBound, Key, SessionConfig};
    ///
    /// let settings = DeviceBound::new().exclude("/static");
    /// assert!(SessionConfig::builder(Key::generate()).device_bound(settings).build().is_ok());
    /// ```
    pub fn exclude(mut self, path: impl Into<String>) -> Self {
        self.excluded.push(path.into());
        self
    }
}

impl Default for DeviceBound {
    fn default() -> Self {
        Self::new()
    }
}

/// The settings of a config, checked, with what follows from them.
pub(crate) struct DeviceSettings {
    path: String,
    proof_lifetime: Duration,
    /// The absolute timeout of a session that no device is bound to.
    pub(crate) unbound_timeout: Option<Duration>,
    excluded: Vec<String>,
    keys: DeviceKeys,
    cookies: Cookies,
    /// The browser replaces a registration by one of the same name, so it never changes.
    session_identifier: String,
    /// Whether the routes were made, or a warning said that they were not.
    has_routes: AtomicBool,
}

impl DeviceSettings {
    pub(crate) fn new<'a>(
        settings: DeviceBound,
        session: &Attributes,
        keys: &[Key],
        fallback: impl Iterator<Item = &'a Self>,
    ) -> Result<Self, ConfigError> {
        let DeviceBound {
            path,
            proof_lifetime,
            unbound_timeout,
            required,
            excluded,
        } = settings;
        ConfigError::check_device_bound_cookie(session)?;
        for path in [&path].into_iter().chain(&excluded) {
            ConfigError::check_device_bound_path(path)?;
        }
        let default_timeout = required.then_some(REQUIRED_TIMEOUT);
        let unbound_timeout = unbound_timeout.or(default_timeout);
        ConfigError::check_device_bound_times(proof_lifetime, unbound_timeout)?;
        if proof_lifetime < SHORT_PROOF {
            log::short_proof_lifetime(&session.name);
        }
        let fallback: Vec<_> = fallback.collect();
        let cookies = Cookies::new(session, &path);
        let is_same = |other: &&&Self| cookies.is_same(&other.cookies);
        if fallback.iter().filter(is_same).count() < fallback.len() {
            let name = session.name.clone();
            return Err(ConfigError::DeviceBoundFallbackConfig { name });
        }
        Ok(Self {
            keys: DeviceKeys::new(&session.name, keys, fallback.iter().map(|it| &it.keys)),
            session_identifier: split_prefix(&session.name).1.to_owned(),
            has_routes: AtomicBool::new(false),
            path,
            proof_lifetime,
            unbound_timeout,
            excluded,
            cookies,
        })
    }

    fn routes_are_made(&self) {
        self.has_routes.store(true, Ordering::Relaxed);
    }

    /// Warns, once, if there are no routes at which a browser could register.
    pub(crate) fn warn_without_routes(&self, cookie: &str) {
        if !self.has_routes.swap(true, Ordering::Relaxed) {
            log::no_device_bound_routes(cookie);
        }
    }
}
