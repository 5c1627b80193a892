//! A second signer of every token, written from the documented formats alone.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::LazyLock;

use aes::Aes256;
use aes::cipher::BlockCipherEncrypt;
use aes_gcm::{AeadInOut, Aes256Gcm};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD};
use flate2::read::ZlibDecoder;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use flate2::{Compression, Decompress, FlushDecompress, Status};
use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac;
use serde_json::Value;
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
    V3,
    Flask,
    Starlette,
    Django,
    Express,
    ReactRouter,
    Rails,
    RailsSha1,
}

impl Scheme {
    pub const ALL: [Self; 10] = [
        Self::V1,
        Self::V2,
        Self::V3,
        Self::Flask,
        Self::Starlette,
        Self::Django,
        Self::Express,
        Self::ReactRouter,
        Self::Rails,
        Self::RailsSha1,
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
        matches!(self, Self::V1 | Self::V2 | Self::V3)
    }

    pub fn is_rails(self) -> bool {
        matches!(self, Self::Rails | Self::RailsSha1)
    }

    /// The first part of a token of ours.
    pub fn version(self) -> &'static str {
        match self {
            Self::V1 => "1",
            Self::V2 => "2",
            _ => "3",
        }
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

    /// Of the text before the last separator. A token of Rails has no such text.
    pub fn mac(self, secret: &[u8], name: &str, signed: &str) -> String {
        let message = signed.as_bytes();
        let version = self.version();
        let context = format!("axum-cookie-session v{version} {name}");
        b64u(&match self {
            Self::V1 => {
                let key = hmac_sha1(secret, context.as_bytes());
                hmac_sha1(&key, message)[..16].to_vec()
            }
            Self::V2 | Self::V3 => {
                let key = hmac_sha256(secret, context.as_bytes());
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
            Self::ReactRouter => return BASE64_NOPAD.encode(&hmac_sha256(secret, message)),
            Self::Rails | Self::RailsSha1 => unreachable!("its tag is that of AES-GCM"),
        })
    }

    /// Signs `signed`, and gives the cookie as a browser sends it.
    pub fn cookie(self, secret: &[u8], name: &str, signed: &str) -> String {
        if self.is_rails() {
            let parts = self.seal(secret, signed).map(|part| BASE64.encode(&part));
            return format!("{name}={}", percent_encoded(&parts.join("--")));
        }
        // Express' MAC stands in another cookie, so quotes are around what it is made of.
        let read = match self {
            Self::Express => self.unquoted(signed),
            _ => signed,
        };
        let mac = self.mac(secret, name, read);
        match self {
            Self::Express => format!("{name}={signed}; {name}.sig={mac}"),
            Self::ReactRouter => format!("{name}={}", percent_encoded(&format!("{signed}.{mac}"))),
            _ => format!("{name}={signed}{}{mac}", self.separator()),
        }
    }

    /// The part of a token that is signed: payload and times. Of Rails, it is the text that is
    /// encrypted.
    pub fn signed(
        self,
        secret: &[u8],
        name: &str,
        payload: &[u8],
        [created, issued]: [u32; 2],
        deflate: bool,
    ) -> String {
        let times = b64u(&[created.to_be_bytes(), issued.to_be_bytes()].concat());
        match self {
            Self::V1 | Self::V2 if deflate => {
                let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(payload).expect("memory");
                let stream = b64u(&encoder.finish().expect("memory"));
                format!("{}.~{stream}.{times}", self.version())
            }
            Self::V1 | Self::V2 => format!("{}.{}.{times}", self.version(), b64u(payload)),
            Self::V3 => format!("3.{}.{times}", b64u(&encrypted(secret, name, payload))),
            Self::Flask => format!("{}.{}", packed(payload, deflate), trimmed(issued)),
            Self::Starlette => format!("{}.{}", BASE64.encode(payload), trimmed(issued)),
            Self::Django => format!("{}:{}", packed(payload, deflate), base62(issued)),
            Self::Express | Self::ReactRouter => BASE64.encode(payload),
            Self::Rails | Self::RailsSha1 => {
                let message = BASE64.encode(payload);
                let end = date(u64::from(issued) + RAILS_EXPIRE_AFTER);
                format!(
                    r#"{{"_rails":{{"message":"{message}","exp":"{end}","pur":"cookie.{name}"}}}}"#
                )
            }
        }
    }

    /// The key of our configs that signed the value of a cookie.
    pub fn key(self, name: &str, value: &str, signature: &str) -> Option<[u8; 32]> {
        [SECRET, FALLBACK]
            .into_iter()
            .find(|secret| self.is_signed(secret, name, value, signature))
    }

    /// Whether this secret signed the value of a cookie.
    pub fn is_signed(self, secret: &[u8], name: &str, value: &str, signature: &str) -> bool {
        if self.is_rails() {
            return self.open(secret, value).is_some();
        }
        let decoded = match self {
            Self::ReactRouter => percent_decoded(value),
            _ => Some(value.into()),
        };
        let Some(value) = &decoded else {
            return false;
        };
        let (signed, mac) = match self {
            Self::Express => (&**value, signature),
            _ => match value.rsplit_once(self.separator()) {
                Some(parts) => parts,
                None => return false,
            },
        };
        self.mac(secret, name, signed) == mac
    }

    /// The payload of a token that `secret` signed, and the time it was issued at.
    pub fn unpack(self, secret: &[u8], name: &str, value: &str) -> (Vec<u8>, Option<u64>) {
        let standard = |text: &str| BASE64.decode(text.as_bytes()).expect("base64");
        match self {
            Self::Express => return (standard(value), None),
            Self::ReactRouter => {
                let value = percent_decoded(value).expect("UTF-8");
                let (payload, _) = value.rsplit_once('.').expect("a MAC");
                return (standard(payload), None);
            }
            Self::Rails | Self::RailsSha1 => {
                let envelope = self.open(secret, value).expect("its tag is right");
                let envelope: Value = serde_json::from_slice(&envelope).expect("JSON");
                let envelope = &envelope["_rails"];
                assert_eq!(envelope["pur"], format!("cookie.{name}"));
                let end = envelope["exp"].as_str().expect("a date");
                let start = seconds(end).checked_sub(RAILS_EXPIRE_AFTER);
                return (
                    standard(envelope["message"].as_str().expect("a text")),
                    start,
                );
            }
            _ => {}
        }
        let mut parts = value.rsplitn(3, self.separator()).skip(1);
        let time = parts.next().expect("a time");
        let rest = parts.next().expect("a payload");
        let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url");
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        match self {
            Self::V1 | Self::V2 | Self::V3 => {
                let (_, payload) = rest.split_once('.').expect("a version");
                let payload = self.payload(secret, name, payload).expect("a payload");
                (payload, Some(number(&decode(time)[4..8])))
            }
            Self::Starlette => (standard(rest), Some(number(&decode(time)))),
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

    /// What the payload of a token of ours holds, which `secret` signed.
    pub fn payload(self, secret: &[u8], name: &str, payload: &str) -> Option<Vec<u8>> {
        let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).ok();
        match (self, payload.strip_prefix('~')) {
            (Self::V3, _) => decrypted(secret, name, &decode(payload)?),
            (_, Some(stream)) => inflated(&decode(stream)?),
            (_, None) => decode(payload),
        }
    }

    fn rails_cipher(self, secret: &[u8]) -> &'static Aes256Gcm {
        static CIPHERS: LazyLock<[[Aes256Gcm; 3]; 2]> = LazyLock::new(|| {
            const SALT: &[u8] = b"authenticated encrypted cookie";
            [false, true].map(|sha1| {
                [SECRET, FALLBACK, OTHER_SECRET].map(|secret| {
                    let mut key = [0; 32];
                    match sha1 {
                        true => pbkdf2_hmac::<Sha1>(&secret, SALT, 1000, &mut key),
                        false => pbkdf2_hmac::<Sha256>(&secret, SALT, 1000, &mut key),
                    }
                    Aes256Gcm::new(&key.into())
                })
            })
        });
        let known = [SECRET, FALLBACK, OTHER_SECRET];
        let at = known.iter().position(|known| known == secret);
        &CIPHERS[usize::from(self == Self::RailsSha1)][at.expect("one of the secrets")]
    }

    /// Ciphertext, initialization vector and tag.
    fn seal(self, secret: &[u8], text: &str) -> [Vec<u8>; 3] {
        let mut text = text.as_bytes().to_vec();
        let iv = [7; 12];
        let tag = self
            .rails_cipher(secret)
            .encrypt_inout_detached(&iv.into(), b"", text.as_mut_slice().into())
            .expect("it is short");
        [text, iv.to_vec(), tag.to_vec()]
    }

    fn open(self, secret: &[u8], value: &str) -> Option<Vec<u8>> {
        // A plus sign is a space there.
        let value = percent_decoded(value).filter(|_| !value.contains('+'))?;
        let parts: Vec<&str> = value.split("--").collect();
        let [text, iv, tag] = parts[..] else {
            return None;
        };
        let decode = |text: &str| BASE64.decode(text.as_bytes()).ok();
        let mut text = decode(text)?;
        let iv: [u8; 12] = decode(iv)?.try_into().ok()?;
        let tag: [u8; 16] = decode(tag)?.try_into().ok()?;
        self.rails_cipher(secret)
            .decrypt_inout_detached(&iv.into(), b"", text.as_mut_slice().into(), &tag.into())
            .ok()?;
        Some(text)
    }
}

/// `expire_after` of Rails.
pub const RAILS_EXPIRE_AFTER: u64 = 14 * 24 * 60 * 60;

/// With blanks up to a multiple of 32 bytes, after an initialization vector.
fn encrypted(secret: &[u8], name: &str, payload: &[u8]) -> Vec<u8> {
    let iv: [u8; 16] = Sha256::digest(payload)[..16].try_into().expect("16 of 32");
    let mut text = payload.to_vec();
    while !text.len().is_multiple_of(32) {
        text.push(b' ');
    }
    counter_mode(secret, name, iv, &mut text);
    [&iv[..], &text].concat()
}

fn decrypted(secret: &[u8], name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let (iv, text) = bytes.split_at_checked(16)?;
    (!text.is_empty() && text.len().is_multiple_of(32)).then_some(())?;
    let mut text = text.to_vec();
    counter_mode(secret, name, iv.try_into().expect("16 bytes"), &mut text);
    while text.last() == Some(&b' ') {
        text.pop();
    }
    Some(text)
}

/// NIST SP 800-38A, section 6.5: both ways the same.
fn counter_mode(secret: &[u8], name: &str, iv: [u8; 16], text: &mut [u8]) {
    let context = format!("axum-cookie-session v3 encryption {name}");
    let key: [u8; 32] = hmac_sha256(secret, context.as_bytes())
        .try_into()
        .expect("32 bytes");
    let cipher = Aes256::new(&key.into());
    let mut counter = u128::from_be_bytes(iv);
    for block in text.chunks_mut(16) {
        let mut stream = counter.to_be_bytes().into();
        cipher.encrypt_block(&mut stream);
        for (byte, key) in block.iter_mut().zip(stream) {
            *byte ^= key;
        }
        counter = counter.wrapping_add(1);
    }
}

/// A bare stream of at most 16 KiB, which ends where the text ends.
fn inflated(stream: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(16 * 1024 + 1);
    let mut inflater = Decompress::new(false);
    let status = inflater.decompress_vec(stream, &mut text, FlushDecompress::Finish);
    let is_whole = inflater.total_in() == stream.len() as u64 && text.len() <= 16 * 1024;
    (status.ok()? == Status::StreamEnd && is_whole).then_some(text)
}

/// Each byte but letters, digits and three marks.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// A percent sign without two digits is itself.
fn percent_decoded(text: &str) -> Option<Cow<'_, str>> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match (digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (Some(high), Some(low)) if bytes[at] == b'%' => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

/// Days since 1970 of a date of the Gregorian calendar, by counting.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let leap = |year: u64| {
        let every = |years| year.is_multiple_of(years);
        u64::from(every(4) && (!every(100) || every(400)))
    };
    let years: u64 = (1970..year).map(|year| 365 + leap(year)).sum();
    let months = [31, 28 + leap(year), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    years + months[..month as usize - 1].iter().sum::<u64>() + day - 1
}

/// Seconds since 1970 of a date as Ruby's `iso8601(3)` writes it.
fn seconds(date: &str) -> u64 {
    let number = |range: std::ops::Range<usize>| date[range].parse::<u64>().expect("digits");
    assert_eq!(&date[19..], ".000Z", "{date}");
    let day = days(number(0..4), number(5..7), number(8..10));
    ((day * 24 + number(11..13)) * 60 + number(14..16)) * 60 + number(17..19)
}

fn date(seconds: u64) -> String {
    let day = seconds / 86400;
    let year = (1970..)
        .find(|year| days(year + 1, 1, 1) > day)
        .expect("a year");
    let month = (1..12)
        .find(|month| days(year, month + 1, 1) > day)
        .unwrap_or(12);
    let of_month = day - days(year, month, 1) + 1;
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{second:02}.000Z")
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
