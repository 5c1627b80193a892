//! A revocation that one process keeps to itself.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::data::json_style::CANONICAL;
use crate::error::SessionError;
use crate::revocation::{Revocation, RevocationStatus, VerifiedSession};

/// Revocation in the memory of one process: for a single instance, and for tests.
///
/// It keeps a date for a value under a key: the sessions that hold the value and began at that date
/// or before are revoked. Under the key of the user, this logs the user out on all devices. Under
/// the key of an id that you draw at each login, it ends one session.
///
/// ```
/// use std::time::SystemTime;
///
/// use axum::extract::{FromRef, State};
/// use axum::http::{HeaderMap, header::COOKIE};
/// use axum_cookie_session::{
///     Key, MemoryRevocation, Reason, Session, SessionConfig, SessionError, SessionMap, Status,
/// };
///
/// #[derive(Clone, FromRef)]
/// struct AppState {
///     session: SessionConfig,
///     revocation: MemoryRevocation,
/// }
///
/// async fn log_out_everywhere(
///     State(config): State<SessionConfig>,
///     State(revocation): State<MemoryRevocation>,
///     session: Session,
/// ) -> (Session, Result<&'static str, SessionError>) {
///     session
///         .attempt(async |session| {
///             if let Some(user) = session.get::<String>("user") {
///                 revocation.revoke("user", user, config.now())?;
///             }
///             session.destroy();
///             Ok("signed out on all devices")
///         })
///         .await
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let revocation = MemoryRevocation::new();
///     let config = SessionConfig::builder(Key::generate())
///         .revocation(revocation.clone())
///         .build()?;
///     let state = AppState { session: config.clone(), revocation };
///     let cookie = config.encode(&SessionMap::from_iter([("user", "ada")]))?;
///     let headers = HeaderMap::from_iter([(COOKIE, cookie.parse()?)]);
///
///     let session: Session = Session::load(&headers, &config).await;
///     assert_eq!(session.status(), Status::Valid);
///     let (_, result) =
///         log_out_everywhere(State(state.session), State(state.revocation.clone()), session).await;
///     assert!(result.is_ok());
///     let copy: Session = Session::load(&headers, &config).await;
///     assert_eq!(copy.status(), Status::Rejected(Reason::Revoked));
///
///     state.revocation.revoke_all(SystemTime::now()); // all users
///     Ok(())
/// }
/// ```
///
/// Clones share the dates. The dates are lost when the process ends, and other instances do not see
/// them: the guide [`revocation`](crate::guide::revocation) has a Redis and a database for that.
///
/// A date is forgotten when it is longer ago than the
/// [`absolute_timeout`](crate::SessionConfigBuilder::absolute_timeout) of each config that was
/// built with this revocation, because no session can be that old. (For the formats of other
/// frameworks, the idle timeout counts; for Express, no date is forgotten.) It happens when the
/// number of dates has doubled. If your own [`Revocation`] wraps this one, call
/// [`prune`](Self::prune) instead.
///
/// `Debug` shows the keys, never a value.
#[derive(Clone, Default)]
pub struct MemoryRevocation(Arc<RwLock<Dates>>);

/// In Unix seconds.
#[derive(Default)]
struct Dates {
    of_all: Option<u64>,
    /// By key, then by the value's JSON.
    of_values: HashMap<String, HashMap<String, u64>>,
    /// How many values there are.
    count: usize,
    /// The number at which they are pruned again.
    prune_at: usize,
    /// For each config, the date at which its oldest session can have begun.
    oldest: Vec<Oldest>,
}

/// `None` if its sessions never end.
type Oldest = Box<dyn Fn() -> Option<SystemTime> + Send + Sync>;

impl Dates {
    /// Keeps the date of a value. The latest one counts.
    fn keep(&mut self, key: String, value: String, date: u64) {
        let values = self.of_values.entry(key).or_default();
        let before = values.len();
        let latest = values.entry(value).or_default();
        *latest = date.max(*latest);
        self.count += values.len() - before;
        if self.count < self.prune_at {
            return;
        }
        // A config whose sessions never end makes this `None`.
        let oldest = self.oldest.iter().map(|oldest| oldest()).min().flatten();
        if let Some(oldest) = oldest {
            self.prune(seconds(oldest));
        }
        self.prune_at = 2 * self.count;
    }

