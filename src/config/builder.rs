//! The settings of a config, until they are checked.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::config::error::ConfigError;
use crate::config::timeouts::Timeouts;
use crate::config::{Clock, SessionConfig, Settings};
use crate::cookie::attributes::Attributes;
use crate::cookie::same_site::SameSite;
#[cfg(feature = "device-bound")]
use crate::device_bound::{DeviceBound, DeviceSettings};
use crate::revocation::{DynRevocation, Revocation};
use crate::token::key::Key;
use crate::token::mac::Algorithm;
use crate::token::native::Native;
use crate::token::payload::Payload;
#[cfg(feature = "encryption")]
use crate::token::random::{OPERATING_SYSTEM, RandomSource};
use crate::token::{FormatOptions, NewFormat};

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
/// The setters may be called in any order; [`build`](Self::build) checks them together.
///
/// ```
/// use std::time::Duration;
///
/// use axum_cookie_session::{SessionMap, Key, SessionConfig};
///
/// let config = SessionConfig::builder(Key::generate())
///     .cookie_name("__Host-shop")
///     .idle_timeout(Duration::from_secs(30 * 60))
///     .build()?;
/// assert!(config.encode(&SessionMap::default())?.starts_with("__Host-shop="));
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

    /// Adds a key that verifies sessions and never signs one. None by default; repeatable.
    ///
    /// To rotate without logging anyone out: deploy the new key as a fallback everywhere, then
    /// swap the two, then drop the old one after the idle timeout. A session that a fallback
    /// key verified is signed again with the next response it is returned with.
    ///
    /// ```
    /// # use axum::http::{HeaderMap, header::COOKIE};
    /// # use axum_cookie_session::{SessionMap, Key, Session, SessionConfig, Status};
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

    /// Adds a config whose cookie is read if none of ours is valid. None by default; repeatable, and
    /// tried in the order of the calls.
    ///
    /// Its sessions are written back as ours, so they move over as users come by. Both
    /// configs' timeouts apply, except for Express and React Router, whose sessions hold no time. Configs that the
    /// fallback config has as its own fallback configs are not tried. Its cookie stays until the session
    /// is emptied or destroyed.
    ///
    /// Its cookie lacks the protection of our name: if it can be set from a sibling domain or over
    /// plain HTTP, so can the session. Set a date on which this call goes.
    ///
    /// ```
    /// # use axum::http::{HeaderMap, header::COOKIE};
    /// # use axum_cookie_session::{SessionMap, Key, Session, SessionConfig, Status};
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
    /// Browsers keep a `__Host-` cookie only where it is Secure, has the path `/` and no Domain,
    /// so no other host can plant one (RFC 6265bis, section 4.1.3.2). Under a plain name a sibling
    /// host can, with a Domain that both are below. A forged cookie is passed over. If a valid one, of a
    /// session that the attacker has, is newer than the user's, the user acts in the attacker's session,
    /// never the other way round.
    ///
    /// The name is part of the signing key: renaming the cookie ends the sessions, unless the old
    /// name is [fallback](Self::fallback_config).
    ///
    /// ```
    /// # use axum_cookie_session::{Key, SessionConfig, SessionMap};
    /// let config = SessionConfig::builder(Key::generate()).cookie_name("__Host-shop").build()?;
    /// assert!(config.encode(&SessionMap::default())?.starts_with("__Host-shop="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.attributes.name = name.into();
        self
    }

    /// Sets the path below which the browser sends the cookie. Defaults to `"/"`.
    ///
    /// A path other than `/` needs a name without the prefix `__Host-`. Paths are not a security
    /// boundary between the applications of one host.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, Session, SessionConfig};
    /// let config = SessionConfig::builder(Key::generate())
    ///     .cookie_name("__Secure-admin")
    ///     .path("/admin")
    ///     .build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(set_cookie.to_str()?.contains("Path=/admin"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.attributes.path = path.into();
        self
    }

    /// Shares the cookie with all hosts below a domain. By default it is sent to the host that
    /// set it alone.
    ///
    /// A Domain needs a name without the prefix `__Host-`. Every host below the domain can then
    /// set, replace and remove the cookie. It has to be the name of the server's own host or of a
    /// domain above it, without a port: browsers drop the cookie otherwise.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, Session, SessionConfig};
    /// let config = SessionConfig::builder(Key::generate())
    ///     .cookie_name("__Secure-session")
    ///     .domain("example.com")
    ///     .build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(set_cookie.to_str()?.contains("Domain=example.com"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.attributes.domain = Some(domain.into());
        self
    }

    /// Sets whether the browser sends the cookie over HTTPS alone. Defaults to `true`.
    ///
    /// Chromium (from 138, for names with a prefix) and Firefox treat `http://localhost` as secure;
    /// Safari does not, nor does any browser treat a machine of your network so. `false` needs a name without the prefixes
    /// `__Host-` and `__Secure-`, and is for development.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, Session, SessionConfig};
    /// let config = SessionConfig::builder(Key::generate())
    ///     .cookie_name("session")
    ///     .secure(false)
    ///     .build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(!set_cookie.to_str()?.contains("Secure"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn secure(mut self, secure: bool) -> Self {
        self.attributes.secure = secure;
        self
    }

    /// Sets whether the cookie is hidden from scripts. Defaults to `true`.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, Session, SessionConfig};
    /// let config = SessionConfig::builder(Key::generate()).http_only(false).build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(!set_cookie.to_str()?.contains("HttpOnly"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.attributes.http_only = http_only;
        self
    }

    /// Sets when the cookie comes along on requests that another site started. Defaults to
    /// [`SameSite::Lax`].
    ///
    /// ```
    /// # use axum_cookie_session::{Key, SameSite, Session, SessionConfig};
    /// let config = SessionConfig::builder(Key::generate()).same_site(SameSite::Strict).build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(set_cookie.to_str()?.contains("SameSite=Strict"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.attributes.same_site = same_site;
        self
    }

    /// Sets whether an embedded site has one cookie for each site that embeds it (CHIPS).
    /// Defaults to `false`.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, SameSite, Session, SessionConfig};
    /// let config = SessionConfig::builder(Key::generate())
    ///     .same_site(SameSite::None)
    ///     .partitioned(true)
    ///     .build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(set_cookie.to_str()?.contains("Partitioned"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.attributes.partitioned = partitioned;
        self
    }

    /// Sets whether the browser keeps the cookie when it closes. Defaults to `true`.
    ///
    /// `false` leaves `Max-Age` out, which makes a session cookie (RFC 6265bis, section 4.1.2.2).
    /// The timeouts still apply. A browser that restores its tabs restores session cookies too.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, Session, SessionConfig};
    /// let config = SessionConfig::builder(Key::generate()).persistent(false).build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(!set_cookie.to_str()?.contains("Max-Age"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn persistent(mut self, persistent: bool) -> Self {
        self.persistent = persistent;
        self
    }

    /// Sets the algorithm, and with it the version of the token. Defaults to
    /// [`Algorithm::HmacSha1`], whose tokens are signed and readable.
    ///
    /// A config reads the version that it writes. To read another one too, make a config with that
    /// algorithm a [`fallback_config`](Self::fallback_config). The format of another framework has
    /// its own algorithm. To encrypt sessions, use `Algorithm::Aes256HmacSha256` (feature
    /// `encryption`).
    ///
    /// ```
    /// # use axum_cookie_session::{Algorithm, SessionMap, Key, SessionConfig};
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

    /// Sets whether sessions are compressed. Defaults to `false`.
    ///
    /// JSON of 256 bytes or more is compressed if that makes the cookie shorter. Such a session may
    /// have at most 16 KiB of JSON. Compressed sessions are read whatever this setting says, but only
    /// by servers with the feature `compression`: deploy the feature everywhere before you set this,
    /// and go back in reverse.
    ///
    /// **The length of a compressed session tells what is in it.** If a secret is in the same
    /// session as text that an attacker chooses, the attacker can find the secret by the length of
    /// the cookie (CRIME). The guide
    /// [`encryption`](crate::guide::encryption) says more.
    ///
    /// ```
    /// # use axum_cookie_session::{SessionMap, Key, SessionConfig};
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

    /// Sets how long a session lives that is not used, at least one second. Defaults to 14 days,
    /// or to the absolute timeout where that is shorter.
    ///
    /// A session counts as used when it is returned from a handler. Unchanged ones are issued
    /// again when a tenth of this time has passed, so the cookie is not sent with each response, and
    /// a session ends up to a tenth earlier after its last use.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, Session, SessionConfig};
    /// # use std::time::Duration;
    /// let config = SessionConfig::builder(Key::generate())
    ///     .idle_timeout(Duration::from_secs(30 * 60))
    ///     .build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(set_cookie.to_str()?.contains("Max-Age=1800"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// Sets how long a session lives at most, however much it is used; at least one second.
    /// Defaults to 90 days.
    ///
    /// ```
    /// # use axum_cookie_session::{Key, Session, SessionConfig};
    /// # use std::time::Duration;
    /// let config = SessionConfig::builder(Key::generate())
    ///     .absolute_timeout(Duration::from_secs(8 * 60 * 60))
    ///     .build()?;
    /// # let mut session: Session = Session::from_headers(&Default::default(), &config);
    /// # session.insert("user", "ada");
    /// # let set_cookie = axum::response::IntoResponse::into_response(session).headers()["set-cookie"].clone();
    /// assert!(set_cookie.to_str()?.contains("Max-Age=28800"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn absolute_timeout(mut self, absolute_timeout: Duration) -> Self {
        self.absolute_timeout = Some(absolute_timeout);
        self
    }

    /// Sets where the time comes from. Defaults to [`SystemTime::now`]; for tests.
    ///
    /// It is read once for each session that is extracted.
    ///
    /// ```
    /// # use axum_cookie_session::{SessionMap, Key, SessionConfig};
    /// # use std::time::{Duration, UNIX_EPOCH};
    /// let key = Key::new([7; 32])?;
    /// let config = SessionConfig::builder(key)
    ///     .clock(|| UNIX_EPOCH + Duration::from_secs(1_700_000_000))
    ///     .build()?;
    /// assert_eq!(config.encode(&SessionMap::default())?, config.encode(&SessionMap::default())?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets who says whether a session was revoked. None by default: a session lives until it
    /// expires.
    ///
    /// It is asked once for each request that carries a session, after the token verified and the
    /// timeouts held, about the sessions of [fallback](Self::fallback_config) configs too; what those have as
    /// a revocation of their own is not asked. [`Revocation`] says when and how, and
    /// [`MemoryRevocation`](crate::MemoryRevocation) is one for a single process.
    ///
    /// | it answers | the handler sees | returned unchanged | changed | `destroy()` and no more |
    /// |---|---|---|---|---|
    /// | `Valid` | the session | refreshed when that is due | written | removed |
    /// | `Revoked` | a new one, [`Reason::Revoked`](crate::Reason::Revoked) | nothing | written | removed |
    /// | `Unknown` | a new one, [`Reason::RevocationUnknown`](crate::Reason::RevocationUnknown) | nothing | [`SessionError`](crate::SessionError) | removed |
    /// | `Unknown`, with [`fail_open`](Self::fail_open) | the session, [`Status::RevocationUnknown`](crate::Status::RevocationUnknown) | nothing | [`SessionError`](crate::SessionError) | removed |
    /// | not asked, by [`from_headers`](crate::Session::from_headers) | as with `Unknown`, without `fail_open` | nothing | [`SessionError`](crate::SessionError) | removed |
    ///
    /// So nothing is written while the answer is unknown, and the visitor's cookie is as good as
    /// before when the store is back. A sign-out removes it from this browser all the same; a copy
    /// lives on, as it could not be revoked. The error makes the response a 500 without a
    /// `Set-Cookie`. Requests without a session are not asked about, so strangers notice nothing.
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use axum::http::{HeaderMap, header::COOKIE};
    /// # use axum_cookie_session::{SessionMap, Key, MemoryRevocation, Reason, Session, SessionConfig, Status};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let revocation = MemoryRevocation::new();
    /// let config = SessionConfig::builder(Key::generate())
    ///     .revocation(revocation.clone())
    ///     .build()?;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, config.encode(&SessionMap::default())?.parse()?);
    /// revocation.revoke_all(SystemTime::now());
    /// let session: Session = Session::load(&headers, &config).await;
    /// assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn revocation(mut self, revocation: impl Revocation) -> Self {
        self.revocation = Some(Arc::new(revocation));
        self
    }

    /// Sets whether a session is shown while its [`revocation`](Self::revocation) does not answer.
    /// Defaults to `false`: the handler sees a new one.
    ///
    /// With `true` an outage of the store does not sign users out, and a revoked cookie can be read
    /// with it until the store answers. Neither writes anything meanwhile: see the table at
    /// [`revocation`](Self::revocation). A handler that has to know looks for
    /// [`Status::RevocationUnknown`](crate::Status::RevocationUnknown).
    ///
    /// ```
    /// # use axum::http::{HeaderMap, header::COOKIE};
    /// # use axum_cookie_session::{SessionMap, Key, VerifiedSession, Revocation, Session, SessionConfig, Status, RevocationStatus};
    /// struct Down;
    ///
    /// impl Revocation for Down {
    ///     async fn check(&self, _: &VerifiedSession<'_>) -> RevocationStatus {
    ///         RevocationStatus::Unknown
    ///     }
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let config = SessionConfig::builder(Key::generate())
    ///     .revocation(Down)
    ///     .fail_open(true)
    ///     .build()?;
    /// let mut data = SessionMap::default();
    /// data.insert("user", "ada");
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, config.encode(&data)?.parse()?);
    ///
    /// let session: Session = Session::load(&headers, &config).await;
    /// assert_eq!(session.status(), Status::RevocationUnknown);
    /// assert_eq!(session.get("user"), Some("ada".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn fail_open(mut self, fail_open: bool) -> Self {
        self.fail_open = fail_open;
        self
    }

    /// Sets for how long the browser is asked to keep the cookie, in a format whose tokens hold no
    /// time (Express, React Router), at least one second. By default the browser forgets it when it closes.
    ///
    /// Nothing on the server enforces it. In every other format the lifetime follows from the
    /// timeouts, and [`build`](Self::build) refuses this setting.
    ///
    #[cfg_attr(feature = "express", doc = "```")]
    #[cfg_attr(not(feature = "express"), doc = "```ignore")]
    /// use std::time::Duration;
    ///
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::express(Key::legacy("the first of keys")?)
    ///     .max_age(Duration::from_secs(24 * 60 * 60))
    ///     .build()?;
    /// let mut session: Session = Session::from_headers(&Default::default(), &config);
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
    /// Without it, the Back button can show a private page after signing out. It replaces a
    /// `Cache-Control` that stands in the response already.
    ///
    /// ```
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate()).no_store(true).build()?;
    /// let session: Session = Session::from_headers(&Default::default(), &config);
    /// let response = (session, "private").into_response();
    /// assert_eq!(response.headers()["cache-control"], "no-store");
    /// # Ok::<(), axum_cookie_session::ConfigError>(())
    /// ```
    pub fn no_store(mut self, no_store: bool) -> Self {
        self.no_store = no_store;
        self
    }

    /// Sets whether a request that another site sent may write the session. Defaults to `false`.
    ///
    /// If another site sends a form, the browser keeps a `Lax` or `Strict` cookie to itself, but
    /// would store a new one: it would replace the session of the user. `true` is for a server that
    /// refuses such requests itself. For a single handler there is
    /// [`Session::allow_cross_site`](crate::Session::allow_cross_site). With
    /// [`SameSite::None`] the cookie comes along, so the setting does not matter.
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

    /// Binds sessions to the visitor's device, if its browser can do that. None by default.
    ///
    /// **Experimental**: see [`DeviceBound`]. It needs two routes as well, which
    /// [`device_bound_routes`](SessionConfig::device_bound_routes) makes, and an ordinary cookie: Secure,
    /// with the path `/`, without a Domain and not partitioned.
    ///
    /// | the session is | its device proved itself | the handler sees | returned |
    /// |---|---|---|---|
    /// | not bound | no | the session | as ever; each `Set-Cookie` asks the browser to bind it |
    /// | not bound | yes | the session | it becomes bound |
    /// | bound | yes | the session | as ever |
    /// | bound | no | a new one, [`Reason::Unproven`](crate::Reason::Unproven) | a change is left out, unless [`destroy()`](crate::Session::destroy) came first |
    ///
    /// ```
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{DeviceBound, Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate())
    ///     .device_bound(DeviceBound::new())
    ///     .build()?;
    /// let mut session: Session = Session::from_headers(&Default::default(), &config);
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

    /// Checks the settings together and makes the config.
    ///
    /// ```
    /// use axum_cookie_session::{ConfigError, Key, SessionConfig};
    ///
    /// let error = SessionConfig::builder(Key::generate()).secure(false).build().unwrap_err();
    /// assert!(matches!(error, ConfigError::HostPrefixWithoutSecure { .. }));
    /// ```
    ///
    /// # Errors
    ///
    /// Settings that browsers would refuse or ignore, and timeouts that contradict each other; each variant
    /// of [`ConfigError`] is one such case, and its text says what to do.
    pub fn build(mut self) -> Result<SessionConfig, ConfigError> {
        let name = &self.attributes.name;
        let format = match (self.new_format, self.algorithm) {
            (Some(_), Some(algorithm)) => {
                return Err(ConfigError::AlgorithmNotConfigurable { algorithm });
            }
            #[cfg(feature = "compression")]
            (Some(_), None) if self.compress => {
                let name = name.clone();
                return Err(ConfigError::CompressionNotConfigurable { name });
            }
            (Some(new_format), None) => new_format(name, &self.keys, self.idle_timeout),
            (None, algorithm) => {
                let algorithm = algorithm.unwrap_or(Algorithm::HmacSha1);
                let payload = self.payload(algorithm)?;
                Box::new(Native::new(algorithm, payload, name, &self.keys))
            }
        };
        let options = format.options();
        ConfigError::check_attributes(&self.attributes, options.allows_colon)?;
        let timeouts = self.timeouts(options)?;
        let max_age = self
            .max_age
            .map(|max_age| ConfigError::check_max_age(max_age, options));
        let max_age = max_age.transpose()?;
        let mut fallback_configs = self.fallback_configs.iter();
        if self.revocation.is_none()
            && let Some(config) = fallback_configs.find(|config| config.revocation().is_some())
        {
            return Err(ConfigError::RevocationOnFallbackConfig {
                name: config.attributes().name.clone(),
            });
        }
        if let Some(memory) = self.revocation.as_ref().and_then(|one| one.as_memory()) {
            let clock = Arc::clone(&self.clock);
            let lifetime = self.longest_lifetime(timeouts);
            memory.serve(move || clock().checked_sub(lifetime));
        }
        #[cfg(feature = "device-bound")]
        let device_bound = self.device_settings()?;
        self.attributes.suffix = self.attributes.make_suffix();
        Ok(SessionConfig {
            settings: Arc::new(Settings {
                attributes: self.attributes,
                persistent: self.persistent,
                max_age,
                timeouts,
                format,
                fallback_configs: self.fallback_configs,
                revocation: self.revocation,
                fail_open: self.fail_open,
                no_store: self.no_store,
                allow_cross_site_writes: self.allow_cross_site_writes,
                clock: self.clock,
                #[cfg(feature = "device-bound")]
                device_bound,
            }),
        })
    }

    /// How the payloads of our own format are written.
    #[cfg_attr(
        not(feature = "encryption"),
        expect(unused_variables, reason = "no other algorithm encrypts")
    )]
    #[cfg_attr(
        not(all(feature = "encryption", feature = "compression")),
        expect(clippy::unnecessary_wraps, reason = "without both nothing clashes")
    )]
    fn payload(&self, algorithm: Algorithm) -> Result<Payload, ConfigError> {
        #[cfg(feature = "encryption")]
        if algorithm == Algorithm::Aes256HmacSha256 {
            #[cfg(feature = "compression")]
            if self.compress {
                return Err(ConfigError::CompressionWithEncryption { algorithm });
            }
            let name = &self.attributes.name;
            return Ok(Payload::encrypted(name, &self.keys, self.random));
        }
        #[cfg(feature = "compression")]
        if self.compress {
            return Ok(Payload::Compressed);
        }
        Ok(Payload::Plain)
    }

    /// How long ago a session can have begun that is still valid.
    fn longest_lifetime(&self, timeouts: Timeouts) -> Duration {
        if timeouts.absolute < Duration::MAX {
            return timeouts.absolute;
        }
        // A session without a beginning began when it was issued, but one of a fallback config can
        // have begun before.
        let fallback_configs = self.fallback_configs.iter();
        let absolutes = fallback_configs.map(|config| config.settings.timeouts.absolute);
        let absolutes = absolutes.filter(|absolute| *absolute < Duration::MAX);
        absolutes.fold(timeouts.idle, Duration::max)
    }

    #[cfg(feature = "device-bound")]
    fn device_settings(&mut self) -> Result<Option<DeviceSettings>, ConfigError> {
        let name = || self.attributes.name.clone();
        let configs = self.fallback_configs.iter();
        let mut fallback = configs.filter_map(SessionConfig::device_bound);
        match self.device_bound.take() {
            None if fallback.next().is_some() => {
                Err(ConfigError::DeviceBoundFallbackConfig { name: name() })
            }
            None => Ok(None),
            Some(_) if self.new_format.is_some() => {
                Err(ConfigError::DeviceBoundFormat { name: name() })
            }
            Some(settings) => {
                let settings =
                    DeviceSettings::new(settings, &self.attributes, &self.keys, fallback)?;
                Ok(Some(settings))
            }
        }
    }

    /// The timeouts that the tokens of the format can enforce.
    fn timeouts(&self, options: &FormatOptions) -> Result<Timeouts, ConfigError> {
        if let Some(idle) = self.idle_timeout.filter(|_| !options.has_issued_at) {
            return Err(ConfigError::IdleTimeoutNotEnforced { idle });
        }
        if let Some(absolute) = self.absolute_timeout.filter(|_| !options.has_created_at) {
            return Err(ConfigError::AbsoluteTimeoutNotEnforced { absolute });
        }
        let absolute = match self.absolute_timeout {
            Some(absolute) => absolute,
            None if options.has_created_at => 90 * DAY,
            None => Duration::MAX,
        };
        let idle = match self.idle_timeout {
            Some(idle) => idle,
            None if options.has_issued_at => absolute.min(self.default_idle_timeout),
            None => Duration::MAX,
        };
        let timeouts = Timeouts { idle, absolute };
        ConfigError::check_timeouts(timeouts)?;
        Ok(timeouts)
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
