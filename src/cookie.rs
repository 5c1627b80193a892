//! Cookies in and out: candidates from headers, `Set-Cookie`, attributes.

pub(crate) mod same_site;

use std::iter;

use axum::http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{self, Cookie, CookieJar};
use memchr::{memchr, memrchr};

use crate::config::SessionConfig;
use crate::cookie::same_site::SameSite;
use crate::token::Sealed;
use crate::token::base64;

/// Bytes of name and value together, without the `=`, that browsers keep (RFC 6265bis, section
/// 5.6).
pub(crate) const MAX_LEN: usize = 4096;

/// Name and attributes of a cookie.
#[derive(Debug, Clone)]
pub(crate) struct Attributes {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) domain: Option<String>,
    pub(crate) secure: bool,
    pub(crate) http_only: bool,
    pub(crate) same_site: SameSite,
    pub(crate) partitioned: bool,
}

impl Attributes {
    /// Whether a cookie of one name replaces the other's (RFC 6265bis, section 5.7).
    fn same_place(&self, other: &Self) -> bool {
        self.fits(other.domain.as_deref(), Some(&other.path))
    }

    fn fits(&self, domain: Option<&str>, path: Option<&str>) -> bool {
        let bare = |domain: &str| domain.trim_start_matches('.').to_ascii_lowercase();
        path == Some(&self.path) && domain.map(bare) == self.domain.as_deref().map(bare)
    }

    /// What follows the value in a `Set-Cookie`, but for Max-Age: the same for every response.
    pub(crate) fn suffix(&self) -> String {
        let nameless = self.cookie("").to_string();
        nameless.trim_start_matches('=').to_owned()
    }

    fn cookie<'a>(&'a self, name: &'a str) -> Cookie<'a> {
        let mut cookie = Cookie::build(name)
            .path(&self.path)
            .secure(self.secure)
            .http_only(self.http_only)
            .partitioned(self.partitioned)
            .same_site(match self.same_site {
                SameSite::Strict => cookie::SameSite::Strict,
                SameSite::Lax => cookie::SameSite::Lax,
                SameSite::None => cookie::SameSite::None,
            });
        if let Some(domain) = &self.domain {
            cookie = cookie.domain(domain);
        }
        cookie.build()
    }
}

/// Whether `text` is the name of a host, with or without a dot before it. Browsers drop a cookie
/// whose Domain does not match theirs (RFC 6265bis, sections 5.6.3 and 5.7), so no other text can
/// stand there.
pub(crate) fn is_domain(text: &str) -> bool {
    let name = text.strip_prefix('.').unwrap_or(text);
    let is_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_byte);
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether `text` can stand as the value of a `Path` attribute. Browsers trim it, and ignore one of
/// more than 1024 bytes (RFC 6265bis, section 5.6).
pub(crate) fn is_path(text: &str) -> bool {
    let printable = |byte| matches!(byte, b' '..=b'~') && byte != b';';
    text.bytes().all(printable) && text.trim() == text && text.len() <= 1024
}

/// Whether `text` is a date as HTTP writes it (RFC 9110, section 5.6.7).
#[cfg(feature = "flask")]
pub(crate) fn is_http_date(text: &str) -> bool {
    let cookie = Cookie::parse(format!("date=; Expires={text}"));
    text.len() == 29
        && text.ends_with(" GMT")
        && cookie.is_ok_and(|cookie| cookie.expires_datetime().is_some())
}

/// Where cookies are read from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// The `Cookie` headers of a request.
    Request(&'a HeaderMap),
    /// What the `Set-Cookie` headers of a response leave in a browser.
    Response(&'a HeaderMap),
}

/// Signatures that are tried, and values where each is tried with all of them. A browser holds 180
/// cookies of a site, so more are an attack.
const MAX_PAIRED: usize = 256;

impl Source<'_> {
    /// Offers each value of a config's cookie, with what may be its signatures, until `take` wants
    /// one.
    pub(crate) fn find<R>(
        self,
        config: &SessionConfig,
        mut take: impl FnMut(&[u8], &[Vec<u8>]) -> Option<R>,
    ) -> Option<R> {
        let attributes = config.attributes();
        let last_first = config.format().habits().last_first;
        let mut signatures = Vec::new();
        let mut offers = usize::MAX;
        if let Some(name) = config.format().signature_name() {
            offers = MAX_PAIRED;
            self.values(attributes, name, false, &mut |signature| {
                signatures.extend(base64::decode_url(signature));
                (signatures.len() == MAX_PAIRED).then_some(())
            });
        }
        self.values(attributes, &attributes.name, last_first, &mut |value| {
            offers = offers.checked_sub(1)?;
            take(value, &signatures)
        })
    }

    /// Whether the last word of a response is that the session goes.
    pub(crate) fn removes(self, config: &SessionConfig) -> bool {
        match self {
            Self::Request(_) => false,
            Self::Response(headers) => {
                let ours = config.attributes();
                pending(headers, ours, &ours.name).is_some_and(|value| value.is_empty())
            }
        }
    }

    pub(crate) fn carries(self, config: &SessionConfig) -> bool {
        let name = &config.attributes().name;
        self.values(config.attributes(), name, false, &mut |_| Some(()))
            .is_some()
    }

    /// Offers each value of the cookie `name`, in the order they came or in the reverse.
    fn values<R>(
        self,
        attributes: &Attributes,
        name: &str,
        last_first: bool,
        take: &mut dyn FnMut(&[u8]) -> Option<R>,
    ) -> Option<R> {
        let headers = match self {
            Self::Request(headers) => headers.get_all(COOKIE).iter(),
            Self::Response(headers) => {
                return pending(headers, attributes, name)
                    .filter(|value| !value.is_empty())
                    .and_then(|value| take(value.as_bytes()));
            }
        };
        let mut value = |pair: &[u8]| {
            let pair = trimmed(pair).strip_prefix(name.as_bytes())?;
            take(pair.strip_prefix(b"=")?)
        };
        let mut offer = |header: &HeaderValue| pairs(header, last_first).find_map(&mut value);
        match last_first {
            false => headers.into_iter().find_map(&mut offer),
            true => headers.rev().find_map(&mut offer),
        }
    }
}

