//! zlib streams (RFC 1950), as Flask and Django compress payloads.

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use crate::token::{MAX_JSON_LEN, base64};

/// zlib's default.
const LEVEL: u8 = 6;

/// Writes a payload as base64, or as a dot and the base64 of a zlib stream if that is shorter by
/// more than the dot.
pub(super) fn encode(json: &[u8]) -> String {
    let mut payload = String::new();
    let deflated = compress_to_vec_zlib(json, LEVEL);
    if deflated.len() + 1 < json.len() {
        payload.push('.');
        base64::encode_url(&deflated, &mut payload);
    } else {
        base64::encode_url(json, &mut payload);
    }
    payload
}

pub(super) fn decode(payload: &str) -> Option<Vec<u8>> {
    match payload.strip_prefix('.') {
        Some(deflated) => {
            let deflated = base64::decode_url(deflated)?;
            decompress_to_vec_zlib_with_limit(&deflated, MAX_JSON_LEN).ok()
        }
        None => base64::decode_url(payload),
    }
}