    fn prune(&mut self, oldest: u64) {
        self.of_all = self.of_all.filter(|date| *date >= oldest);
        self.of_values.retain(|_, dates| {
            dates.retain(|_, date| *date >= oldest);
            !dates.is_empty()
        });
        self.count = self.of_values.values().map(HashMap::len).sum();
    }
}

impl MemoryRevocation {
    /// Makes a revocation that has not revoked a session yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Revokes the sessions that hold `value` under `key` and began at `date` or before.
    ///
    /// `date` counts in whole seconds, as [`created_at`](crate::Session::created_at) does: a
    /// session that began in the same second is revoked. A date in the future also revokes the
    /// sessions that begin until then. If a value has several dates, the latest counts. Values are
    /// compared as JSON: `7` is not `"7"`.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use axum_cookie_session::MemoryRevocation;
    ///
    /// let revocation = MemoryRevocation::new();
    /// // All sessions of a user:
    /// revocation.revoke("user", "ada", SystemTime::now())?;
    /// // One session, by an id drawn at its login, whenever it began:
    /// let absolute_timeout = Duration::from_secs(90 * 24 * 60 * 60);
    /// revocation.revoke("login", "7f3a", SystemTime::now() + absolute_timeout)?;
    /// assert!(format!("{revocation:?}").contains("login"));
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value cannot be serialized as JSON: [`SessionError::is_serialize`].
    pub fn revoke<V: Serialize>(
        &self,
        key: impl Into<String>,
        value: V,
        date: SystemTime,
    ) -> Result<(), SessionError> {
        let key = key.into();
        let value = serde_json::to_string(&value)
            .map_err(|_| SessionError::not_serializable(&key, std::any::type_name::<V>()))?;
        self.write().keep(key, comparable(&value), seconds(date));
        Ok(())
    }

    /// Revokes all sessions that began at `date` or before.
    pub fn revoke_all(&self, date: SystemTime) {
        let mut dates = self.write();
        dates.of_all = dates.of_all.max(Some(seconds(date)));
    }

    /// Forgets the dates before `date`.
    ///
    /// It is only needed if this is not the `revocation` of a config, which forgets old dates by
    /// itself. Call it with the absolute timeout before now: sessions that began before that have
    /// expired anyway.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// use axum_cookie_session::MemoryRevocation;
    ///
    /// let revocation = MemoryRevocation::new();
    /// revocation.revoke("user", "ada", SystemTime::UNIX_EPOCH)?;
    /// let absolute_timeout = Duration::from_secs(90 * 24 * 60 * 60);
    /// revocation.prune(SystemTime::now() - absolute_timeout);
    /// assert_eq!(format!("{revocation:?}"), "MemoryRevocation {}");
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    pub fn prune(&self, date: SystemTime) {
        self.write().prune(seconds(date));
    }

    /// Notes a config that consults it.
    pub(crate) fn serve(&self, oldest: impl Fn() -> Option<SystemTime> + Send + Sync + 'static) {
        self.write().oldest.push(Box::new(oldest));
    }

    // Every change of the dates is one step, so a panic leaves nothing half done.

    fn read(&self) -> RwLockReadGuard<'_, Dates> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Dates> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Revocation for MemoryRevocation {
    async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
        let dates = self.read();
        let ends = |date: u64| session.timestamps.created <= date;
        let revoked = dates.of_all.is_some_and(ends)
            || dates.of_values.iter().any(|(key, dates)| {
                let value = session.object.get(key);
                let date = value.and_then(|value| dates.get(&comparable(value)).copied());
                date.is_some_and(ends)
            });
        if revoked {
            RevocationStatus::Revoked
        } else {
            RevocationStatus::Valid
        }
    }
}

/// One text for all texts of a JSON value, and for a UUID in Flask's tag.
fn comparable(json: &str) -> String {
    let value = CANONICAL.value(json).unwrap_or(Cow::Borrowed(json));
    let tagged = value
        .strip_prefix("{\" u\":\"")
        .and_then(|rest| rest.strip_suffix("\"}"));
    let hex = tagged.map(|uuid| uuid.replace('-', "").to_ascii_lowercase());
    match hex {
        Some(hex) if hex.len() == 32 && hex.is_ascii() => format!(
            "\"{}-{}-{}-{}-{}\"",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        ),
        _ => value.into_owned(),
    }
}

fn seconds(date: SystemTime) -> u64 {
    date.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

impl fmt::Debug for MemoryRevocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryRevocation ")?;
        f.debug_set().entries(self.read().of_values.keys()).finish()
    }
}
