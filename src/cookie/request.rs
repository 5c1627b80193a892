//! The cookies of a request that may be ours.

use std::iter;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use memchr::{memchr, memrchr};

/// The values of all cookies called `name`, as received: in their order, or from the last one to
/// the first.
pub(crate) fn candidates<'a>(
    headers: &'a HeaderMap,
    name: &'a str,
    last_first: bool,
) -> impl Iterator<Item = &'a [u8]> {
    let mut headers = headers.get_all(COOKIE).iter();
    let mut pairs = None;
    iter::from_fn(move || {
        loop {
            let Some(rest) = pairs.take() else {
                let header = if last_first {
                    headers.next_back()
                } else {
                    headers.next()
                };
                pairs = Some(header?.as_bytes());
                continue;
            };
            let pair;
            (pair, pairs) = split_pair(rest, last_first);
            let value = trim(pair)
                .strip_prefix(name.as_bytes())
                .and_then(|pair| pair.strip_prefix(b"="));
            if value.is_some() {
                return value;
            }
        }
    })
}

/// Splits the first pair off a header, or the last one.
fn split_pair(header: &[u8], last: bool) -> (&[u8], Option<&[u8]>) {
    let semicolon = if last {
        memrchr(b';', header)
    } else {
        memchr(b';', header)
    };
    let Some(at) = semicolon else {
        return (header, None);
    };
    let (before, after) = (&header[..at], &header[at + 1..]);
    if last {
        (after, Some(before))
    } else {
        (before, Some(after))
    }
}

/// Removes white space as browsers and servers do (RFC 6265, section 5.2).
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Reads one value through a jar that holds nothing else. A jar of all cookies would keep only the
/// last one of a name, and decode cookies that do not matter here.
pub(crate) fn through_jar<R>(value: &[u8], read: impl FnOnce(&str) -> R) -> R {
    // A jar owns its names, so the config's would be copied.
    const NAME: &str = "candidate";
    // Tokens are ASCII, so it does not matter what becomes of other bytes. `from_utf8_lossy` alone
    // takes two instructions more for each byte.
    let value = std::str::from_utf8(value).map_or_else(
        |_| String::from_utf8_lossy(value).into_owned(),
        str::to_owned,
    );
    let jar = CookieJar::new().add(Cookie::new(NAME, value));
    read(jar.get(NAME).expect("the cookie was just added").value())
}
