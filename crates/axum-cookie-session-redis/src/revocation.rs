//! What was ended, in a Redis that all instances ask.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum_cookie_session::{Revocation, RevocationStatus, VerifiedSession};
use moka::future::Cache;
use serde::Serialize;

use crate::builder::RedisRevocationBuilder;
use crate::connection::Connection;
use crate::error::RevocationError;
use crate::health::Health;
use crate::list::{Ended, List, Member, Scores, Subject};

/// [`Revocation`] that asks a Redis, which all instances of an application share.
///
/// Put one into the config and into the router's state. Clones share the connection and the cache.
///
/// ```
/// use axum::extract::{FromRef, State};
/// use axum::{Router, routing::post};
/// use axum_cookie_session::{Key, Session, SessionConfig};
/// use axum_cookie_session_redis::{RedisRevocation, RevocationError};
///
/// #[derive(Clone, FromRef)]
/// struct AppState {
///     session: SessionConfig,
///     revocation: RedisRevocation,
/// }
///
/// async fn log_out_everywhere(
///     State(revocation): State<RedisRevocation>,
///     mut session: Session,
/// ) -> Result<(Session, &'static str), (Session, RevocationError)> {
///     let user: Option<String> = session.get("user");
///     // This browser is signed out also if Redis is down, and the response is a 503 then.
///     session.destroy();
///     match revocation.end_user(user).await {
///         Ok(()) => Ok((session, "signed out on all devices")),
///         Err(error) => Err((session, error)),
///     }
/// }
///
/// let revocation = RedisRevocation::new("redis://127.0.0.1:1")?;
/// let session = SessionConfig::builder(Key::generate()).revocation(revocation.clone()).build()?;
/// let app: Router = Router::new()
///     .route("/log-out-everywhere", post(log_out_everywhere))
///     .with_state(AppState { session, revocation });
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # use tower::ServiceExt;
/// # let request = axum::http::Request::post("/log-out-everywhere").body(axum::body::Body::empty()).unwrap();
/// # let response = app.oneshot(request).await.unwrap();
/// # assert_eq!(response.status(), 503);
/// # assert!(response.headers().contains_key("set-cookie"));
/// # });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Which sessions it checks
///
/// It checks sessions that hold a user or a login: by default the values of the keys `"user"` and
/// `"login"`, strings or numbers. Insert both when a user signs in, the login as an id that you draw
/// (a UUID, for example). A session with neither is valid, and Redis is not asked.
///
/// # When Redis does not answer
///
/// The answer is unknown, and the config's
/// [`fail_open`](axum_cookie_session::SessionConfigBuilder::fail_open) decides: by default the
/// handler sees a new session, and the cookie is good again when Redis is back. It is unknown as
/// well if Redis holds no list, because an empty Redis took the place of a full one: see
/// [`initialize`](Self::initialize).
#[derive(Clone)]
pub struct RedisRevocation(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) connection: Connection,
    pub(crate) list: List,
    pub(crate) cache: Cache<Subject, Ended>,
    pub(crate) health: Health,
    pub(crate) user_key: String,
    pub(crate) login_key: String,
    /// How long Redis remembers what ended.
    pub(crate) retention: Duration,
    pub(crate) clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl RedisRevocation {
    /// Makes one with the defaults, for a URL like `redis://:password@redis.example:6379/0`.
    ///
    /// It connects when it is first used, so an application starts also while Redis is down.
    ///
    /// ```
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::new("redis://:password@redis.example")?;
    /// assert_eq!(format!("{revocation:?}"), "RedisRevocation(..)");
    /// # Ok::<(), axum_cookie_session_redis::RevocationError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The URL is not one of a Redis, or needs a feature that is off:
    /// [`RevocationError::is_config`].
    pub fn new(url: impl Into<String>) -> Result<Self, RevocationError> {
        Self::builder(url).build()
    }

    /// Starts one with settings of your own.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::builder("redis://redis.example")
    ///     .cache_ttl(Duration::from_secs(5))
    ///     .build();
    /// assert!(revocation.is_ok());
    /// ```
    pub fn builder(url: impl Into<String>) -> RedisRevocationBuilder {
        RedisRevocationBuilder::single(url.into())
    }

    /// Starts one for a Redis cluster, of which some nodes are named.
    ///
    /// The list is one key, so one node of the cluster holds it.
    ///
    /// ```
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::cluster(["redis://a.example", "redis://b.example"]).build();
    /// assert!(revocation.is_ok());
    /// ```
    #[cfg(feature = "cluster")]
    #[cfg_attr(docsrs, doc(cfg(feature = "cluster")))]
    pub fn cluster<U: Into<String>>(urls: impl IntoIterator<Item = U>) -> RedisRevocationBuilder {
        RedisRevocationBuilder::cluster(urls.into_iter().map(Into::into).collect())
    }

    /// Starts the list in a Redis that is new.
    ///
    /// Call it once when you set Redis up, as you run a migration, and not when the application
    /// starts: a Redis that lost the list would be taken for a new one, and sessions that were ended
    /// would be valid again. Until it was called every answer is unknown. If the list is there, this
    /// changes nothing. After a loss call [`end_all`](Self::end_all) in its place.
    ///
    /// From a shell, with the default [`redis_key`](RedisRevocationBuilder::redis_key):
    /// `redis-cli ZADD axum-cookie-session:ended inf marker`.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), axum_cookie_session_redis::RevocationError> {
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::new("redis://127.0.0.1")?;
    /// revocation.initialize().await?;
    /// assert!(revocation.probe().await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Redis does not answer ([`RevocationError::is_unavailable`]) or answers with an error
    /// ([`RevocationError::is_refused`]).
    pub async fn initialize(&self) -> Result<(), RevocationError> {
        let connection = &self.0.connection;
        connection.query::<()>(&self.0.list.initialize()).await
    }

    /// Checks that Redis answers and holds the list, for a readiness probe or at the start.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), axum_cookie_session_redis::RevocationError> {
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::new("redis://127.0.0.1")?;
    /// if let Err(error) = revocation.probe().await {
    ///     eprintln!("not ready: {error}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Redis does not answer ([`RevocationError::is_unavailable`]), answers with an error
    /// ([`RevocationError::is_refused`]), or holds no list ([`RevocationError::is_uninitialized`]).
    pub async fn probe(&self) -> Result<(), RevocationError> {
        let ended = self.load(&Subject::default()).await?;
        let known = ended.is_complete.then_some(());
        known.ok_or_else(RevocationError::uninitialized)
    }

    /// Logs a user out everywhere: ends the sessions of this user that began until now.
    ///
    /// `user` is what the sessions hold under the [`user_key`](RedisRevocationBuilder::user_key).
    /// Values are compared as JSON, so `7` is not `"7"`.
    ///
    /// Other instances let such a session through for at most
    /// [`cache_ttl`](RedisRevocationBuilder::cache_ttl) plus
    /// [`timeout`](RedisRevocationBuilder::timeout) more, 1.25 seconds by default. A session has a
    /// date in whole seconds, so a login within the second of this call, right after it, is over as
    /// well. Keep the clocks of the instances together: a session that began on a clock two seconds
    /// ahead outlives a call of the next two seconds.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), axum_cookie_session_redis::RevocationError> {
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::new("redis://127.0.0.1")?;
    /// revocation.end_user("ada").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Redis does not answer ([`RevocationError::is_unavailable`]) or answers with an error
    /// ([`RevocationError::is_refused`]), or the user is `null` or is not JSON
    /// ([`RevocationError::is_serialize`]).
    pub async fn end_user<V: Serialize>(&self, user: V) -> Result<(), RevocationError> {
        self.end(&Member::user(user)?).await
    }

    /// Ends one login, with every copy of its cookie.
    ///
    /// `login` is what the session holds under the
    /// [`login_key`](RedisRevocationBuilder::login_key). An id has no date, so this also ends
    /// sessions that began on a clock ahead of this one, and those in the formats of other
    /// frameworks. For how long others let it through see [`end_user`](Self::end_user).
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), axum_cookie_session_redis::RevocationError> {
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::new("redis://127.0.0.1")?;
    /// revocation.end_login("0b6b7a2e-5a2c-4d3f-9a55-2f1f6f0c9a11").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`end_user`](Self::end_user).
    pub async fn end_login<V: Serialize>(&self, login: V) -> Result<(), RevocationError> {
        self.end(&Member::login(login)?).await
    }

    /// Ends every session with a user or a login that began until now.
    ///
    /// It also starts the list: after Redis lost it, this is the way back. All users sign in again,
    /// and no session that was ended becomes valid.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), axum_cookie_session_redis::RevocationError> {
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::new("redis://127.0.0.1")?;
    /// revocation.end_all().await?;
    /// assert!(revocation.probe().await.is_ok());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Redis does not answer ([`RevocationError::is_unavailable`]) or answers with an error
    /// ([`RevocationError::is_refused`]).
    pub async fn end_all(&self) -> Result<(), RevocationError> {
        let commands = self.0.list.end_all(self.0.now());
        self.0.connection.query::<()>(&commands).await?;
        self.0.cache.invalidate_all();
        Ok(())
    }

    pub(crate) fn from_inner(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    async fn end(&self, member: &Member) -> Result<(), RevocationError> {
        let now = self.0.now();
        let expired = now.saturating_sub(self.0.retention.as_secs());
        let commands = self.0.list.end(member, now, expired);
        self.0.connection.query::<()>(&commands).await?;
        // At once here, and on the other instances when their answers are too old.
        self.0.cache.invalidate_all();
        Ok(())
    }

    async fn load(&self, subject: &Subject) -> Result<Ended, RevocationError> {
        let scores: Scores = self.0.connection.query(&self.0.list.load(subject)).await?;
        Ok(Ended::from_scores(scores))
    }

    /// What may be kept, or else what Redis said.
    async fn load_to_keep(&self, subject: &Subject) -> Result<Ended, Option<Ended>> {
        match self.load(subject).await {
            Ok(ended) if ended.is_complete => {
                self.0.health.good();
                Ok(ended)
            }
            Ok(ended) => {
                self.0.health.bad(&RevocationError::uninitialized());
                Err(Some(ended))
            }
            Err(error) => {
                self.0.health.bad(&error);
                Err(None)
            }
        }
    }
}

impl Revocation for RedisRevocation {
    async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
        let inner = &self.0;
        let Some(subject) = Subject::of(session, &inner.user_key, &inner.login_key) else {
            return RevocationStatus::Valid;
        };
        // Of several requests of a user one asks, and the others wait for its answer.
        let load = self.load_to_keep(&subject);
        let ended = match inner.cache.try_get_with_by_ref(&subject, load).await {
            Ok(ended) => ended,
            Err(error) => match *error {
                Some(ended) => ended,
                None => return RevocationStatus::Unknown,
            },
        };
        if ended.ends(seconds(session.created_at())) {
            RevocationStatus::Revoked
        } else if ended.is_complete {
            RevocationStatus::Valid
        } else {
            RevocationStatus::Unknown
        }
    }
}

impl Inner {
    fn now(&self) -> u64 {
        seconds((self.clock)())
    }
}

fn seconds(date: SystemTime) -> u64 {
    date.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

impl fmt::Debug for RedisRevocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedisRevocation(..)")
    }
}
