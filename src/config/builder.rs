//! The settings of a config, until they are checked.

mod build;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::config::{Clock, SessionConfig};
use crate::cookie::attributes::Attributes;
use crate::cookie::same_site::SameSite;
#[cfg(feature = "device-bound")]
use crate::device_bound::DeviceBound;
use crate::revocation::{DynRevocation, Revocation};
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

    /// Adds a key that verifies sessions but never signs one. None by default; can be called
    /// repeatedly.
    ///
    /// A session that a fallback key verified is signed with the current key when it is returned.
    /// The guide [`keys`](crate::guide::keys) says in which order to deploy.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, Status};
    ///
    /// let (old, new) = (Key::generate(), Key::generate());
    /// let before = SessionConfig::new(old.clone());
    /// let after = SessionConfig::builder(new).fallback_key(old).build()?;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, before.encode(&SessionMap::default())?.parse()?);
    /// let session: Session = Session::from_headers(&headers, &after);
    /// assert_eq!(session.status(), Status::Valid);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fallback_key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Adds a config whose cookie is read if this config finds no valid one. None by default; can
    /// be called repeatedly, and the configs are tried in that order.
    ///
    /// A session that is read this way is written with this config, so sessions move as users
    /// return. Both configs' timeouts apply, except for Express and React Router, whose tokens hold
    /// no time. The fallback config's own fallback configs are not tried. Its cookie stays in the
    /// browser until the session is emptied or destroyed.
    ///
    /// If its cookie can be set by a sibling domain or over plain HTTP, then so can the session.
    /// Decide on a date to remove this call.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, Status};
    ///
    /// let key = Key::generate();
    /// let plain = SessionConfig::builder(key.clone()).cookie_name("session").build()?;
    /// let config = SessionConfig::builder(key).fallback_config(plain.clone()).build()?;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, plain.encode(&SessionMap::default())?.parse()?);
    /// let session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.status(), Status::Fallback);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fallback_config(mut self, config: SessionConfig) -> Self {
        self.fallback_configs.push(config);
        self
    }

    /// Sets the name of the cookie. Defaults to `"__Host-session"`.
    ///
    /// Browsers accept a `__Host-` cookie only if it is Secure, has the path `/`, and has no
    /// Domain, so a sibling subdomain cannot set one (RFC 6265bis, section 4.1.3.2). The name is
    /// part of the signing key: to rename the cookie of a live site, make the old config a
    /// [fallback config](Self::fallback_config).
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.attributes.name = name.into();
        self
    }

    /// Sets the path below which the browser sends the cookie. Defaults to `"/"`.
    ///
    /// Another path needs a name without the prefix `__Host-`. Paths do not isolate the
    /// applications of one host from each other (RFC 6265bis, section 8.6).
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.attributes.path = path.into();
        self
    }

    /// Shares the cookie with all hosts below a domain. By default, only the host that set the
    /// cookie receives it.
    ///
    /// A Domain needs a name without the prefix `__Host-`, because every host below the domain can
    /// then set the cookie. Browsers drop the cookie unless the domain is the server's own host or
    /// above it.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.attributes.domain = Some(domain.into());
        self
    }

    /// Sets whether the browser sends the cookie over HTTPS only. Defaults to `true`.
    ///
    /// `false` is for development, and needs a name without the prefixes `__Host-` and `__Secure-`.
    /// The guide [`configuration`](crate::guide::configuration#while-you-develop) lists the clients
    /// that need it on localhost.
    pub fn secure(mut self, secure: bool) -> Self {
        self.attributes.secure = secure;
        self
    }

    /// Sets whether the cookie is hidden from scripts. Defaults to `true`, so that an injected
    /// script cannot copy it.
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.attributes.http_only = http_only;
        self
    }

    /// Sets when the browser sends the cookie with requests that another site starts. Defaults to
    /// [`SameSite::Lax`], so that links to your site arrive signed in and forms of other sites do
    /// not.
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.attributes.same_site = same_site;
        self
    }

    /// Sets whether an embedded site has a separate cookie for each site that embeds it (CHIPS).
    /// Defaults to `false`.
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.attributes.partitioned = partitioned;
        self
    }

    /// Sets whether the browser keeps the cookie when it closes. Defaults to `true`, except for
    /// Express and React Router.
    ///
    /// `false` leaves `Max-Age` out, which makes a session cookie (RFC 6265bis, section 4.1.2.2).
    /// The timeouts still apply. A browser that restores its tabs restores session cookies too.
    pub fn persistent(mut self, persistent: bool) -> Self {
        self.persistent = persistent;
        self
    }

    /// Sets the algorithm, and with it the version of the token. Defaults to
    /// [`Algorithm::HmacSha1`], whose tokens are signed and readable.
    ///
    /// A config reads only the version that it writes. To read another version too, make a config
    /// with that algorithm a [fallback config](Self::fallback_config). The format of another
    /// framework has its own algorithm.
    ///
    /// ```
    /// use axum_cookie_session::{Algorithm, Key, SessionConfig, SessionMap};
    ///
    /// let config = SessionConfig::builder(Key::generate())
    ///     .algorithm(Algorithm::HmacSha1)
    ///     .build()?;
    /// assert!(config.encode(&SessionMap::default())?.starts_with("__Host-session=1."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Sets whether sessions are compressed. Defaults to `false`, because the length of a
    /// compressed session reveals something about its contents (CRIME): see
    /// [`encryption`](crate::guide::encryption).
    ///
    /// JSON of 256 bytes up to 16 KiB is compressed if that makes the cookie shorter. Only servers
    /// with the feature `compression` can read the result, so deploy the feature everywhere first.
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("essay", "words, ".repeat(2000));
    ///
    /// let config = SessionConfig::builder(Key::generate()).compress(true).build()?;
    /// assert!(config.encode(&data)?.len() < 200);
    /// let config = SessionConfig::new(Key::generate());
    /// assert!(config.encode(&data).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "compression")]
    #[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
    pub fn compress(mut self, compress: bool) -> Self {
        self.compress = compress;
        self
    }

    /// Sets after how long without use a session ends, at least one second. Defaults to 14 days, or
    /// to the absolute timeout if that is shorter.
    ///
    /// Returning a session counts as use. An unchanged session is sent again only after a tenth of
    /// this time, so a session can end up to a tenth earlier than its last use suggests.
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// Sets after how long a session ends even if it is in use, at least one second. Defaults to 90
    /// days.
    pub fn absolute_timeout(mut self, absolute_timeout: Duration) -> Self {
        self.absolute_timeout = Some(absolute_timeout);
        self
    }

    /// Sets the clock. Defaults to [`SystemTime::now`]; another one is for tests.
    ///
    /// It is read once for each extraction and once for each return.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// use axum_cookie_session::{Key, SessionConfig};
    ///
    /// let start = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    /// let config = SessionConfig::builder(Key::generate()).clock(move || start).build()?;
    /// assert_eq!(config.now(), start);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

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

    /// Sets how long the browser is asked to keep the cookie, at least one second, in a format
    /// whose tokens hold no time (Express, React Router). By default the browser forgets it when it
    /// closes.
    ///
    /// The server does not enforce it. In every other format the lifetime follows from the
    /// timeouts, and [`build`](Self::build) refuses this setting.
    ///
    #[cfg_attr(feature = "express", doc = "```")]
    #[cfg_attr(not(feature = "express"), doc = "```ignore")]
    /// use std::time::Duration;
    ///
    /// use axum::http::HeaderMap;
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::express(Key::legacy("the first of keys")?)
    ///     .max_age(Duration::from_secs(24 * 60 * 60))
    ///     .build()?;
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("user", "ada");
    /// let response = session.into_response();
    /// assert!(response.headers()["set-cookie"].to_str()?.contains("Max-Age=86400"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Sets whether every response that returns a session says `Cache-Control: no-store`. Defaults
    /// to `false`.
    ///
    /// Without it, the Back button can show a private page after the user signed out. It replaces a
    /// `Cache-Control` header that the response already has.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate()).no_store(true).build()?;
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// let response = (session, "private").into_response();
    /// assert_eq!(response.headers()["cache-control"], "no-store");
    /// # Ok::<(), axum_cookie_session::ConfigError>(())
    /// ```
    pub fn no_store(mut self, no_store: bool) -> Self {
        self.no_store = no_store;
        self
    }

    /// Sets whether a request from another site may write the session. Defaults to `false`.
    ///
    /// The browser sends a form of another site without a `Lax` or `Strict` cookie, but it stores
    /// the cookie of the answer, which would replace the user's session. `true` is for a server
    /// that refuses such requests itself;
    /// [`Session::allow_cross_site`](crate::Session::allow_cross_site) is for a single handler.
    /// With [`SameSite::None`] the setting has no effect.
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
    /// [`device_bound_routes`](SessionConfig::device_bound_routes), and a cookie that is Secure,
    /// has the path `/`, and has neither a Domain nor the attribute Partitioned.
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
