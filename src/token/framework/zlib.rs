//! Payloads that are compressed where that is shorter, as Flask and Django write them.

use crate::token::deflate::{deflate_zlib, inflate_zlib};
use crate::token::{MAX_JSON_LEN, base64};

/// Writes a payload as base64, or as a dot and the base64 of a zlib stream if that is shorter by
/// more than the dot.
pub(super) fn encode(json: &[u8]) -> String {
    let mut payload = String::new();
    match deflate_zlib(json).filter(|deflated| deflated.len() + 1 < json.len()) {
        Some(deflated) => {
            payload.push('.');
            base64::encode_url(&deflated, &mut payload);
        }
        None => base64::encode_url(json, &mut payload),
    }
    payload
}

pub(super) fn decode(payload: &str) -> Option<Vec<u8>> {
    match payload.strip_prefix('.') {
        Some(deflated) => inflate_zlib(&base64::decode_url(deflated)?, MAX_JSON_LEN),
        None => base64::decode_url(payload),
    }
}
