//! What is done with a session.

use anyhow::{Context, Result};

use crate::app;
use crate::payload::{Payload, typed_increment_path, typed_read_path};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    NoCookie,
    Read,
    ReadNotReturned,
    ReadTen,
    Increment,
    TypedRead,
    TypedIncrement,
    Renew,
    Forged,
    OtherCookies,
    TwoCandidates,
    Fallback,
}

impl Operation {
    pub(crate) const ALL: [Self; 12] = [
        Self::NoCookie,
        Self::Read,
        Self::ReadNotReturned,
        Self::ReadTen,
        Self::Increment,
        Self::TypedRead,
        Self::TypedIncrement,
        Self::Renew,
        Self::Forged,
        Self::OtherCookies,
        Self::TwoCandidates,
        Self::Fallback,
    ];

    /// Those that differ between formats.
    pub(crate) const OF_FORMATS: [Self; 6] = [
        Self::NoCookie,
        Self::Read,
        Self::ReadNotReturned,
        Self::Increment,
        Self::TypedRead,
        Self::Forged,
    ];

    pub(crate) fn named(name: &str) -> Result<Self> {
        let operation = Self::ALL.into_iter().find(|known| known.name() == name);
        operation.context("unknown operation")
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NoCookie => "no cookie",
            Self::Read => "read one key",
            Self::ReadNotReturned => "read, not returned",
            Self::ReadTen => "read ten keys",
            Self::Increment => "increment one key and send it back",
            Self::TypedRead => "typed session, read",
            Self::TypedIncrement => "typed session, changed and sent back",
            Self::Renew => "renewal: read one key, and extend the session's lifetime",
            Self::Forged => "forged",
            Self::OtherCookies => "read one key, with ten other cookies",
            Self::TwoCandidates => "read one key, with a forged cookie of the same name first",
            Self::Fallback => "read one key, signed with the fallback key",
        }
    }

    pub(crate) fn path(self, payload: &Payload) -> String {
        match self {
            Self::ReadNotReturned => app::READ_NOT_RETURNED.to_owned(),
            Self::ReadTen => app::READ_TEN.to_owned(),
            Self::Increment => app::INCREMENT.to_owned(),
            Self::TypedRead => typed_read_path(payload.name),
            Self::TypedIncrement => typed_increment_path(payload.name),
            Self::Renew => app::RENEW.to_owned(),
            _ => app::READ.to_owned(),
        }
    }

    /// The body of the first response.
    pub(crate) fn answer(self, payload: &Payload) -> u64 {
        match self {
            Self::NoCookie | Self::Forged => 0,
            Self::ReadTen => payload.ten(),
            Self::Increment | Self::TypedIncrement => 8,
            _ => 7,
        }
    }

    /// Whether the handler should find a session.
    pub(crate) fn has_session(self) -> bool {
        !matches!(self, Self::NoCookie | Self::Forged)
    }

    pub(crate) fn changes(self) -> bool {
        matches!(self, Self::Increment | Self::TypedIncrement)
    }

    /// The `Cookie` header, for a browser that got `cookies` when the session was made.
    pub(crate) fn cookies(self, cookies: &str) -> String {
        match self {
            Self::NoCookie => String::new(),
            Self::Forged => forge(cookies),
            Self::OtherCookies => {
                let other = |at: u32| format!("other_{at}=a-value-of-{at}-and-more");
                let others: Vec<_> = (0..10).map(other).collect();
                let (before, after) = others.split_at(5);
                format!("{}; {cookies}; {}", before.join("; "), after.join("; "))
            }
            Self::TwoCandidates => format!("{}; {cookies}", forge(cookies)),
            _ => cookies.to_owned(),
        }
    }
}

/// Changes one character of the first cookie's value. The character is part of a MAC, of the signed
/// text, of ciphertext or of an id. It isn't the last character, which may have spare bits.
pub(crate) fn forge(cookies: &str) -> String {
    let name = cookies.find('=').expect("name=value");
    let at = name + 1 + 10;
    let other = match &cookies[at..=at] {
        "0" => "1",
        _ => "0",
    };
    format!("{}{other}{}", &cookies[..at], &cookies[at + 1..])
}
