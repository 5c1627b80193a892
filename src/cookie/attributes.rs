//! Name and attributes of a cookie, and what may stand in them.

use axum_extra::extract::cookie::{self, Cookie};

use crate::cookie::same_site::SameSite;

/// The bytes of name and value, without the `=`, that browsers keep (RFC 6265bis, section 5.6).
pub(crate) const MAX_COOKIE_LEN: usize = 4096;

#[derive(Debug, Clone)]
pub(crate) struct Attributes {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) domain: Option<String>,
    pub(crate) secure: bool,
    pub(crate) http_only: bool,
    pub(crate) same_site: SameSite,
    pub(crate) partitioned: bool,
    /// The text after the value in a `Set-Cookie`, without its lifetime. `build()` fills it in.
    pub(crate) suffix: String,
}

impl Attributes {
    /// Whether a cookie of one name would replace the other's (RFC 6265bis, section 5.7).
    pub(crate) fn same_cookie(&self, other: &Self) -> bool {
        self.is_place(
            other.domain.as_deref(),
            Some(&other.path),
            other.partitioned,
        )
    }

    /// Whether a cookie with these attributes is at the same place: browsers keep cookies of one
    /// name apart by Domain, Path and whether they are partitioned.
    pub(crate) fn is_place(
        &self,
        domain: Option<&str>,
        path: Option<&str>,
        partitioned: bool,
    ) -> bool {
        let bare = |domain: &str| domain.trim_start_matches('.').to_ascii_lowercase();
        path == Some(&self.path)
            && domain.map(bare) == self.domain.as_deref().map(bare)
            && partitioned == self.partitioned
    }

    /// Makes [`suffix`](Self::suffix), which is the same in every response.
    pub(crate) fn make_suffix(&self) -> String {
        let nameless = self.cookie("").to_string();
        nameless.trim_start_matches('=').to_owned()
    }

    /// A cookie of these attributes without a value.
    pub(crate) fn cookie<'a>(&'a self, name: &'a str) -> Cookie<'a> {
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

/// Whether `text` is a host name, with or without a leading dot. Browsers drop a cookie whose
/// Domain does not match their host (RFC 6265bis, sections 5.6.3 and 5.7), so nothing else works.
pub(crate) fn is_domain(text: &str) -> bool {
    let name = text.strip_prefix('.').unwrap_or(text);
    let is_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_byte);
    name.len() <= 253 && name.split('.').all(is_label)
}

/// Whether `text` works as the value of a `Path` attribute. Browsers trim it, and ignore one of
/// more than 1024 bytes (RFC 6265bis, section 5.6).
pub(crate) fn is_path(text: &str) -> bool {
    let printable = |byte| matches!(byte, b' '..=b'~') && byte != b';';
    text.bytes().all(printable) && text.trim() == text && text.len() <= 1024
}

/// Whether `text` is a date of HTTP (RFC 9110, section 5.6.7).
#[cfg(feature = "flask")]
pub(crate) fn is_http_date(text: &str) -> bool {
    let cookie = Cookie::parse(format!("date=; Expires={text}"));
    text.len() == 29
        && text.ends_with(" GMT")
        && cookie.is_ok_and(|cookie| cookie.expires_datetime().is_some())
}
