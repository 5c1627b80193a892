//! What is done with a session.

use anyhow::{Context, Result};

use crate::payload::NAME;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    NoCookie,
    Read,
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
    pub(crate) const ALL: [Self; 11] = [
        Self::NoCookie,
        Self::Read,
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

    pub(crate) fn named(name: &str) -> Result<Self> {
        let operation = Self::ALL.into_iter().find(|known| known.name() == name);
        operation.context("no such operation")
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NoCookie => "no cookie",
            Self::Read => "read one key",
            Self::ReadTen => "read ten keys",
            Self::Increment => "increment one key and send it back",
            Self::TypedRead => "typed view, read",
            Self::TypedIncrement => "typed view, changed and sent back",
            Self::Renew => "renewal: read one key, and the session lives on",
            Self::Forged => "forged",
            Self::OtherCookies => "read one key, ten other cookies beside ours",
            Self::TwoCandidates => "read one key, a forged cookie of the same name before ours",
            Self::Fallback => "read one key, signed with the fallback key",
        }
    }

    /// Whether the handler should find no session.
    pub(crate) fn expects_nothing(self) -> bool {
        matches!(self, Self::NoCookie | Self::Forged)
    }

    pub(crate) fn changes(self) -> bool {
        matches!(self, Self::Increment | Self::TypedIncrement)
    }

    /// The `Cookie` header, of a browser that got `cookies` when the session was filled.
    pub(crate) fn cookies(self, cookies: &str) -> String {
        match self {
            Self::NoCookie => String::new(),
            Self::Forged => forged(cookies),
            Self::OtherCookies => {
                let other = |at: u32| format!("other_{at}=a-value-of-{at}-and-more");
                let others: Vec<_> = (0..10).map(other).collect();
                let (before, after) = others.split_at(5);
                format!("{}; {cookies}; {}", before.join("; "), after.join("; "))
            }
            Self::TwoCandidates => format!("{}; {cookies}", forged(cookies)),
            _ => cookies.to_owned(),
        }
    }
}

/// Changes a character that is part of a MAC, of what it covers, or of a session's id.
fn forged(cookies: &str) -> String {
    let at = NAME.len() + 1 + 10;
    let other = match &cookies[at..=at] {
        "0" => "1",
        _ => "0",
    };
    format!("{}{other}{}", &cookies[..at], &cookies[at + 1..])
}
