//! The sessions of Django's `signed_cookies` backend.

use std::ops::Range;
use std::time::Duration;

use time::format_description::well_known::Iso8601;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::data::json_style::{JsonStyle, NotRepresentable, ascii};
use crate::data::object::Object;
use crate::token::framework::signer::Signer;
use crate::token::framework::{number, zlib};
use crate::token::key::Key;
use crate::token::keyring::KeyRing;
use crate::token::mac::{Hash, hmac};
use crate::token::{CandidateOrder, CookieLifetime, FormatOptions, TokenFormat};

const SALT: &[u8] = b"django.contrib.sessions.backends.signed_cookies";

static OPTIONS: FormatOptions = FormatOptions {
    json_style: &COMPACT_PYTHON,
    subsecond_expiry: true,
    order: CandidateOrder::LastCookie,
    lifetime,
    ..FormatOptions::FRAMEWORK
};

static COMPACT_PYTHON: JsonStyle = JsonStyle {
    ascii: true,
    number: number::python,
    check_member,
    ..JsonStyle::PLAIN
};

pub(crate) fn new(name: &str, keys: &[Key], _: Option<Duration>) -> Box<dyn TokenFormat> {
    let keys = KeyRing::new(keys, |secret| {
        let derived = Hash::Sha256.digest(&[SALT, b"signer", secret]);
        hmac(Hash::Sha256, &derived)
    });
    Box::new(Signer::<32> {
        name: [name.to_owned()],
        separator: ':',
        keys,
        options: &OPTIONS,
        parse_time: parse_base62,
        write_time: write_base62,
        decode,
        encode: |json| zlib::encode(json.as_bytes()),
    })
}

/// The value of `set_expiry`: seconds, a date, or 0 until the browser closes.
fn lifetime(session: &Object, now: u64) -> CookieLifetime {
    let seconds = match session.get("_session_expiry") {
        None | Some("null") => return CookieLifetime::Config,
        Some("false") => return CookieLifetime::BrowserSession,
        Some(text) if text.parse() == Ok(0.0) => return CookieLifetime::BrowserSession,
        // A number to Python.
        Some("true") => Some(1),
        Some(text) if text.starts_with('"') => {
            let date = serde_json::from_str::<String>(text).ok();
            date.and_then(|date| unix_time(&date))
                .map(|end| u64::try_from(end).unwrap_or(0).saturating_sub(now))
        }
        // `as` saturates.
        Some(text) => text.parse::<f64>().ok().map(|seconds| seconds as u64),
    };
    seconds.map_or(CookieLifetime::Config, |seconds| CookieLifetime::Seconds {
        seconds,
        issued: None,
    })
}

/// Django answers an error to a session with another expiry, or with one that is not in the years 1
/// to 9999.
fn check_member(key: &str, value: &str) -> Result<(), NotRepresentable> {
    const SECONDS: Range<f64> = -50_000_000_000.0..250_000_000_000.0;
    let is_readable = || {
        let date = serde_json::from_str::<String>(value).ok();
        let seconds = value.parse::<f64>().ok();
        value == "null"
            || seconds.is_some_and(|seconds| SECONDS.contains(&seconds))
            || date.is_some_and(|date| unix_time(&date).is_some())
    };
    if key == "_session_expiry" && !is_readable() {
        return Err("Django reads seconds or a date here, and answers an error to others");
    }
    Ok(())
}

/// A date as Python's `isoformat` writes it. One without a time zone is in UTC.
fn unix_time(date: &str) -> Option<i64> {
    let zoned = OffsetDateTime::parse(date, &Iso8601::DEFAULT);
    let zoned = zoned.or_else(|_| {
        PrimitiveDateTime::parse(date, &Iso8601::DEFAULT).map(PrimitiveDateTime::assume_utc)
    });
    Some(zoned.ok()?.unix_timestamp())
}

/// Django reads the payload as Latin-1, where each byte is a character.
fn decode(payload: &str) -> Option<String> {
    let bytes = zlib::decode(payload)?;
    let json: String = bytes.into_iter().map(char::from).collect();
    Some(if json.is_ascii() { json } else { ascii(&json) })
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Seconds, most significant digit first and without leading zeros.
fn parse_base62(text: &str) -> Option<u64> {
    if text.is_empty() || text.starts_with('0') && text != "0" {
        return None;
    }
    text.bytes().try_fold(0u64, |time, digit| {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        time.checked_mul(62)?.checked_add(value as u64)
    })
}

fn write_base62(mut time: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[(time % 62) as usize]));
        time /= 62;
        if time == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A time that is written is read back as it was, and no two texts mean the same time.
    #[test]
    fn base62_has_one_text_for_each_time() {
        let powers = (0..=10).map(|exponent| 62_u64.pow(exponent));
        let near = powers.flat_map(|power| [power - 1, power, power + 1]);
        for time in (0..100_000).chain(near).chain([u64::MAX - 1, u64::MAX]) {
            assert_eq!(parse_base62(&write_base62(time)), Some(time));
        }
        for bytes in (0..=u16::MAX).map(u16::to_be_bytes) {
            let text: String = bytes.map(char::from).iter().collect();
            for text in [&text, &format!("{text}z"), &format!("lYGhA16aha{text}")] {
                if let Some(time) = parse_base62(text) {
                    assert_eq!(&write_base62(time), text);
                }
            }
        }
    }
}