/// What stands between the semicolons of a header, in the order it came or in the reverse.
fn pairs(header: &HeaderValue, last_first: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(header.as_bytes());
    iter::from_fn(move || {
        let bytes = rest?;
        let end = match last_first {
            false => memchr(b';', bytes),
            true => memrchr(b';', bytes),
        };
        let Some(end) = end else {
            return rest.take();
        };
        let (before, after) = (&bytes[..end], &bytes[end + 1..]);
        let (pair, others) = match last_first {
            false => (before, after),
            true => (after, before),
        };
        rest = Some(others);
        Some(pair)
    })
}

/// Without white space around it (RFC 6265, section 5.2).
fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// Reads one value through a jar of its own: a jar over the whole header would keep only the last
/// of several cookies of one name, and decode what nobody asked for.
pub(crate) fn through_jar<R>(name: &str, value: &[u8], read: impl FnOnce(&str) -> R) -> R {
    // No token holds other bytes than ASCII, so what becomes of them does not matter.
    let value = std::str::from_utf8(value).map_or_else(
        |_| String::from_utf8_lossy(value).into_owned(),
        str::to_owned,
    );
    let jar = CookieJar::new().add(Cookie::new(name.to_owned(), value));
    read(jar.get(name).expect("it was just added").value())
}

/// What `headers` say so far that the cookie `name` is to hold: nothing, where it is removed.
fn pending(headers: &HeaderMap, attributes: &Attributes, name: &str) -> Option<String> {
    let cookie = headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|header| ours(header, attributes, name))
        .next_back()?;
    Some(match cookie.max_age() {
        Some(age) if age.is_zero() => String::new(),
        _ => cookie.value().to_owned(),
    })
}

/// The cookie of a `Set-Cookie` header, where it has the name, the Domain and the Path given.
fn ours<'a>(header: &'a HeaderValue, attributes: &Attributes, name: &str) -> Option<Cookie<'a>> {
    let text = std::str::from_utf8(header.as_bytes()).ok()?;
    let rest = text.strip_prefix(name)?;
    rest.starts_with('=').then_some(())?;
    let cookie = Cookie::parse(text).ok()?;
    attributes
        .fits(cookie.domain(), cookie.path())
        .then_some(cookie)
}

/// Puts exactly one `Set-Cookie` for each cookie of a session into `headers`.
pub(crate) fn set(
    headers: &mut HeaderMap,
    config: &SessionConfig,
    sealed: &Sealed,
    max_age: Option<u32>,
) {
    let values = iter::once(&sealed.value).chain(&sealed.signature);
    let max_age = max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    for (name, value) in names(config).zip(values) {
        let set_cookie = [name, "=", value, config.set_cookie_suffix(), &max_age].concat();
        replace(headers, config, name, set_cookie);
    }
}

/// Puts exactly one `Set-Cookie` that removes it for each cookie of a session into `headers`, but
/// for those that `keeper` has too.
pub(crate) fn remove(
    headers: &mut HeaderMap,
    config: &SessionConfig,
    keeper: Option<&SessionConfig>,
) {
    let attributes = config.attributes();
    for name in names(config) {
        let kept = |keeper: &SessionConfig| {
            attributes.same_place(keeper.attributes()) && names(keeper).any(|kept| kept == name)
        };
        if !keeper.is_some_and(kept) {
            let mut cookie = attributes.cookie(name);
            cookie.make_removal();
            replace(headers, config, name, cookie.to_string());
        }
    }
}

/// Takes back what `headers` say about the session; other cookies stay as they are.
pub(crate) fn withdraw(headers: &mut HeaderMap, config: &SessionConfig) {
    for name in names(config) {
        without(headers, config.attributes(), name);
    }
}

/// The names of the cookies of a session.
fn names(config: &SessionConfig) -> impl Iterator<Item = &str> {
    iter::once(config.attributes().name.as_str()).chain(config.format().signature_name())
}

fn replace(headers: &mut HeaderMap, config: &SessionConfig, name: &str, set_cookie: String) {
    let mut header = HeaderValue::try_from(set_cookie)
        .expect("build() checked the attributes, and every format seals printable ASCII");
    header.set_sensitive(true);
    without(headers, config.attributes(), name);
    headers.append(SET_COOKIE, header);
}

fn without(headers: &mut HeaderMap, attributes: &Attributes, name: &str) {
    let is_ours = |header: &HeaderValue| ours(header, attributes, name).is_some();
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

/// Keeps a response that sets a cookie out of shared caches, unless it says otherwise itself.
pub(crate) fn keep_private(headers: &mut HeaderMap) {
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private"));
}
