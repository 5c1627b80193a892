//! Cookies with exactly this JSON, or with this payload, and a good MAC.

use std::time::UNIX_EPOCH;

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit as _};
use axum_cookie_session::SessionConfig;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use hmac::{EagerHash, Hmac, Mac};
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use pbkdf2::pbkdf2_hmac;
use serde_json::value::RawValue;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::configs::{NAME, now, secret};

/// Our own format keeps the text of a JSON value.
pub(crate) fn native(config: &SessionConfig, json: &str) -> String {
    let json = RawValue::from_string(json.to_owned()).expect("JSON");
    config.encode(&json).expect("it fits")
}

/// Compressed as far as it goes, whatever that inflates to.
pub(crate) fn native_compressed(json: &str) -> String {
    native_stream(&compress_to_vec(json.as_bytes(), 9))
}

/// A token of version 1 with any DEFLATE stream.
pub(crate) fn native_stream(stream: &[u8]) -> String {
    let key = mac::<Sha1>(
        &secret(7),
        format!("axum-cookie-session v1 {NAME}").as_bytes(),
    );
    let times = URL_SAFE_NO_PAD.encode([unix_time().to_be_bytes(); 2].concat());
    let signed = format!("1.~{}.{times}", URL_SAFE_NO_PAD.encode(stream));
    let mac = &mac::<Sha1>(&key, signed.as_bytes())[..16];
    format!("{NAME}={signed}.{}", URL_SAFE_NO_PAD.encode(mac))
}

pub(crate) fn flask(json: &str) -> String {
    let key = mac::<Sha1>(&secret(7), b"cookie-session");
    timed(&compressed(json), '.', &seconds(), |signed| {
        mac::<Sha1>(&key, signed)
    })
}

pub(crate) fn starlette(json: &str) -> String {
    let salted = [b"itsdangerous.Signersigner", &secret(7)[..]].concat();
    let key = Sha1::digest(salted);
    let payload = STANDARD.encode(json);
    timed(&payload, '.', &seconds(), |signed| {
        mac::<Sha1>(&key, signed)
    })
}

pub(crate) fn django(json: &str) -> String {
    let salt = b"django.contrib.sessions.backends.signed_cookiessigner";
    let key = Sha256::digest([salt, &secret(7)[..]].concat());
    let time = base62(unix_time().into());
    timed(&compressed(json), ':', &time, |signed| {
        mac::<Sha256>(&key, signed)
    })
}

pub(crate) fn express(json: &str) -> String {
    let pair = format!("{NAME}={}", STANDARD.encode(json));
    let mac = URL_SAFE_NO_PAD.encode(mac::<Sha1>(&secret(7), pair.as_bytes()));
    format!("{pair}; {NAME}.sig={mac}")
}

pub(crate) fn react_router(json: &str) -> String {
    let payload = STANDARD.encode(json);
    let mac = STANDARD_NO_PAD.encode(mac::<Sha256>(&secret(7), payload.as_bytes()));
    format!("{NAME}={}", percent_encoded(&format!("{payload}.{mac}")))
}

/// `D` is the hash that derives the key.
pub(crate) fn rails<D: EagerHash>(json: &str) -> String {
    let mut key = [0; 32];
    pbkdf2_hmac::<D>(
        &secret(7),
        b"authenticated encrypted cookie",
        1000,
        &mut key,
    );
    let message = STANDARD.encode(json);
    let envelope =
        format!(r#"{{"_rails":{{"message":"{message}","exp":null,"pur":"cookie.{NAME}"}}}}"#);
    let mut text = envelope.into_bytes();
    let iv = [7; 12];
    let tag = Aes256Gcm::new(&key.into())
        .encrypt_inout_detached(&iv.into(), b"", text.as_mut_slice().into())
        .expect("it is short");
    let parts = [&text[..], &iv, &tag].map(|part| STANDARD.encode(part));
    format!("{NAME}={}", percent_encoded(&parts.join("--")))
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

/// What of base64 is not allowed in a part of an address.
fn percent_encoded(token: &str) -> String {
    let token = token.replace('+', "%2B").replace('/', "%2F");
    token.replace('=', "%3D")
}

fn mac<D: EagerHash>(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<D>::new_from_slice(key).expect("any length is a key");
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
