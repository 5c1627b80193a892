//! The headers of a response that have to do with our cookies.

use axum::http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::Cookie;

use crate::cookie::attributes::Attributes;

/// What the headers of a response do to a cookie so far.
pub(crate) enum SetCookie {
    To(String),
    Removed,
}

/// The last `Set-Cookie` for the cookie `name`, if there is one.
pub(crate) fn last_set_cookie(
    headers: &HeaderMap,
    attributes: &Attributes,
    name: &str,
) -> Option<SetCookie> {
    let cookie = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|header| parse_set_cookie(header, attributes, name))
        .next_back()?;
    if cookie.value().is_empty() || cookie.max_age().is_some_and(|age| age.is_zero()) {
        return Some(SetCookie::Removed);
    }
    Some(SetCookie::To(cookie.value().to_owned()))
}

/// The `Cookie` header that a browser sends after a response with these `headers`.
pub(crate) fn cookies_left<'a>(
    headers: &HeaderMap,
    cookies: impl Iterator<Item = (&'a Attributes, &'a [String])>,
) -> HeaderMap {
    let mut left = HeaderMap::new();
    for (attributes, names) in cookies {
        for name in names {
            if let Some(SetCookie::To(value)) = last_set_cookie(headers, attributes, name)
                && let Ok(pair) = HeaderValue::try_from([name, "=", &value].concat())
            {
                left.append(COOKIE, pair);
            }
        }
    }
    left
}

/// The cookie of a `Set-Cookie` header, if it has this name, Domain and Path.
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
        .is_place(cookie.domain(), cookie.path())
        .then_some(cookie)
}

/// Sets the cookie `name`. `suffix` is that of its attributes.
pub(crate) fn set(
    headers: &mut HeaderMap,
    attributes: &Attributes,
    suffix: &str,
    name: &str,
    value: &str,
    max_age: Option<u32>,
) {
    let max_age = max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    let set_cookie = [name, "=", value, suffix, &max_age].concat();
    replace(headers, attributes, name, set_cookie);
}

/// Removes the cookie `name` from the browser.
pub(crate) fn remove(headers: &mut HeaderMap, attributes: &Attributes, name: &str) {
    let mut cookie = attributes.cookie(name);
    cookie.make_removal();
    replace(headers, attributes, name, cookie.to_string());
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

/// Keeps a response that sets a cookie out of shared caches, if it does not say otherwise.
pub(crate) fn keep_private(headers: &mut HeaderMap) {
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private"));
}
