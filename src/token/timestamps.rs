//! When a session was created, and when its token was issued.

/// The two times of a token, in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timestamps {
    pub(crate) created: u64,
    pub(crate) issued: u64,
}

impl Timestamps {
    /// Those of a session that begins now.
    pub(crate) fn starting(now: u64) -> Self {
        Self {
            created: now,
            issued: now,
        }
    }

    /// `issued` is never before `created`. A slow clock would otherwise make a token that no
    /// instance accepts.
    pub(crate) fn reissued(self, now: u64) -> Self {
        Self {
            created: self.created,
            issued: now.max(self.created),
        }
    }
}
