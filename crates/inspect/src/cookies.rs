//! The cookies in what was given: a token, a pair, or whole headers.

use std::collections::HashSet;

use cookie::Cookie;
use indexmap::IndexMap;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::token;

/// The kind of text that holds the cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum InputKind {
    Token,
    Pair,
    Cookie,
    SetCookie,
}

/// One cookie; a bare token has no name.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) name: Option<String>,
    pub(crate) value: String,
    /// Of a `Set-Cookie`.
    pub(crate) attributes: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Cookies {
    pub(crate) kind: InputKind,
    pub(crate) pairs: Vec<Pair>,
}

impl Cookies {
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let cookies = Self::from_headers(text).unwrap_or_else(|| Self::from_text(text));
        let controls = |text: &str| text.chars().any(char::is_control);
        let odd = |pair: &Pair| {
            let attributes = pair.attributes.as_deref();
            [pair.name.as_deref(), Some(&pair.value), attributes]
                .into_iter()
                .flatten()
                .any(controls)
        };
        if cookies.pairs.iter().any(odd) {
            return Err(Failure::new(
                Kind::UnknownFormat,
                "the input is of no known format: it holds line breaks or control characters, and no cookie does",
            ));
        }
        match cookies.pairs.is_empty() {
            true => Err(Failure::new(
                Kind::WhichCookie,
                "the header holds no cookie",
            )),
            false => Ok(cookies),
        }
    }

    /// Reads a header without its name, a pair, or a token.
    fn from_text(text: &str) -> Self {
        if text.contains(';') {
            let is_set_cookie =
                Cookie::parse(text).is_ok_and(|cookie| !attributes(&cookie).is_empty());
            return match is_set_cookie {
                true => Self::set_cookie([text]),
                false => Self::cookie([text]),
            };
        }
        match pair(text) {
            Some(pair) => Self {
                kind: InputKind::Pair,
                pairs: vec![pair],
            },
            None => Self {
                kind: InputKind::Token,
                pairs: vec![Pair {
                    name: None,
                    value: text.to_owned(),
                    attributes: None,
                }],
            },
        }
    }

    /// Reads lines such as `Cookie: ..`, also among other headers and as `curl -v` shows them. As in a
    /// browser, a `Set-Cookie` replaces the `Cookie` of its name.
    fn from_headers(text: &str) -> Option<Self> {
        let values = |wanted: &str| -> Vec<&str> {
            let headers = text.lines().filter_map(|line| {
                let line = line.trim_start_matches(['<', '>', ' ', '\t']);
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case(wanted).then_some(value.trim())
            });
            headers.collect()
        };
        let (set_cookie, cookie) = (values("set-cookie"), values("cookie"));
        match (set_cookie.is_empty(), cookie.is_empty()) {
            (false, _) => Some(Self::set_cookie(set_cookie).replacing(Self::cookie(cookie))),
            (true, false) => Some(Self::cookie(cookie)),
            // A response that sets none.
            (true, true) if text.starts_with("HTTP/") => Some(Self::cookie([])),
            (true, true) => None,
        }
    }

    /// Adds the cookies of `sent` that these do not replace.
    fn replacing(mut self, mut sent: Self) -> Self {
        let names: HashSet<_> = self.pairs.iter().map(|pair| &pair.name).collect();
        sent.pairs.retain(|pair| !names.contains(&pair.name));
        self.pairs.extend(sent.pairs);
        self
    }

    fn cookie<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        let pairs = headers.into_iter().flat_map(Cookie::split_parse).flatten();
        Self {
            kind: InputKind::Cookie,
            pairs: pairs.map(|cookie| Pair::from_cookie(&cookie)).collect(),
        }
    }

    /// As in a browser, the last of those with one name, domain and path replaces the others; also
    /// one that removes the cookie.
    fn set_cookie<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        let cookies = headers.into_iter().flat_map(Cookie::parse);
        let pairs = cookies.map(|cookie| {
            let domain = cookie.domain().map(str::to_ascii_lowercase);
            let path = cookie.path().map(str::to_owned);
            let pair = Pair {
                attributes: Some(attributes(&cookie)),
                ..Pair::from_cookie(&cookie)
            };
            ((pair.name.clone(), domain, path), pair)
        });
        let last: IndexMap<_, _> = pairs.collect();
        Self {
            kind: InputKind::SetCookie,
            pairs: last.into_values().collect(),
        }
    }
}

impl Pair {
    fn from_cookie(cookie: &Cookie<'_>) -> Self {
        Self {
            name: Some(cookie.name().to_owned()),
            value: cookie.value().to_owned(),
            attributes: None,
        }
    }
}

/// A `name=value`, unless it is a token with padding.
fn pair(text: &str) -> Option<Pair> {
    if token::guess(text, false).is_some_and(|guess| guess.token.decodes()) {
        return None;
    }
    let cookie = Cookie::parse(text).ok()?;
    // The base64 of an object begins so, and of a token that is cut short the padding may be left.
    (!text.starts_with("eyJ")).then(|| Pair::from_cookie(&cookie))
}

/// The attributes of a cookie as text, those that are unknown left out.
fn attributes(cookie: &Cookie<'_>) -> String {
    let mut nameless = cookie.clone();
    nameless.set_name("");
    nameless.set_value("");
    let text = nameless.to_string();
    text.trim_start_matches(['=', ';', ' ']).to_owned()
}
