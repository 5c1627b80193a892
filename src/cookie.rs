//! Cookies in and out: candidates from headers, `Set-Cookie`, attributes.

use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{self, Cookie, CookieJar};

/// Bytes of name and value together, without the `=`, that browsers keep (RFC 6265bis, section
/// 5.6).
pub(crate) const MAX_LEN: usize = 4096;

/// When a browser sends the cookie along on requests that another site started (RFC 6265bis,
/// section 5.5.7).
///
/// ```
/// use axum_cookie_session::{Key, SameSite, SessionConfig};
///
/// let config = SessionConfig::builder(Key::generate())
///     .same_site(SameSite::Strict)
///     .build();
/// assert!(config.is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three values of the standard")]
pub enum SameSite {
    /// Never: a visitor who follows a link from elsewhere arrives signed out.
    Strict,
    /// On links that are followed, but not on forms, images or scripts. The default.
    Lax,
    /// Always; needs [`secure`](crate::SessionConfigBuilder::secure), and protection against
    /// cross-site requests of your own.
    None,
}

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
    /// Whether a `Set-Cookie` for both replaces one with the other (RFC 6265bis, section 5.7).
    pub(crate) fn same_slot(&self, other: &Self) -> bool {
        self.name == other.name && self.fits(other.domain.as_deref(), Some(&other.path))
    }

    fn fits(&self, domain: Option<&str>, path: Option<&str>) -> bool {
        let bare = |domain: &str| domain.trim_start_matches('.').to_ascii_lowercase();
        path == Some(&self.path) && domain.map(bare) == self.domain.as_deref().map(bare)
    }

    fn cookie<'a>(&'a self, name: &'a str, value: &'a str, max_age: Option<u32>) -> Cookie<'a> {
        let mut cookie = Cookie::build((name, value))
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
        if let Some(seconds) = max_age {
            let age = Duration::from_secs(seconds.into());
            cookie = cookie.max_age(age.try_into().expect("32 bits of seconds fit"));
        }
        cookie.build()
    }
}

/// Whether `text` can stand as the value of a `Path` or `Domain` attribute. Browsers ignore
/// one of more than 1024 bytes (RFC 6265bis, section 5.6).
pub(crate) fn is_attribute_value(text: &str) -> bool {
    HeaderValue::from_str(text).is_ok() && !text.contains(';') && text.len() <= 1024
}

/// Where cookies are read from.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    /// The `Cookie` headers of a request.
    Request(&'a HeaderMap),
    /// What the `Set-Cookie` headers of a response leave in a browser.
    Response(&'a HeaderMap),
}

impl Source<'_> {
    /// Offers each value of the cookie `name`, in the order they came, until `take` wants one.
    pub(crate) fn find<R>(
        self,
        attributes: &Attributes,
        name: &str,
        mut take: impl FnMut(&str) -> Option<R>,
    ) -> Option<R> {
        match self {
            Self::Request(headers) => headers.get_all(COOKIE).iter().find_map(|header| {
                // Lossy, so that the bytes of other cookies do not matter.
                String::from_utf8_lossy(header.as_bytes())
                    .split(';')
                    .find_map(|pair| {
                        let pair = pair.trim_matches([' ', '\t']);
                        let value = pair.strip_prefix(name)?.strip_prefix('=')?;
                        take(value)
                    })
            }),
            Self::Response(headers) => pending(headers, attributes, name)
                .filter(|value| !value.is_empty())
                .and_then(|value| take(&value)),
        }
    }

    pub(crate) fn carries(self, attributes: &Attributes) -> bool {
        self.find(attributes, &attributes.name, |_| Some(()))
            .is_some()
    }
}

/// Reads one value through a jar of its own: a jar over the whole header would keep only the last
/// of several cookies of one name, and decode what nobody asked for.
pub(crate) fn through_jar<R>(name: &str, value: &str, read: impl FnOnce(&str) -> R) -> R {
    let jar = CookieJar::new().add(Cookie::new(name.to_owned(), value.to_owned()));
    read(jar.get(name).expect("it was just added").value())
}

/// What `headers` say so far that the cookie `name` is to hold: nothing, where it is removed.
pub(crate) fn pending(headers: &HeaderMap, attributes: &Attributes, name: &str) -> Option<String> {
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

/// Puts exactly one `Set-Cookie` for the cookie `name` into `headers`.
pub(crate) fn set(
    headers: &mut HeaderMap,
    attributes: &Attributes,
    name: &str,
    value: &str,
    max_age: Option<u32>,
) {
    replace(
        headers,
        attributes,
        &attributes.cookie(name, value, max_age),
    );
}

/// Puts exactly one `Set-Cookie` that removes the cookie `name` into `headers`.
pub(crate) fn remove(headers: &mut HeaderMap, attributes: &Attributes, name: &str) {
    let mut cookie = attributes.cookie(name, "", None);
    cookie.make_removal();
    replace(headers, attributes, &cookie);
}

fn replace(headers: &mut HeaderMap, attributes: &Attributes, cookie: &Cookie<'_>) {
    let mut header = HeaderValue::try_from(cookie.to_string())
        .expect("build() checked the attributes, and every format seals printable ASCII");
    header.set_sensitive(true);
    withdraw(headers, attributes, cookie.name());
    headers.append(SET_COOKIE, header);
}

/// Takes back what `headers` say about the cookie `name`; other cookies stay as they are.
pub(crate) fn withdraw(headers: &mut HeaderMap, attributes: &Attributes, name: &str) {
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
