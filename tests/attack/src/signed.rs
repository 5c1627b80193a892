//! Cookies of the peers with exactly this JSON. The library would write a repeated key once.

use std::time::UNIX_EPOCH;

use axum_cookie_session::SessionConfig;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::value::RawValue;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::configs::{NAME, now, secret};

/// `name=value`, and the signature's cookie if the format has one.
pub(crate) fn signed(format: &str, config: &SessionConfig, json: &str) -> String {
    match format {
        "Flask" => {
            let key = sha1(&secret(7), b"cookie-session");
            timed(&compressed(json), '.', &seconds(), |signed| {
                sha1(&key, signed)
            })
        }
        "Starlette" => {
            let salted = [b"itsdangerous.Signersigner", &secret(7)[..]].concat();
            let key = Sha1::digest(salted);
            let payload = STANDARD.encode(json);
            timed(&payload, '.', &seconds(), |signed| sha1(&key, signed))
        }
        "Django" => {
            let salt = b"django.contrib.sessions.backends.signed_cookiessigner";
            let key = Sha256::digest([salt, &secret(7)[..]].concat());
            let time = base62(unix_time().into());
            timed(&compressed(json), ':', &time, |signed| {
                let mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length is a key");
                mac.chain_update(signed).finalize().into_bytes().to_vec()
            })
        }
        "Express" => {
            let pair = format!("{NAME}={}", STANDARD.encode(json));
            let mac = URL_SAFE_NO_PAD.encode(sha1(&secret(7), pair.as_bytes()));
            format!("{pair}; {NAME}.sig={mac}")
        }
        // Our own format keeps the text of a JSON value.
        _ => {
            let json = RawValue::from_string(json.to_owned()).expect("JSON");
            config.encode(&json).expect("it fits")
        }
    }
}

fn timed(payload: &str, separator: char, time: &str, mac: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{payload}{separator}{time}");
    let mac = URL_SAFE_NO_PAD.encode(mac(signed.as_bytes()));
    format!("{NAME}={signed}{separator}{mac}")
}

fn compressed(json: &str) -> String {
    let zlib = compress_to_vec_zlib(json.as_bytes(), 9);
    format!(".{}", URL_SAFE_NO_PAD.encode(zlib))
}

fn sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha1>::new_from_slice(key).expect("any length is a key");
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

fn unix_time() -> u32 {
    let since_epoch = now().duration_since(UNIX_EPOCH);
    let seconds = since_epoch.expect("after the epoch").as_secs();
    u32::try_from(seconds).expect("before 2106")
}

fn seconds() -> String {
    URL_SAFE_NO_PAD.encode(unix_time().to_be_bytes())
}

fn base62(mut number: u64) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = String::new();
    while number > 0 {
        text.insert(0, char::from(digits[(number % 62) as usize]));
        number /= 62;
    }
    text
}
