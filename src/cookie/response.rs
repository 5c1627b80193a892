//! The headers of a response that have to do with our cookies.

use axum::http::header::{CACHE_CONTROL, COOKIE, HeaderName, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::Cookie;

use crate::cookie::attributes::Attributes;

/// Old browsers know no Max-Age. The date needs no clock.
const REMOVAL: &str = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

/// The effect of a response's headers on a cookie so far.
pub(crate) enum SetCookie {
    To(String),
    Removed,
}

/// The last `Set-Cookie` for the cookie `name`, if there is one. `now` is in Unix seconds.
pub(crate) fn last_set_cookie(
    headers: &HeaderMap,
    attributes: &Attributes,
    name: &str,
    now: u64,
) -> Option<SetCookie> {
    let cookie = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|header| parse_set_cookie(header, attributes, name))
        .next_back()?;
    // Max-Age goes before Expires (RFC 6265bis, section 5.7).
    let is_over = match (cookie.max_age(), cookie.expires_datetime()) {
        (Some(age), _) => !age.is_positive(),
        (None, Some(date)) => date.unix_timestamp() <= now.try_into().unwrap_or(i64::MAX),
        (None, None) => false,
    };
    if is_over || cookie.value().is_empty() {
        return Some(SetCookie::Removed);
    }
    Some(SetCookie::To(cookie.value().to_owned()))
}

/// The `Cookie` header that a browser sends after a response with these `headers`.
pub(crate) fn cookies_left<'a>(
    headers: &HeaderMap,
    cookies: impl Iterator<Item = (&'a Attributes, &'a [String])>,
    now: u64,
) -> HeaderMap {
    let mut left = HeaderMap::new();
    for (attributes, names) in cookies {
        for name in names {
            if let Some(SetCookie::To(value)) = last_set_cookie(headers, attributes, name, now)
                && let Ok(pair) = HeaderValue::try_from([name, "=", &value].concat())
            {
                left.append(COOKIE, pair);
            }
        }
    }
    left
}

/// The cookie of a `Set-Cookie` header, if it has this name and is at this place.
fn parse_set_cookie<'a>(
    header: &'a HeaderValue,
    attributes: &Attributes,
    name: &str,
) -> Option<Cookie<'a>> {
    let text = std::str::from_utf8(header.as_bytes()).ok()?;
    if !text.strip_prefix(name)?.starts_with('=') {
        return None;
    }
    let cookie = Cookie::parse(text).ok()?;
    attributes
        .is_place(
            cookie.domain(),
            cookie.path(),
            cookie.partitioned() == Some(true),
        )
        .then_some(cookie)
}

/// Sets the cookie `name`.
pub(crate) fn set(
    headers: &mut HeaderMap,
    attributes: &Attributes,
    name: &str,
    value: &str,
    max_age: Option<u32>,
) {
    let max_age = max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    let set_cookie = [name, "=", value, &attributes.suffix, &max_age].concat();
    replace(headers, attributes, name, set_cookie);
}

/// Removes the cookie `name` from the browser.
pub(crate) fn remove(headers: &mut HeaderMap, attributes: &Attributes, name: &str) {
    let set_cookie = [name, "=", &attributes.suffix, REMOVAL].concat();
    replace(headers, attributes, name, set_cookie);
}

/// Leaves exactly one `Set-Cookie` for the cookie `name`.
fn replace(headers: &mut HeaderMap, attributes: &Attributes, name: &str, set_cookie: String) {
    let mut header = HeaderValue::try_from(set_cookie)
        .expect("build() checked the attributes, and every format encodes to printable ASCII");
    header.set_sensitive(true);
    take_back(headers, attributes, name);
    headers.append(SET_COOKIE, header);
}

/// Removes each `Set-Cookie` for the cookie `name` from the response.
pub(crate) fn take_back(headers: &mut HeaderMap, attributes: &Attributes, name: &str) {
    let is_ours = |header: &HeaderValue| parse_set_cookie(header, attributes, name).is_some();
    if !headers.get_all(SET_COOKIE).iter().any(is_ours) {
        return;
    }
    let others: Vec<_> = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter(|header| !is_ours(header))
        .cloned()
        .collect();
    headers.remove(SET_COOKIE);
    for header in others {
        headers.append(SET_COOKIE, header);
    }
}

/// Tells caches that the response depends on the cookie (RFC 9110, section 12.5.5).
pub(crate) fn vary(headers: &mut HeaderMap) {
    let named = headers.get_all(VARY).iter().any(|header| {
        header
            .as_bytes()
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii)
            .any(|name| name == b"*" || name.eq_ignore_ascii_case(b"cookie"))
    });
    if !named {
        headers.append(VARY, HeaderValue::from_static("Cookie"));
    }
}

/// The headers that ask only some caches: CDNs (RFC 9213), and older surrogates.
const TARGETED: [HeaderName; 2] = [
    HeaderName::from_static("cdn-cache-control"),
    HeaderName::from_static("surrogate-control"),
];

/// Whether the application asks shared caches to store the response.
pub(crate) fn asks_to_share(headers: &HeaderMap) -> bool {
    directives(headers)
        .iter()
        .any(|directive| is_shared(directive))
}

/// Keeps a response that sets a cookie out of shared caches (RFC 9111, section 5.2.2.7), and
/// returns whether the application had asked for the opposite.
pub(crate) fn keep_private(headers: &mut HeaderMap) -> bool {
    let mut asked = false;
    for name in TARGETED {
        asked |= headers.remove(name).is_some();
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private"));
        return asked;
    }
    let mut directives = directives(headers);
    let is_kept_out = directives.iter().any(|directive| {
        ["private", "no-store"]
            .iter()
            .any(|name| directive.eq_ignore_ascii_case(name))
    });
    if is_kept_out {
        return asked;
    }
    asked |= asks_to_share(headers);
    directives.retain(|directive| !is_shared(directive));
    directives.push("private".to_owned());
    let value = HeaderValue::try_from(directives.join(", "));
    headers.insert(
        CACHE_CONTROL,
        value.unwrap_or(HeaderValue::from_static("private")),
    );
    asked
}

/// Keeps a response out of all caches.
pub(crate) fn no_store(headers: &mut HeaderMap) {
    for name in TARGETED {
        headers.remove(name);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// The directives of all `Cache-Control` lines. A quoted argument may hold a comma. Bytes that are
/// not ASCII are not part of any directive.
fn directives(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(CACHE_CONTROL).iter();
    let mut directives = Vec::new();
    for line in lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()) {
        let mut quoted = false;
        let parts = line.split(|char| {
            quoted ^= char == '"';
            char == ',' && !quoted
        });
        let parts = parts.map(str::trim).filter(|part| !part.is_empty());
        directives.extend(parts.map(str::to_owned));
    }
    directives
}

fn is_shared(directive: &str) -> bool {
    let name = directive.split('=').next().unwrap_or_default().trim();
    ["public", "s-maxage"]
        .iter()
        .any(|shared| name.eq_ignore_ascii_case(shared))
}
