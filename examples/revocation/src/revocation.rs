//! What was ended, in a Redis that all instances ask.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum_cookie_session::{Revocation, RevocationStatus, VerifiedSession};
use moka::future::Cache;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisResult};
use tokio::time::timeout;

use crate::app::ABSOLUTE_TIMEOUT;

/// How long an instance keeps an answer.
pub(crate) const KEPT: Duration = Duration::from_secs(1);

/// How long a request waits for Redis.
pub(crate) const PATIENCE: Duration = Duration::from_millis(250);

/// After that long no instance lets through what was ended: an answer may have been under way when
/// it was ended, and is kept from then on.
pub(crate) const IN_FORCE: Duration = KEPT.saturating_add(PATIENCE);

/// Answers that an instance keeps at most; a hundred bytes or so each.
const MOST_KEPT: u64 = 100_000;

/// Sorted sets: of users, scored with the date before which their sessions are over, and of logins
/// that are over, scored with the date on which they ended.
const USERS: &str = "ended:users";
const LOGINS: &str = "ended:logins";

/// How much longer a date is kept than a session lives, for clocks that differ.
const MARGIN: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Clone)]
pub(crate) struct RedisRevocation {
    redis: ConnectionManager,
    kept: Cache<Whose, Ended>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Whose {
    user: String,
    login: String,
}

#[derive(Clone, Copy)]
struct Ended {
    /// In Unix seconds.
    user: Option<u64>,
    login: bool,
}

impl RedisRevocation {
    /// Connects when somebody asks: an instance starts also while Redis is down.
    pub(crate) fn new(url: &str) -> RedisResult<Self> {
        Self::keeping(url, KEPT)
    }

    pub(crate) fn keeping(url: &str, kept: Duration) -> RedisResult<Self> {
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_min_delay(Duration::from_millis(10))
            .set_number_of_retries(1);
        let kept = Cache::builder()
            .max_capacity(MOST_KEPT)
            .time_to_live(kept)
            .build();
        Ok(Self {
            redis: ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?,
            kept,
        })
    }

    /// Logs a user out everywhere.
    pub(crate) async fn end_user(&self, user: &str) -> RedisResult<()> {
        self.end(USERS, user).await
    }

    /// Ends one session, with every copy of its cookie.
    pub(crate) async fn end_login(&self, login: &str) -> RedisResult<()> {
        self.end(LOGINS, login).await
    }

    async fn end(&self, set: &str, member: &str) -> RedisResult<()> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let expired = now.saturating_sub(ABSOLUTE_TIMEOUT + MARGIN).as_secs();
        redis::pipe()
            .atomic()
            // GT: an instance whose clock is behind takes nothing back.
            .cmd("ZADD")
            .arg(set)
            .arg("GT")
            .arg(now.as_secs())
            .arg(member)
            .ignore()
            .cmd("ZREMRANGEBYSCORE")
            .arg(set)
            .arg("-inf")
            .arg(expired)
            .ignore()
            .query_async::<()>(&mut self.redis.clone())
            .await?;
        // At once here, and on the other instances when their second is over.
        self.kept.invalidate_all();
        Ok(())
    }

    /// One round trip.
    async fn load(&self, whose: &Whose) -> Option<Ended> {
        let (user, login): (Option<f64>, Option<f64>) = redis::pipe()
            .cmd("ZSCORE")
            .arg(USERS)
            .arg(&whose.user)
            .cmd("ZSCORE")
            .arg(LOGINS)
            .arg(&whose.login)
            .query_async(&mut self.redis.clone())
            .await
            .ok()?;
        Some(Ended {
            user: user.map(|date| date as u64),
            login: login.is_some(),
        })
    }
}

impl Revocation for RedisRevocation {
    async fn check(&self, session: &VerifiedSession<'_>) -> RevocationStatus {
        let Some(user) = session.get("user") else {
            return RevocationStatus::Valid;
        };
        let login = session.get("login").unwrap_or_default();
        let whose = Whose { user, login };
        // Of several requests of a visitor one asks, and the others wait for its answer. None is kept
        // where there is none.
        let load = self
            .kept
            .optionally_get_with_by_ref(&whose, self.load(&whose));
        let Ok(Some(ended)) = timeout(PATIENCE, load).await else {
            return RevocationStatus::Unknown;
        };
        let began = session
            .created_at()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        match ended.login || ended.user.is_some_and(|date| began.as_secs() <= date) {
            true => RevocationStatus::Revoked,
            false => RevocationStatus::Valid,
        }
    }
}
