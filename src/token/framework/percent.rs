//! Percent-encoding (RFC 3986, section 2.1), which some frameworks apply to the whole token.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The bytes of a token that `encodeURIComponent` and Ruby's `URI.encode_www_form_component`
/// encode.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

pub(super) fn decode(value: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(value).decode_utf8().ok()
}

pub(super) fn encode(token: &str) -> String {
    utf8_percent_encode(token, ESCAPED).to_string()
}
