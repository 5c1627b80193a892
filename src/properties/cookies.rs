//! The pairs of a `Cookie` header.
#![allow(clippy::unwrap_used, reason = "tests")]

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::cookie::request::candidates;
use crate::properties::texts;

/// The values of a name are those of the pairs between semicolons, without the blanks around each
/// pair, in the order of the headers.
fn pairs_are_found(headers: &[String], name: &str) {
    let map: HeaderMap = headers
        .iter()
        .map(|header| (COOKIE, HeaderValue::from_str(header).unwrap()))
        .collect();
    let pairs = headers.iter().flat_map(|header| header.split(';'));
    let pairs = pairs.map(|pair| pair.trim_matches([' ', '\t']));
    let values = pairs.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let mut expected: Vec<_> = values.map(str::as_bytes).collect();
    assert_eq!(
        candidates(&map, name, false).collect::<Vec<_>>(),
        expected,
        "{headers:?}"
    );
    expected.reverse();
    assert_eq!(
        candidates(&map, name, true).collect::<Vec<_>>(),
        expected,
        "{headers:?}"
    );
}

#[test]
fn the_pairs_of_every_short_cookie_header_are_found() {
    for text in texts("ab=; \t", 6) {
        pairs_are_found(&[text], "a");
    }
    for first in texts("a=; ", 3) {
        for second in texts("a=; ", 3) {
            pairs_are_found(&[first.clone(), second], "a");
        }
    }
}

proptest! {
    #[test]
    fn the_pairs_of_any_cookie_headers_are_found(headers in vec("([ab]?=?[;= \ta-c]{0,40}){0,8}", 0..4)) {
        pairs_are_found(&headers, "a");
        pairs_are_found(&headers, "ab");
    }
}
