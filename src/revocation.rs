//! Whether a session that verifies was ended before its time.

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

/// Says whether a session was revoked; give it to
/// [`SessionConfigBuilder::revocation`](crate::SessionConfigBuilder::revocation).
///
/// A signed cookie is valid until it expires, wherever a copy of it is. Logging out everywhere, or
/// ending a session from another device, needs something that all instances can ask: a database, a
/// Redis, or [`MemoryRevocation`](crate::MemoryRevocation) where there is one process.
///
/// ```
/// use std::time::SystemTime;
///
/// use axum_cookie_session::{VerifiedSession, Revocation, RevocationStatus};
///
/// struct Users {/* a pool of connections */}
///
/// impl Users {
///     /// The date before which this user's sessions have ended, if there is one.
///     async fn sessions_ended_at(&self, user: &str) -> Result<Option<SystemTime>, std::io::Error> {
///         // SELECT sessions_ended_at FROM users WHERE name = $1
/// #       match user { "ada" => Ok(Some(SystemTime::now())), "grace" => Ok(None), _ => Err(std::io::Error::other("down")) }
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
/// # use axum::http::{HeaderMap, header::COOKIE};
/// # use axum_cookie_session::{SessionMap, Key, Reason, Session, SessionConfig, Status};
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let config = SessionConfig::builder(Key::generate()).revocation(Users {}).build().unwrap();
/// # for (user, status) in [
/// #     ("ada", Status::Rejected(Reason::Revoked)),
/// #     ("grace", Status::Valid),
/// #     ("alan", Status::Rejected(Reason::RevocationUnknown)),
/// # ] {
/// #     let mut data = SessionMap::default();
/// #     data.insert("user", user);
/// #     let mut headers = HeaderMap::new();
/// #     headers.insert(COOKIE, config.encode(&data).unwrap().parse().unwrap());
/// #     let session: Session = Session::load(&headers, &config).await;
/// #     assert_eq!(session.status(), status);
/// # }
/// # });
/// ```
///
/// # When it is asked
///
/// Once for each request that carries a session, after its token verified and its timeouts held,
/// also if a fallback config verified it; however many extractors of the request ask for the
/// session. If a payload is not a JSON object, it is not a session, and the store is not asked. Of several
/// cookies of one name the first that is valid and not revoked counts: at most 4 are asked about,
/// so that planted ones cost no more. After a revoked one, cookies of
/// [fallback configs](crate::SessionConfigBuilder::fallback_config) are not tried: an older cookie must not
/// bring back what was ended.
///
/// Every such request waits for the answer, so bound it: give the store a timeout, and keep answers
/// for a second or so where that suits you.
///
/// # Which date to compare
///
/// [`created_at`](VerifiedSession::created_at), which a refresh never moves. It is in whole seconds, so
/// compare with `<=`: then a session that began in the second of the logout is over. Its price is
/// that a login within that same second, right after the logout, is over as well, and the visitor
/// signs in again. Machines whose clocks differ date sessions differently: one that began on a clock
/// two seconds ahead outlives a date of the next two seconds. An id of your own in each session,
/// drawn at the login, knows neither limit: end a session by its id where one session is meant.
///
/// The formats of other frameworks have no beginning: there `created_at` is
/// [`issued_at`](VerifiedSession::issued_at), and every write moves it. No revoked session is written
/// here, but the other framework does not ask: what it writes after the logout has a new date, and is
/// valid again. So has what a request wrote that was under way at the logout, or that a cached
/// answer let through. A session of Express always began now, so no date ends it. End such sessions by
/// an id.
pub trait Revocation: Send + Sync + 'static {
    /// Answers for one session. Implement it as `async fn check(&self, session: &VerifiedSession<'_>) ->
    /// RevocationStatus`.
    ///
    /// ```
    /// use axum_cookie_session::{VerifiedSession, Revocation, RevocationStatus};
    ///
    /// /// While the site is closed, no user is signed in.
    /// struct Closed;
    ///
    /// impl Revocation for Closed {
    ///     async fn check(&self, _session: &VerifiedSession<'_>) -> RevocationStatus {
    ///         RevocationStatus::Revoked
    ///     }
    /// }
    /// # use axum_cookie_session::{SessionMap, Key, Reason, Session, SessionConfig, Status};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let config = SessionConfig::builder(Key::generate()).revocation(Closed).build().unwrap();
    /// # let mut headers = axum::http::HeaderMap::new();
    /// # headers.insert("cookie", config.encode(&SessionMap::default()).unwrap().parse().unwrap());
    /// # let session: Session = Session::load(&headers, &config).await;
    /// # assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
    /// # });
    /// ```
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
    /// The session goes on.
    Valid,
    /// The session is over: the visitor has a new one.
    Revoked,
    /// The store does not answer. Then the config decides, with
    /// [`fail_open`](crate::SessionConfigBuilder::fail_open).
    Unknown,
}

