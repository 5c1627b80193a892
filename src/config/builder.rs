//! The settings of a config, until they are checked.

// rustdoc shows the methods in this order.
mod cookie;
mod keys;
mod timeouts;
mod trust;

mod build;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::config::{Clock, SessionConfig};
use crate::cookie::attributes::Attributes;
use crate::cookie::same_site::SameSite;
#[cfg(feature = "device-bound")]
use crate::device_bound::DeviceBound;
use crate::revocation::DynRevocation;
use crate::token::NewFormat;
use crate::token::key::Key;
use crate::token::mac::Algorithm;
#[cfg(feature = "encryption")]
use crate::token::random::{OPERATING_SYSTEM, RandomSource};

impl SessionConfig {
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
}

/// Builder of a [`SessionConfig`], from [`SessionConfig::builder`].
///
/// The setters can be called in any order, the last call of each wins, and [`build`](Self::build)
/// checks them together. The guide [`configuration`](crate::guide::configuration) has a table of
/// all settings and says when to change one.
///
/// ```
/// use std::time::Duration;
///
/// use axum::http::HeaderMap;
/// use axum::response::IntoResponse;
/// use axum_cookie_session::{Key, SameSite, Session, SessionConfig};
///
/// let config = SessionConfig::builder(Key::generate())
///     .cookie_name("__Secure-shop")
///     .path("/shop")
///     .domain("example.com")
///     .secure(true)
///     .http_only(true)
///     .same_site(SameSite::None)
///     .partitioned(true)
///     .persistent(true)
///     .idle_timeout(Duration::from_secs(30 * 60))
///     .absolute_timeout(Duration::from_secs(8 * 60 * 60))
///     .build()?;
///
/// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
/// session.insert("user", "ada");
/// let response = session.into_response();
/// let set_cookie = response.headers()["set-cookie"].to_str()?;
/// assert!(set_cookie.starts_with("__Secure-shop=1."));
/// assert!(set_cookie.ends_with(
///     "; HttpOnly; SameSite=None; Partitioned; Secure; Path=/shop; Domain=example.com; Max-Age=1800"
/// ));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "call `build` to get the `SessionConfig`"]
pub struct SessionConfigBuilder {
    /// The first one signs.
    keys: Vec<Key>,
    fallback_configs: Vec<SessionConfig>,
    attributes: Attributes,
    persistent: bool,
    algorithm: Option<Algorithm>,
    #[cfg(feature = "compression")]
    compress: bool,
    #[cfg(feature = "encryption")]
    pub(crate) random: RandomSource,
    /// That of another framework.
    new_format: Option<NewFormat>,
    idle_timeout: Option<Duration>,
    default_idle_timeout: Duration,
    absolute_timeout: Option<Duration>,
    max_age: Option<Duration>,
    no_store: bool,
    allow_cross_site_writes: bool,
    clock: Arc<Clock>,
    revocation: Option<Arc<dyn DynRevocation>>,
    fail_open: bool,
    #[cfg(feature = "device-bound")]
    device_bound: Option<DeviceBound>,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl SessionConfigBuilder {
    pub(crate) fn new(key: Key) -> Self {
        Self {
            keys: vec![key],
            fallback_configs: Vec::new(),
            attributes: Attributes {
                name: "__Host-session".to_owned(),
                path: "/".to_owned(),
                domain: None,
                secure: true,
                http_only: true,
                same_site: SameSite::Lax,
                partitioned: false,
                suffix: String::new(),
            },
            persistent: true,
            algorithm: None,
            #[cfg(feature = "compression")]
            compress: false,
            #[cfg(feature = "encryption")]
            random: OPERATING_SYSTEM,
            new_format: None,
            idle_timeout: None,
            default_idle_timeout: 14 * DAY,
            absolute_timeout: None,
            max_age: None,
            no_store: false,
            allow_cross_site_writes: false,
            clock: Arc::new(SystemTime::now),
            revocation: None,
            fail_open: false,
            #[cfg(feature = "device-bound")]
            device_bound: None,
        }
    }

    /// The builder for the format of another framework, with its defaults.
    #[allow(dead_code, reason = "the formats are behind features")]
    pub(crate) fn new_framework(
        key: Key,
        name: &str,
        idle_days: u32,
        new_format: NewFormat,
    ) -> Self {
        let mut builder = Self::new(key).cookie_name(name);
        builder.new_format = Some(new_format);
        builder.default_idle_timeout = idle_days * DAY;
        builder
    }
}

impl fmt::Debug for SessionConfigBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionConfigBuilder")
            .field("attributes", &self.attributes)
            .field("persistent", &self.persistent)
            .field("algorithm", &self.algorithm)
            .field("idle_timeout", &self.idle_timeout)
            .field("absolute_timeout", &self.absolute_timeout)
            .field("max_age", &self.max_age)
            .field("no_store", &self.no_store)
            .field("allow_cross_site_writes", &self.allow_cross_site_writes)
            .field("revocation", &self.revocation.is_some())
            .field("fail_open", &self.fail_open)
            .finish_non_exhaustive()
    }
}
