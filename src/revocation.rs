//! Revocation: ending sessions before they expire.

pub(crate) mod cache;
pub(crate) mod memory;

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;

use crate::data::object::Object;
use crate::revocation::memory::MemoryRevocation;
use crate::token::timestamps::Timestamps;

/// Decides whether a session was revoked, for
/// [`SessionConfigBuilder::revocation`](crate::SessionConfigBuilder::revocation).
///
/// A signed cookie is valid until it expires, and so is each copy of it. To log a user out on all
/// devices, or to end a session from another device, all instances have to consult one place: a
/// database, Redis, or [`MemoryRevocation`](crate::MemoryRevocation) if there is only one process.
/// The guide [`revocation`](crate::guide::revocation) has one for Redis, SQLite and Postgres each,
/// and says which dates to compare.
///
/// ```
/// use std::time::SystemTime;
///
/// use axum::http::{HeaderMap, header::COOKIE};
/// use axum_cookie_session::{
///     Key, Reason, Revocation, RevocationStatus, Session, SessionConfig, SessionMap, Status,
///     VerifiedSession,
/// };
///
/// struct Users; // in your application, a pool of connections
///
/// impl Users {
///     /// Returns when the sessions of this user were ended.
///     async fn sessions_ended_at(&self, user: &str) -> Result<Option<SystemTime>, std::io::Error> {
///         match user {
///             "ada" => Ok(Some(SystemTime::now())),
///             _ => Ok(None),
///         }
///     }
/// }
///
/// impl Revocation for Users {
///     async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
///         let Some(user) = session.get::<String>("user") else {
///             return RevocationStatus::Valid; // no user is signed in
///         };
///         match self.sessions_ended_at(&user).await {
///             Ok(Some(date)) if session.created_at() <= date => RevocationStatus::Revoked,
///             Ok(_) => RevocationStatus::Valid,
///             Err(_) => RevocationStatus::Unknown,
///         }
///     }
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let config = SessionConfig::builder(Key::generate()).revocation(Users).build()?;
///     for (user, status) in [
///         ("ada", Status::Rejected(Reason::Revoked)),
///         ("grace", Status::Valid),
///     ] {
///         let cookie = config.encode(&SessionMap::from_iter([("user", user)]))?;
///         let headers = HeaderMap::from_iter([(COOKIE, cookie.parse()?)]);
///         let session: Session = Session::load(&headers, &config).await;
///         assert_eq!(session.status(), status);
///     }
///     Ok(())
/// }
/// ```
///
/// # When it is consulted
///
/// Once for each request that carries a session, after its token was verified and its timeouts were
/// checked, also if a fallback config verified it, and no matter how many extractors the handler
/// has. A payload that is not a JSON object is not a session, so the store is not consulted.
///
/// If a request carries several cookies of the name, the first one that is valid and not revoked
/// counts. At most 4 of them are looked up, so planted cookies cost no more than that. After a
/// revoked one, the cookies of [fallback configs](crate::SessionConfigBuilder::fallback_config) are
/// not tried: an older cookie must not bring back a session that was ended.
///
/// Each such request waits for the answer, so give the store a timeout. If a delay of a second is
/// acceptable, keep its answers that long.
pub trait Revocation: Send + Sync + 'static {
    /// Checks one session.
    ///
    /// Implement it as `async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus`.
    fn check(&self, session: &VerifiedSession<'_>)
    -> impl Future<Output = RevocationStatus> + Send;
}

impl<R: Revocation> Revocation for Arc<R> {
    fn check(
        &self,
        session: &VerifiedSession<'_>,
    ) -> impl Future<Output = RevocationStatus> + Send {
        (**self).check(session)
    }
}

