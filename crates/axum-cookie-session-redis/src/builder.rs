//! Settings of a [`RedisRevocation`].

use std::fmt;
use std::time::{Duration, SystemTime};

use moka::future::Cache;
use redis::Client;

use crate::connection::{Connection, Server};
use crate::error::RevocationError;
use crate::health::Health;
use crate::list::List;
use crate::revocation::{Inner, RedisRevocation};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How much longer Redis remembers than a session lives, for clocks that differ.
const MARGIN: Duration = DAY;

/// Settings of a [`RedisRevocation`], made by [`RedisRevocation::builder`] or `cluster`.
///
/// Of a setter that is called twice the last call wins. `Debug` shows no URL, which may hold a
/// password.
///
/// ```
/// use std::time::Duration;
///
/// use axum_cookie_session_redis::RedisRevocation;
///
/// let revocation = RedisRevocation::builder("redis://:password@redis.example:6379/0")
///     .user_key("user_id")
///     .timeout(Duration::from_millis(100))
///     .build()?;
/// assert_eq!(format!("{revocation:?}"), "RedisRevocation(..)");
/// # Ok::<(), axum_cookie_session_redis::RevocationError>(())
/// ```
#[must_use]
pub struct RedisRevocationBuilder {
    address: Address,
    redis_key: String,
    user_key: String,
    login_key: String,
    cache_ttl: Duration,
    cache_capacity: u64,
    timeout: Duration,
    absolute_timeout: Duration,
    clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

enum Address {
    Single(String),
    #[cfg(feature = "cluster")]
    Cluster(Vec<String>),
}

impl RedisRevocationBuilder {
    pub(crate) fn single(url: String) -> Self {
        Self::new(Address::Single(url))
    }

    #[cfg(feature = "cluster")]
    pub(crate) fn cluster(urls: Vec<String>) -> Self {
        Self::new(Address::Cluster(urls))
    }

    fn new(address: Address) -> Self {
        Self {
            address,
            redis_key: "axum-cookie-session:ended".to_owned(),
            user_key: "user".to_owned(),
            login_key: "login".to_owned(),
            cache_ttl: Duration::from_secs(1),
            cache_capacity: 100_000,
            timeout: Duration::from_millis(250),
            absolute_timeout: 90 * DAY,
            clock: Box::new(SystemTime::now),
        }
    }

    /// Sets the key of Redis that holds the list. Defaults to `axum-cookie-session:ended`.
    ///
    /// Applications that share a Redis need different ones, unless they share their users.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// let revocation = RedisRevocation::builder("redis://redis.example").redis_key("shop:ended").build();
    /// assert!(revocation.is_ok());
    /// ```
    pub fn redis_key(mut self, redis_key: impl Into<String>) -> Self {
        self.redis_key = redis_key.into();
        self
    }

    /// Sets the key of the session that holds the user. Defaults to `user`.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// let revocation = RedisRevocation::builder("redis://redis.example").user_key("user_id").build();
    /// assert!(revocation.is_ok());
    /// ```
    pub fn user_key(mut self, user_key: impl Into<String>) -> Self {
        self.user_key = user_key.into();
        self
    }

    /// Sets the key of the session that holds the id of the login. Defaults to `login`.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// let revocation = RedisRevocation::builder("redis://redis.example").login_key("device").build();
    /// assert!(revocation.is_ok());
    /// ```
    pub fn login_key(mut self, login_key: impl Into<String>) -> Self {
        self.login_key = login_key.into();
        self
    }

    /// Sets how long an instance keeps an answer. Defaults to 1 second.
    ///
    /// Each session costs each instance one round trip in this time, however many requests it makes.
    /// A logout reaches the other instances after `cache_ttl` plus [`timeout`](Self::timeout) at the
    /// latest. With zero every request asks.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// # use std::time::Duration;
    /// let revocation = RedisRevocation::builder("redis://redis.example").cache_ttl(Duration::ZERO).build();
    /// assert!(revocation.is_ok());
    /// ```
    pub fn cache_ttl(mut self, cache_ttl: Duration) -> Self {
        self.cache_ttl = cache_ttl;
        self
    }

    /// Sets how many answers an instance keeps at most. Defaults to 100 000, of about a hundred bytes
    /// each.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// let revocation = RedisRevocation::builder("redis://redis.example").cache_capacity(1_000).build();
    /// assert!(revocation.is_ok());
    /// ```
    pub fn cache_capacity(mut self, cache_capacity: u64) -> Self {
        self.cache_capacity = cache_capacity;
        self
    }

