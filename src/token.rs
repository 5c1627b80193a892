//! The seam between sessions and the bytes of their tokens.

pub(crate) mod base64;
pub(crate) mod binding;
#[cfg(feature = "encryption")]
mod cipher;
#[cfg(any(feature = "compression", feature = "flask", feature = "django"))]
mod deflate;
#[allow(dead_code, reason = "each of what they share is used by some of them")]
pub(crate) mod framework;
pub(crate) mod key;
pub(crate) mod keyring;
pub(crate) mod mac;
pub(crate) mod native;
pub(crate) mod payload;
pub(crate) mod random;
pub(crate) mod timestamps;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::time::Duration;

use crate::data::json_style::{JsonStyle, SERDE};
use crate::data::object::Object;
use crate::status::Reason;
use crate::token::key::Key;
use crate::token::random::RandomError;
use crate::token::timestamps::Timestamps;

/// The format of a token, with the keys that sign and verify it.
pub(crate) trait TokenFormat: Send + Sync {
    /// The names of the cookies of a token. A second one carries the signature.
    fn cookie_names(&self) -> &[String];

    fn options(&self) -> &'static FormatOptions;

    /// Checks the MAC of a candidate and reads its timestamps. Nothing of it is parsed before the
    /// MAC is verified.
    fn verify<'a>(
        &self,
        candidate: &Candidate<'a>,
        now: Duration,
    ) -> Result<VerifiedToken<'a>, Rejection>;

    /// Decodes the payload of a verified token: its JSON text.
    fn decode(&self, token: &VerifiedToken<'_>) -> Option<String>;

    /// Makes the cookies of a token, one for each of [`cookie_names`](Self::cookie_names).
    fn encode(
        &self,
        json: &str,
        timestamps: Timestamps,
    ) -> Result<Vec<EncodedCookie<'_>>, RandomError>;
}

/// Makes a format for the name of a cookie, its keys, of which the first one signs, and the idle
/// timeout if one is set.
pub(crate) type NewFormat = fn(&str, &[Key], Option<Duration>) -> Box<dyn TokenFormat>;

/// How a format differs from the others, except for its bytes.
pub(crate) struct FormatOptions {
    pub(crate) json_style: &'static JsonStyle,
    /// Whether a token says when its session was created. If not, there is no absolute timeout.
    pub(crate) has_created_at: bool,
    /// Whether a token says when it was issued. If not, there is no idle timeout either.
    pub(crate) has_issued_at: bool,
    /// Whether ages count fractions of a second.
    pub(crate) subsecond_expiry: bool,
    /// Which of several valid cookies counts.
    pub(crate) order: CandidateOrder,
    /// Whether a value may be in double quotes (RFC 6265, section 4.1.1), which do not count.
    pub(crate) unquotes: bool,
    /// Whether the name of the cookie may hold a colon.
    pub(crate) allows_colon: bool,
    /// The longest JSON text that is read or written, in bytes.
    pub(crate) max_json_len: usize,
    /// Whether what a key takes in the cookie shows only when the rest is compressed without it.
    pub(crate) compresses: bool,
    /// The cookie's lifetime, if the framework put one into the session; the second argument is
    /// now.
    pub(crate) lifetime: fn(&Object, u64) -> CookieLifetime,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each is used by some of the formats")]
pub(crate) enum CandidateOrder {
    Newest,
    FirstCookie,
    LastCookie,
}

/// For how long a browser should keep a session.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each is used by some of the formats")]
pub(crate) enum CookieLifetime {
    /// As long as the config says.
    Config,
    /// Until the browser closes.
    BrowserSession,
    /// For so many seconds, whatever the config says.
    Seconds {
        seconds: u64,
        /// When these began, if the token does not say it.
        issued: Option<u64>,
    },
}

/// Bytes of JSON that are read or written at most.
pub(crate) const MAX_JSON_LEN: usize = 64 * 1024;

impl FormatOptions {
    pub(crate) const NATIVE: Self = Self {
        json_style: &SERDE,
        has_created_at: true,
        has_issued_at: true,
        subsecond_expiry: false,
        order: CandidateOrder::Newest,
        unquotes: false,
        allows_colon: false,
        max_json_len: MAX_JSON_LEN,
        compresses: false,
        lifetime: |_, _| CookieLifetime::Config,
    };

    /// A longer inflated text is a bomb and not a session.
    #[cfg(feature = "compression")]
    pub(crate) const NATIVE_COMPRESSED: Self = Self {
        max_json_len: 16 * 1024,
        compresses: true,
        ..Self::NATIVE
    };

    /// The options that the formats of other frameworks share.
    #[allow(dead_code, reason = "the formats are behind features")]
    pub(crate) const FRAMEWORK: Self = Self {
        has_created_at: false,
        order: CandidateOrder::FirstCookie,
        unquotes: true,
        ..Self::NATIVE
    };
}

/// The value of a cookie that may be a token, with what may be its signatures.
pub(crate) struct Candidate<'a> {
    pub(crate) value: &'a str,
    /// Those of the cookies of the second name, decoded. Empty if the format has one name.
    #[cfg_attr(
        not(feature = "express"),
        expect(dead_code, reason = "only Express has a second cookie")
    )]
    pub(crate) signatures: &'a [Vec<u8>],
}

/// A token whose MAC is right.
pub(crate) struct VerifiedToken<'a> {
    pub(crate) payload: Cow<'a, str>,
    pub(crate) timestamps: Timestamps,
    /// The position of the key in its [`KeyRing`](keyring::KeyRing).
    pub(crate) key: usize,
}

pub(crate) struct EncodedCookie<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: String,
}

impl EncodedCookie<'_> {
    /// Bytes of name and value, as RFC 6265bis, section 5.6, counts them.
    pub(crate) fn len(&self) -> usize {
        self.name.len() + self.value.len()
    }
}

/// Why a candidate was rejected. The one that passed the most checks is the greatest.
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
