//! How long a session lives.

use std::time::Duration;

use crate::status::Reason;

/// How far ahead the clock of the instance that issued a token may be, in seconds.
const LEEWAY: u64 = 60;

/// When a session began and when its token was made, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) created: u64,
    pub(crate) issued: u64,
}

impl Times {
    pub(crate) fn starting(now: u64) -> Self {
        Self {
            created: now,
            issued: now,
        }
    }

    /// `issued` is never before `created`, or a slow clock would make a token nobody accepts.
    pub(crate) fn reissued(self, now: u64) -> Self {
        Self {
            created: self.created,
            issued: now.max(self.created),
        }
    }
}

/// The two timeouts of a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetime {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
}

impl Lifetime {
    /// Equal is still valid.
    pub(crate) fn check(&self, times: Times, now: Duration) -> Result<(), Reason> {
        if times.issued > now.as_secs().saturating_add(LEEWAY) {
            return Err(Reason::IssuedInFuture);
        }
        if times.created > times.issued {
            return Err(Reason::Malformed);
        }
        if since(times.issued, now) > self.idle {
            return Err(Reason::IdleTimeout);
        }
        if since(times.created, now) > self.absolute {
            return Err(Reason::AbsoluteTimeout);
        }
        Ok(())
    }

    pub(crate) fn refresh_is_due(&self, times: Times, now: u64) -> bool {
        since(times.issued, Duration::from_secs(now)) >= self.idle / 10
    }

    /// Seconds for which a browser is to keep the token.
    pub(crate) fn max_age(&self, times: Times, now: u64) -> u32 {
        let lived = since(times.created, Duration::from_secs(now));
        let left = self.absolute.saturating_sub(lived);
        let seconds = self.idle.min(left).as_secs();
        u32::try_from(seconds).unwrap_or(u32::MAX).max(1)
    }
}

fn since(then: u64, now: Duration) -> Duration {
    now.saturating_sub(Duration::from_secs(then))
}