    /// Sets how long a request waits for Redis, connecting included. Defaults to 250 milliseconds.
    ///
    /// After that the answer is unknown, and the next request uses a new connection.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// # use std::time::Duration;
    /// let revocation = RedisRevocation::builder("redis://redis.example").timeout(Duration::ZERO).build();
    /// assert!(revocation.unwrap_err().is_config());
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long a session can live: the config's
    /// [`absolute_timeout`](axum_cookie_session::SessionConfigBuilder::absolute_timeout). Defaults
    /// to 90 days, as there.
    ///
    /// Redis forgets what ended longer ago, and a day for clocks that differ, with the next logout.
    /// If this is shorter than the config's, ended sessions become valid again. For the formats of
    /// other frameworks give the idle timeout, and [`Duration::MAX`] for Express, whose sessions do
    /// not expire: then Redis forgets nothing.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// # use std::time::Duration;
    /// let day = Duration::from_secs(24 * 60 * 60);
    /// let revocation = RedisRevocation::builder("redis://redis.example").absolute_timeout(30 * day).build();
    /// assert!(revocation.is_ok());
    /// ```
    pub fn absolute_timeout(mut self, absolute_timeout: Duration) -> Self {
        self.absolute_timeout = absolute_timeout;
        self
    }

    /// Sets where the time of a logout comes from. Defaults to [`SystemTime::now`]; for tests.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// # use std::time::{Duration, UNIX_EPOCH};
    /// let revocation = RedisRevocation::builder("redis://redis.example")
    ///     .clock(|| UNIX_EPOCH + Duration::from_secs(1_700_000_000))
    ///     .build();
    /// assert!(revocation.is_ok());
    /// ```
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Checks the settings. It does not connect.
    ///
    /// ```
    /// # use axum_cookie_session_redis::RedisRevocation;
    /// let error = RedisRevocation::builder("redis.example:6379").build().unwrap_err();
    /// assert!(error.is_config());
    /// ```
    ///
    /// # Errors
    ///
    /// A URL is not one of a Redis or needs a feature that is off, the URLs of a cluster have
    /// different passwords, or the timeout is zero: [`RevocationError::is_config`].
    pub fn build(self) -> Result<RedisRevocation, RevocationError> {
        if self.timeout.is_zero() {
            return Err(RevocationError::config(
                "the timeout is zero: Redis needs some time",
            ));
        }
        let server = self.address.server(self.timeout)?;
        let cache = Cache::builder()
            .max_capacity(self.cache_capacity)
            .time_to_live(self.cache_ttl)
            .build();
        Ok(RedisRevocation::from_inner(Inner {
            connection: Connection::new(server, self.timeout),
            list: List::new(self.redis_key),
            cache,
            health: Health::new(),
            user_key: self.user_key,
            login_key: self.login_key,
            retention: self.absolute_timeout.saturating_add(MARGIN),
            clock: self.clock,
        }))
    }
}

impl Address {
    #[cfg_attr(
        not(feature = "cluster"),
        expect(unused_variables, reason = "for a cluster")
    )]
    fn server(self, timeout: Duration) -> Result<Server, RevocationError> {
        match self {
            Self::Single(url) => Client::open(url).map(Server::Single).map_err(|_| {
                // The words of `redis` are not ours to promise, and may quote the URL one day.
                RevocationError::config(
                    "not the URL of a Redis: it begins with `redis://` or, with the feature \
                     `rustls` or `native-tls`, with `rediss://`",
                )
            }),
            #[cfg(feature = "cluster")]
            Self::Cluster(urls) => redis::cluster::ClusterClient::builder(urls)
                .connection_timeout(timeout)
                .response_timeout(timeout)
                .build()
                .map(Server::Cluster)
                .map_err(|_| {
                    RevocationError::config(
                        "not the URLs of a Redis cluster: at least one, all with the same user \
                         and password; they begin with `redis://` or, with the feature `rustls` \
                         or `native-tls`, with `rediss://`",
                    )
                }),
        }
    }
}

impl fmt::Debug for RedisRevocationBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRevocationBuilder")
            .field("redis_key", &self.redis_key)
            .field("user_key", &self.user_key)
            .field("login_key", &self.login_key)
            .field("cache_ttl", &self.cache_ttl)
            .field("cache_capacity", &self.cache_capacity)
            .field("timeout", &self.timeout)
            .field("absolute_timeout", &self.absolute_timeout)
            .finish_non_exhaustive()
    }
}
