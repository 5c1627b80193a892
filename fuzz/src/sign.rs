//! A second signer of every token, written from the documented formats alone.

use std::io::{Read, Write};

use data_encoding::{BASE64, BASE64URL_NOPAD};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;

pub const SECRET: [u8; 32] = {
    let mut secret = [0; 32];
    let mut at = 0;
    while at < 32 {
        secret[at] = at as u8;
        at += 1;
    }
    secret
};
pub const FALLBACK: [u8; 32] = [0xff; 32];
pub const OTHER_SECRET: [u8; 32] = [0x55; 32];

pub fn b64u(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

fn hmac_sha1(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha1>::new_from_slice(key).expect("any length");
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.chain_update(message).finalize().into_bytes().to_vec()
}

/// How a token is encoded and signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    V1,
    V2,
    Flask,
    Starlette,
    Django,
    Express,
}

impl Scheme {
    pub const ALL: [Self; 6] = [
        Self::V1,
        Self::V2,
        Self::Flask,
        Self::Starlette,
        Self::Django,
        Self::Express,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Django => "sessionid",
            _ => "session",
        }
    }

    pub fn separator(self) -> char {
        match self {
            Self::Django => ':',
            _ => '.',
        }
    }

    /// Whether the token is ours.
    pub fn is_native(self) -> bool {
        matches!(self, Self::V1 | Self::V2)
    }

    /// What is read of a cookie's value: the peers ignore one pair of double quotes.
    pub fn unquoted(self, value: &str) -> &str {
        let inner = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        inner.filter(|_| !self.is_native()).unwrap_or(value)
    }

    /// Between members, and between a key and its value.
    pub fn separators(self) -> [&'static str; 2] {
        match self {
            Self::Starlette => [", ", ": "],
            _ => [",", ":"],
        }
    }

    pub fn mac(self, secret: &[u8], name: &str, signed: &str) -> String {
        let message = signed.as_bytes();
        b64u(&match self {
            Self::V1 => {
                let key = hmac_sha1(secret, format!("axum-cookie-session v1 {name}").as_bytes());
                hmac_sha1(&key, message)[..16].to_vec()
            }
            Self::V2 => {
                let key = hmac_sha256(secret, format!("axum-cookie-session v2 {name}").as_bytes());
                hmac_sha256(&key, message)[..16].to_vec()
            }
            Self::Flask => hmac_sha1(&hmac_sha1(secret, b"cookie-session"), message),
            Self::Starlette => {
                let key = Sha1::digest([b"itsdangerous.Signersigner", secret].concat());
                hmac_sha1(&key, message)
            }
            Self::Django => {
                let salt = b"django.contrib.sessions.backends.signed_cookiessigner";
                let key = Sha256::digest([salt, secret].concat());
                hmac_sha256(&key, message)
            }
            Self::Express => hmac_sha1(secret, format!("{name}={signed}").as_bytes()),
        })
    }

    /// Signs `signed`, and gives the cookie as a browser sends it.
    pub fn cookie(self, secret: &[u8], name: &str, signed: &str) -> String {
        let mac = self.mac(secret, name, signed);
        match self {
            Self::Express => format!("{name}={signed}; {name}.sig={mac}"),
            _ => format!("{name}={signed}{}{mac}", self.separator()),
        }
    }

    /// The part of a token that is signed: payload and times.
    pub fn signed(self, payload: &[u8], created: u32, issued: u32, deflate: bool) -> String {
        let times = [created.to_be_bytes(), issued.to_be_bytes()].concat();
        match self {
            Self::V1 => format!("1.{}.{}", b64u(payload), b64u(&times)),
            Self::V2 => format!("2.{}.{}", b64u(payload), b64u(&times)),
            Self::Flask => format!("{}.{}", packed(payload, deflate), trimmed(issued)),
            Self::Starlette => format!("{}.{}", BASE64.encode(payload), trimmed(issued)),
            Self::Django => format!("{}:{}", packed(payload, deflate), base62(issued)),
            Self::Express => BASE64.encode(payload),
        }
    }

    /// Whether one of the keys of our configs signed the value of a cookie.
    pub fn verifies(self, name: &str, value: &str, signature: &str) -> bool {
        let (signed, mac) = match self {
            Self::Express => (value, signature),
            _ => match value.rsplit_once(self.separator()) {
                Some(parts) => parts,
                None => return false,
            },
        };
        [SECRET, FALLBACK]
            .iter()
            .any(|secret| self.mac(secret, name, signed) == mac)
    }

    /// The payload of a token, and the time it was issued at.
    pub fn unpack(self, value: &str) -> (Vec<u8>, Option<u64>) {
        if self == Self::Express {
            return (BASE64.decode(value.as_bytes()).expect("base64"), None);
        }
        let mut parts = value.rsplitn(3, self.separator()).skip(1);
        let time = parts.next().expect("a time");
        let rest = parts.next().expect("a payload");
        let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url");
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        match self {
            Self::V1 | Self::V2 => {
                let (_, payload) = rest.split_once('.').expect("a version");
                (decode(payload), Some(number(&decode(time)[4..])))
            }
            Self::Starlette => (
                BASE64.decode(rest.as_bytes()).expect("base64"),
                Some(number(&decode(time))),
            ),
            _ => {
                let payload = match rest.strip_prefix('.') {
                    None => decode(rest),
                    Some(deflated) => {
                        let mut payload = Vec::new();
                        ZlibDecoder::new(&*decode(deflated))
                            .read_to_end(&mut payload)
                            .expect("zlib");
                        payload
                    }
                };
                let issued = match self {
                    Self::Flask => number(&decode(time)),
                    _ => time.bytes().fold(0, |n, digit| {
                        let at = DIGITS.iter().position(|known| *known == digit);
                        n * 62 + at.expect("a digit") as u64
                    }),
                };
                (payload, Some(issued))
            }
        }
    }
}

fn packed(payload: &[u8], deflate: bool) -> String {
    if !deflate {
        return b64u(payload);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(payload).expect("memory");
    format!(".{}", b64u(&encoder.finish().expect("memory")))
}

fn trimmed(time: u32) -> String {
    let bytes = time.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    b64u(&bytes[zeros..])
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn base62(time: u32) -> String {
    match time {
        0..62 => char::from(DIGITS[time as usize]).to_string(),
        _ => base62(time / 62) + &base62(time % 62),
    }
}
