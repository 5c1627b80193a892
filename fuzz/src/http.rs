//! The browser's side: `Cookie` headers out, `Set-Cookie` headers in.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};

/// `Cookie` headers, without those that HTTP cannot carry.
pub fn headers<'a>(cookies: impl IntoIterator<Item = &'a [u8]>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_bytes(cookie) {
            headers.append(COOKIE, value);
        }
    }
    headers
}

/// One `Set-Cookie`.
#[derive(Debug, PartialEq)]
pub struct SetCookie {
    pub name: String,
    /// None where the cookie is removed.
    pub value: Option<String>,
    pub max_age: Option<u64>,
}

pub fn set_cookies(headers: &HeaderMap) -> Vec<SetCookie> {
    let all = headers.get_all(SET_COOKIE).iter();
    all.map(|header| {
        assert!(header.is_sensitive());
        let text = header.to_str().expect("printable ASCII");
        let (pair, attributes) = text.split_once("; ").expect("attributes");
        let (name, value) = pair.split_once('=').expect("name=value");
        let max_age = attributes
            .split("; ")
            .find_map(|attribute| attribute.strip_prefix("Max-Age="))
            .map(|seconds| seconds.parse().expect("seconds"));
        let removed = max_age == Some(0);
        // The date needs no clock.
        let removal = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
        assert_eq!(removed, attributes.ends_with(removal), "{attributes}");
        assert_eq!(removed, value.is_empty());
        SetCookie {
            name: name.to_owned(),
            value: (!removed).then(|| value.to_owned()),
            max_age,
        }
    })
    .collect()
}

/// What a browser sends next that had no cookies before.
pub fn sent_back(headers: &HeaderMap) -> HeaderMap {
    let kept: Vec<_> = set_cookies(headers)
        .into_iter()
        .filter_map(|cookie| Some(format!("{}={}", cookie.name, cookie.value?)))
        .collect();
    self::headers([kept.join("; ").as_bytes()])
}