/// Session of a request whose token verified, shown to a [`Revocation`].
///
/// `Debug` shows the times alone.
///
/// ```
/// use axum_cookie_session::{VerifiedSession, Revocation, RevocationStatus};
///
/// struct SignedOut(Vec<String>);
///
/// impl Revocation for SignedOut {
///     async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
///         match session.get::<String>("login") {
///             Some(id) if self.0.contains(&id) => RevocationStatus::Revoked,
///             _ => RevocationStatus::Valid,
///         }
///     }
/// }
/// # use axum::http::{HeaderMap, header::COOKIE};
/// # use axum_cookie_session::{SessionMap, Key, Reason, Session, SessionConfig, Status};
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let revocation = SignedOut(vec!["7f3a".to_owned()]);
/// # let config = SessionConfig::builder(Key::generate()).revocation(revocation).build().unwrap();
/// # let mut data = SessionMap::default();
/// # data.insert("login", "7f3a");
/// # let mut headers = HeaderMap::new();
/// # headers.insert(COOKIE, config.encode(&data).unwrap().parse().unwrap());
/// # let session: Session = Session::load(&headers, &config).await;
/// # assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
/// # });
/// ```
pub struct VerifiedSession<'a> {
    pub(crate) timestamps: Timestamps,
    pub(crate) object: &'a Object,
}

impl VerifiedSession<'_> {
    /// When the session began, in whole seconds. A refresh does not move it.
    ///
    /// In the formats of other frameworks it is [`issued_at`](Self::issued_at).
    ///
    /// ```
    /// # use std::time::SystemTime;
    /// # use axum_cookie_session::{VerifiedSession, RevocationStatus};
    /// fn status(session: &VerifiedSession<'_>, ended: SystemTime) -> RevocationStatus {
    ///     match session.created_at() <= ended {
    ///         true => RevocationStatus::Revoked,
    ///         false => RevocationStatus::Valid,
    ///     }
    /// }
    /// # struct Now;
    /// # impl axum_cookie_session::Revocation for Now {
    /// #     async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus { status(session, SystemTime::now()) }
    /// # }
    /// # use axum_cookie_session::{SessionMap, Key, Reason, Session, SessionConfig, Status};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let config = SessionConfig::builder(Key::generate()).revocation(Now).build().unwrap();
    /// # let mut headers = axum::http::HeaderMap::new();
    /// # headers.insert("cookie", config.encode(&SessionMap::default()).unwrap().parse().unwrap());
    /// # let session: Session = Session::load(&headers, &config).await;
    /// # assert_eq!(session.status(), Status::Rejected(Reason::Revoked));
    /// # });
    /// ```
    #[must_use]
    pub fn created_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.timestamps.created)
    }

    /// When the cookie was issued, in whole seconds. Each write and each refresh moves it.
    ///
    /// ```
    /// # use axum_cookie_session::VerifiedSession;
    /// fn was_written_since(session: &VerifiedSession<'_>) -> bool {
    ///     session.created_at() < session.issued_at()
    /// }
    /// # struct Written;
    /// # impl axum_cookie_session::Revocation for Written {
    /// #     async fn check(&self, session: &VerifiedSession<'_>) -> axum_cookie_session::RevocationStatus {
    /// #         assert!(!was_written_since(session));
    /// #         axum_cookie_session::RevocationStatus::Valid
    /// #     }
    /// # }
    /// # use axum_cookie_session::{SessionMap, Key, Session, SessionConfig, Status};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let config = SessionConfig::builder(Key::generate()).revocation(Written).build().unwrap();
    /// # let mut headers = axum::http::HeaderMap::new();
    /// # headers.insert("cookie", config.encode(&SessionMap::default()).unwrap().parse().unwrap());
    /// # let session: Session = Session::load(&headers, &config).await;
    /// # assert_eq!(session.status(), Status::Valid);
    /// # });
    /// ```
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.timestamps.issued)
    }

    /// Gets the value of a key, as [`SessionMap::get`](crate::SessionMap::get) does: `None` where it is absent
    /// or no `V`.
    ///
    /// ```
    /// # use axum_cookie_session::VerifiedSession;
    /// fn login(session: &VerifiedSession<'_>) -> Option<u64> {
    ///     session.get("login")
    /// }
    /// # struct Login;
    /// # impl axum_cookie_session::Revocation for Login {
    /// #     async fn check(&self, session: &VerifiedSession<'_>) -> axum_cookie_session::RevocationStatus {
    /// #         assert_eq!(login(session), Some(7));
    /// #         axum_cookie_session::RevocationStatus::Valid
    /// #     }
    /// # }
    /// # use axum_cookie_session::{SessionMap, Key, Session, SessionConfig, Status};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let config = SessionConfig::builder(Key::generate()).revocation(Login).build().unwrap();
    /// # let mut data = SessionMap::default();
    /// # data.insert("login", 7);
    /// # let mut headers = axum::http::HeaderMap::new();
    /// # headers.insert("cookie", config.encode(&data).unwrap().parse().unwrap());
    /// # let session: Session = Session::load(&headers, &config).await;
    /// # assert_eq!(session.status(), Status::Valid);
    /// # });
    /// ```
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
