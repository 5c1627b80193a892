//! The seam between sessions and the spelling of their tokens.

mod native;

use std::cmp::Ordering;

pub(crate) use native::Native;

use crate::lifetime::Times;
use crate::status::Reason;

/// How a token is spelt, with the keys that sign and verify it.
pub(crate) trait Format: Send + Sync {
    /// Verifies a candidate. Nothing of it is parsed before its MAC holds.
    fn open<'a>(&self, token: &'a str) -> Result<Opened<'a>, Rejection>;

    /// Reads the JSON text out of the payload of an opened token.
    fn json(&self, payload: &str) -> Option<String>;

    /// Makes the token of a JSON object.
    fn seal(&self, json: &str, times: Times) -> String;
}

/// A token whose MAC holds.
pub(crate) struct Opened<'a> {
    pub(crate) payload: &'a str,
    pub(crate) times: Times,
    /// Whether a key other than the signing one verified it.
    pub(crate) fallback: bool,
}

/// Why a candidate was not opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rejection {
    pub(crate) reason: Reason,
    /// Whether the MAC was right.
    pub(crate) verified: bool,
}

impl Rejection {
    pub(crate) const fn unverified(reason: Reason) -> Self {
        Self {
            reason,
            verified: false,
        }
    }

    pub(crate) const fn verified(reason: Reason) -> Self {
        Self {
            reason,
            verified: true,
        }
    }
}

/// The one that got furthest is the greatest.
impl Ord for Rejection {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.verified, self.reason as u8).cmp(&(other.verified, other.reason as u8))
    }
}

impl PartialOrd for Rejection {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
