//! The idle timeout and the absolute timeout, and the Max-Age that follows from them.

use std::time::Duration;

use crate::status::Reason;
use crate::token::timestamps::{LEEWAY, Timestamps};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
}

impl Timeouts {
    /// An age equal to the timeout is still valid.
    pub(crate) fn check(
        &self,
        timestamps: Timestamps,
        now: Duration,
        subsecond: bool,
    ) -> Result<(), Reason> {
        let now = Duration::new(
            now.as_secs(),
            if subsecond { now.subsec_nanos() } else { 0 },
        );
        if timestamps.issued > now.as_secs().saturating_add(LEEWAY) {
            return Err(Reason::IssuedInFuture);
        }
        if timestamps.created > timestamps.issued {
            return Err(Reason::Malformed);
        }
        if age(timestamps.issued, now) > self.idle {
            return Err(Reason::IdleTimeout);
        }
        if age(timestamps.created, now) > self.absolute {
            return Err(Reason::AbsoluteTimeout);
        }
        Ok(())
    }

    pub(crate) fn refresh_is_due(&self, timestamps: Timestamps, now: u64) -> bool {
        age(timestamps.issued, Duration::from_secs(now)) >= self.idle / 10
    }

    /// The seconds for which a browser should keep the token: at least 1.
    pub(crate) fn max_age(&self, timestamps: Timestamps, now: u64) -> u32 {
        seconds(self.idle.min(self.absolute_left(timestamps, now)))
    }

    /// The seconds that are left of the absolute timeout: at least 1.
    #[cfg(feature = "device-bound")]
    pub(crate) fn absolute_max_age(&self, timestamps: Timestamps, now: u64) -> u32 {
        seconds(self.absolute_left(timestamps, now))
    }

    fn absolute_left(&self, timestamps: Timestamps, now: u64) -> Duration {
        self.absolute
            .saturating_sub(age(timestamps.created, Duration::from_secs(now)))
    }
}

fn age(then: u64, now: Duration) -> Duration {
    now.saturating_sub(Duration::from_secs(then))
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX).max(1)
}
