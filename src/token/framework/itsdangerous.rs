//! The timed signatures of itsdangerous, which Flask and Starlette use.

use crate::token::framework::signer::Signer;
use crate::token::keyring::KeyRing;
use crate::token::{FormatOptions, TokenFormat, base64};

pub(super) fn new(
    name: &str,
    keys: KeyRing,
    options: &'static FormatOptions,
    decode: fn(&str) -> Option<String>,
    encode: fn(&str) -> String,
) -> Box<dyn TokenFormat> {
    Box::new(Signer::<20> {
        name: [name.to_owned()],
        separator: '.',
        keys,
        options,
        parse_time,
        write_time,
        decode,
        encode,
    })
}

/// Seconds, big-endian without leading zero bytes.
fn parse_time(text: &str) -> Option<u64> {
    let bytes = base64::decode_url(text)?;
    if bytes.first() == Some(&0) {
        return None;
    }
    let mut time = [0; 8];
    let start = time.len().checked_sub(bytes.len())?;
    time[start..].copy_from_slice(&bytes);
    Some(u64::from_be_bytes(time))
}

/// Writes the time of a second ago. Readers refuse a token from the future, even by one second.
fn write_time(issued: u64) -> String {
    let time = issued.saturating_sub(1).to_be_bytes();
    let zeros = time.iter().take_while(|byte| **byte == 0).count();
    let mut text = String::new();
    base64::encode_url(&time[zeros..], &mut text);
    text
}
