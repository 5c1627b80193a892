//! The seam between sessions and the spelling of their tokens.

pub(crate) mod base64;
#[cfg(any(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django"
))]
pub(crate) mod framework;
pub(crate) mod key;
pub(crate) mod mac;
pub(crate) mod native;
pub(crate) mod timestamps;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::panic::RefUnwindSafe;
use std::time::Duration;

pub(crate) use native::Native;

use crate::data::object::Object;
use crate::status::Reason;
use crate::token::key::Key;
use crate::token::timestamps::Times;

/// How a token is spelt, with the keys that sign and verify it.
pub(crate) trait Format: Send + Sync {
    /// Verifies a candidate. Nothing of it is parsed before its MAC holds.
    fn open<'a>(&self, candidate: &Candidate<'a>, now: Duration) -> Result<Opened<'a>, Rejection>;

    /// Reads the JSON text out of the payload of an opened token.
    fn json(&self, payload: &str) -> Option<String>;

    /// Makes the token of a JSON object.
    fn encode(&self, json: &str, times: Times) -> Sealed;

    /// How its JSON is spelt.
    fn dialect(&self) -> &'static dyn Dialect {
        &Plain
    }

    /// The name of a second cookie that carries the signature, where there is one.
    fn signature_name(&self) -> Option<&str> {
        None
    }

    /// What is peculiar to it.
    fn habits(&self) -> Habits {
        Habits::default()
    }

    /// Whether a browser is to keep the session when it closes.
    fn outlives_browser(&self, _session: &Object) -> bool {
        true
    }
}

/// Makes the format of a peer for a cookie's name; the first key signs.
pub(crate) type Make = fn(&str, &[Key]) -> Box<dyn Format>;

/// What distinguishes one format from another beside its bytes.
#[derive(Clone, Copy)]
pub(crate) struct Habits {
    /// Whether a token says when its session began.
    pub(crate) knows_creation: bool,
    /// Whether ages count fractions of a second.
    pub(crate) counts_fractions: bool,
    /// Whether the last of several cookies of one name counts first.
    pub(crate) last_first: bool,
    /// Bytes of JSON that it reads.
    pub(crate) max_json: usize,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            knows_creation: true,
            counts_fractions: false,
            last_first: false,
            max_json: usize::MAX,
        }
    }
}

/// How a reader of JSON wants it spelt.
pub(crate) trait Dialect: Send + Sync + RefUnwindSafe {
    fn name(&self) -> &'static str;

    /// Spells a value that was set.
    fn value<'a>(&self, json: &'a str) -> Result<Cow<'a, str>, Unspeakable>;

    /// Spells a key of the session itself.
    fn key(&self, key: &str) -> Result<String, Unspeakable>;

    /// Between members.
    fn comma(&self) -> &'static str {
        ","
    }

    /// Between a key and its value.
    fn colon(&self) -> &'static str {
        ":"
    }
}

/// Why a reader could not read a key or a value.
pub(crate) type Unspeakable = &'static str;

/// JSON as serde_json writes it.
pub(crate) struct Plain;

impl Dialect for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn value<'a>(&self, json: &'a str) -> Result<Cow<'a, str>, Unspeakable> {
        Ok(Cow::Borrowed(json))
    }

    fn key(&self, key: &str) -> Result<String, Unspeakable> {
        Ok(serde_json::to_string(key).expect("every text is a JSON string"))
    }
}

/// The value of a cookie that may be a session, with what may be its signatures.
pub(crate) struct Candidate<'a> {
    pub(crate) value: &'a str,
    /// Of the cookies named [`Format::signature_name`], decoded; none where there is no such name.
    #[cfg_attr(not(feature = "express"), expect(dead_code, reason = "Express has it"))]
    pub(crate) signatures: &'a [Vec<u8>],
}

/// A token whose MAC holds.
pub(crate) struct Opened<'a> {
    pub(crate) payload: &'a str,
    pub(crate) times: Times,
    /// Whether a key other than the signing one verified it.
    pub(crate) fallback: bool,
}

/// What goes into the cookie, and into that of its signature.
pub(crate) struct Sealed {
    pub(crate) value: String,
    pub(crate) signature: Option<String>,
}

impl Sealed {
    pub(crate) fn one(value: String) -> Self {
        Self {
            value,
            signature: None,
        }
    }
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
