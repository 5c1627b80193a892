//! Configs that share sessions with the peers, and cookies that the peers would send.

use std::io::Read as _;

use axum_cookie_session::{Key, SessionConfig, SessionConfigBuilder, SessionMap};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{START, at};

pub const SECRET: &str = "dev secret key for the peers";

pub type Peer = fn(Key) -> SessionConfigBuilder;

pub const PEERS: [(&str, Peer); 5] = [
    ("flask", SessionConfig::flask),
    ("starlette", SessionConfig::starlette),
    ("express", SessionConfig::express),
    ("django", SessionConfig::django),
    ("react_router", SessionConfig::react_router),
];

/// Whether its tokens say when they were issued.
pub fn has_time(format: &str) -> bool {
    !is_javascript(format)
}

pub fn is_javascript(format: &str) -> bool {
    ["express", "react_router"].contains(&format)
}

pub fn peer(peer: Peer) -> SessionConfigBuilder {
    peer(Key::legacy(SECRET).unwrap()).clock(|| at(START))
}

pub fn built(format: Peer) -> SessionConfig {
    peer(format).build().unwrap()
}

/// The JSON text in a cookie of a peer.
pub fn wire(format: &str, cookie: &str) -> String {
    let (_, value) = cookie.split_once('=').unwrap();
    let value = value.split("; ").next().unwrap();
    let bytes = match format {
        "express" => STANDARD.decode(value).unwrap(),
        "react_router" => {
            let payload = value.split('.').next().unwrap().replace("%3D", "=");
            let payload = payload.replace("%2B", "+").replace("%2F", "/");
            STANDARD.decode(payload).unwrap()
        }
        "starlette" => STANDARD.decode(value.split('.').next().unwrap()).unwrap(),
        _ => {
            let (compressed, value) = match value.strip_prefix('.') {
                Some(rest) => (true, rest),
                None => (false, value),
            };
            let payload = URL_SAFE_NO_PAD
                .decode(value.split(['.', ':']).next().unwrap())
                .unwrap();
            match compressed {
                true => miniz_oxide::inflate::decompress_to_vec_zlib(&payload).unwrap(),
                false => payload,
            }
        }
    };
    let mut text = String::new();
    bytes.as_slice().read_to_string(&mut text).unwrap();
    text
}

/// The encoded JSON of a session with one key, or the error.
pub fn encode_value(
    format: (&str, Peer),
    key: &str,
    value: impl Serialize,
) -> Result<String, String> {
    let mut data = SessionMap::default();
    data.insert(key, value);
    let cookie = built(format.1).encode(&data).map_err(|error| {
        assert!(error.is_serialize(), "{error}");
        error.to_string()
    })?;
    Ok(wire(format.0, &cookie))
}

pub fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

/// A cookie with exactly this JSON, signed as the peer does it. Large payloads are compressed.
pub fn issue(format: &str, json: &str, issued: u64) -> String {
    let sha1 = |key: &[u8], message: &[u8]| {
        let mac = Hmac::<sha1::Sha1>::new_from_slice(key).unwrap();
        mac.chain_update(message).finalize().into_bytes().to_vec()
    };
    let payload = compressible(json);
    let time = URL_SAFE_NO_PAD.encode((issued as u32).to_be_bytes());
    match format {
        "express" => signed_pair("session", &STANDARD.encode(json)),
        "react_router" => issue_react_router(&STANDARD.encode(json)),
        "flask" => {
            let signed = format!("{payload}.{time}");
            let mac = sha1(
                &sha1(SECRET.as_bytes(), b"cookie-session"),
                signed.as_bytes(),
            );
            format!("session={signed}.{}", URL_SAFE_NO_PAD.encode(mac))
        }
        "starlette" => {
            use sha1::Digest;
            let key = sha1::Sha1::digest(format!("itsdangerous.Signersigner{SECRET}"));
            let signed = format!("{}.{time}", STANDARD.encode(json));
            let mac = sha1(&key, signed.as_bytes());
            format!("session={signed}.{}", URL_SAFE_NO_PAD.encode(mac))
        }
        _ => {
            let digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
            let mut time = String::new();
            let mut left = issued;
            while left > 0 {
                time.insert(0, char::from(digits.as_bytes()[(left % 62) as usize]));
                left /= 62;
            }
            issue_django(json, &time)
        }
    }
}

/// A cookie of Django with exactly this text as its time.
pub fn issue_django(json: &str, time: &str) -> String {
    use sha2::Digest;
    let salt = "django.contrib.sessions.backends.signed_cookiessigner";
    let key = sha2::Sha256::digest(format!("{salt}{SECRET}"));
    let signed = format!("{}:{time}", compressible(json));
    let mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    let mac = mac.chain_update(signed.as_bytes()).finalize().into_bytes();
    format!("sessionid={signed}:{}", URL_SAFE_NO_PAD.encode(mac))
}

/// A cookie of React Router with exactly this payload.
pub fn issue_react_router(payload: &str) -> String {
    let mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mac = mac.chain_update(payload).finalize().into_bytes();
    let token = format!("{payload}.{}", STANDARD_NO_PAD.encode(mac));
    let token = token.replace('+', "%2B").replace('/', "%2F");
    format!("__session={}", token.replace('=', "%3D"))
}

/// The payload of Flask and Django.
fn compressible(json: &str) -> String {
    match json.len() {
        ..=4096 => URL_SAFE_NO_PAD.encode(json),
        _ => {
            let zlib = miniz_oxide::deflate::compress_to_vec_zlib(json.as_bytes(), 9);
            format!(".{}", URL_SAFE_NO_PAD.encode(zlib))
        }
    }
}

pub fn signed_pair(name: &str, payload: &str) -> String {
    let mac = Hmac::<sha1::Sha1>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mac = mac
        .chain_update(format!("{name}={payload}"))
        .finalize()
        .into_bytes();
    format!(
        "{name}={payload}; {name}.sig={}",
        URL_SAFE_NO_PAD.encode(mac)
    )
}