/// Answer of a [`Revocation`].
///
/// ```
/// use axum_cookie_session::RevocationStatus;
///
/// fn status(row: Result<bool, std::io::Error>) -> RevocationStatus {
///     match row {
///         Ok(true) => RevocationStatus::Revoked,
///         Ok(false) => RevocationStatus::Valid,
///         Err(_) => RevocationStatus::Unknown,
///     }
/// }
/// assert_eq!(status(Err(std::io::Error::other("no route to host"))), RevocationStatus::Unknown);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// The session was not revoked.
    Valid,
    /// The session was revoked: the handler sees a new one.
    Revoked,
    /// The store does not answer. The config's
    /// [`fail_open`](crate::SessionConfigBuilder::fail_open) decides what the handler sees.
    Unknown,
}

/// Session of a request whose token was verified, as a [`Revocation`] sees it.
///
/// `Debug` shows only the times.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use axum::http::{HeaderMap, header::COOKIE};
/// use axum_cookie_session::{
///     Key, Reason, Revocation, RevocationStatus, Session, SessionConfig, SessionMap, Status,
///     VerifiedSession,
/// };
///
/// struct SignedOut {
///     all_until: SystemTime,
///     logins: Vec<String>,
/// }
///
/// impl Revocation for SignedOut {
///     async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
///         assert!(session.created_at() <= session.issued_at());
///         let login = session.get::<String>("login");
///         if session.created_at() <= self.all_until
///             || login.is_some_and(|login| self.logins.contains(&login))
///         {
///             RevocationStatus::Revoked
///         } else {
///             RevocationStatus::Valid
///         }
///     }
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let revocation = SignedOut {
///         all_until: SystemTime::now() - Duration::from_secs(60),
///         logins: vec!["7f3a".to_owned()],
///     };
///     let config = SessionConfig::builder(Key::generate()).revocation(revocation).build()?;
///     let cookie = config.encode(&SessionMap::from_iter([("login", "7f3a")]))?;
///     let headers = HeaderMap::from_iter([(COOKIE, cookie.parse()?)]);
///     let session: Session = Session::load(&headers, &config).await;
///     assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
///     Ok(())
/// }
/// ```
pub struct VerifiedSession<'a> {
    pub(crate) timestamps: Timestamps,
    pub(crate) object: &'a Object,
}

impl VerifiedSession<'_> {
    /// Returns when the session began, in whole seconds. A refresh does not move it.
    ///
    /// In the formats of other frameworks it is [`issued_at`](Self::issued_at).
    #[must_use]
    pub fn created_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.timestamps.created)
    }

    /// Returns when the cookie was issued, in whole seconds. Each write and each refresh moves it.
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.timestamps.issued)
    }

    /// Gets the value of a key, as [`SessionMap::get`](crate::SessionMap::get) does: `None` if the
    /// key is absent or its value is not a `V`.
    #[must_use]
    pub fn get<V: DeserializeOwned>(&self, key: &str) -> Option<V> {
        serde_json::from_str(self.object.get(key)?).ok()
    }
}

impl fmt::Debug for VerifiedSession<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedSession")
            .field("created", &self.timestamps.created)
            .field("issued", &self.timestamps.issued)
            .finish_non_exhaustive()
    }
}

/// A [`Revocation`] of any type, so that a config does not need a type parameter.
pub(crate) trait DynRevocation: Send + Sync {
    fn check<'a>(
        &'a self,
        session: &'a VerifiedSession<'a>,
    ) -> Pin<Box<dyn Future<Output = RevocationStatus> + Send + 'a>>;

    /// The one in memory, which forgets what the configs do not need.
    fn as_memory(&self) -> Option<&MemoryRevocation>;
}

impl<R: Revocation> DynRevocation for R {
    fn check<'a>(
        &'a self,
        session: &'a VerifiedSession<'a>,
    ) -> Pin<Box<dyn Future<Output = RevocationStatus> + Send + 'a>> {
        Box::pin(Revocation::check(self, session))
    }

    fn as_memory(&self) -> Option<&MemoryRevocation> {
        let any: &dyn Any = self;
        let shared = || any.downcast_ref::<Arc<MemoryRevocation>>();
        any.downcast_ref()
            .or_else(|| shared().map(|shared| &**shared))
    }
}
