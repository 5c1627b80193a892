//! The shapes of tokens, told without a key.

use std::iter;

use percent_encoding::percent_decode_str;

use crate::binding::Binding;
use crate::format::{Format, Hash};
use crate::payload::{self, Payload, base64, base64url};

const NOT_BASE64: &str = "is not base64";
const ENCRYPTED: &str = "is encrypted: `verify` with the key shows it";

/// What a value says where it is read as a token of one format.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) format: Format,
    /// Of our own format.
    pub(crate) algorithm: Option<Hash>,
    /// Of a device-bound session of our own.
    pub(crate) binding: Option<Binding>,
    pub(crate) compressed: bool,
    pub(crate) created: Option<u64>,
    pub(crate) issued: Option<u64>,
    /// Koa's.
    pub(crate) expires: Option<u64>,
    pub(crate) payload: Payload,
    /// Whether the signature has the length that it should have.
    pub(crate) whole: bool,
}

/// How a value is read, first what it looks like most.
#[derive(Debug)]
pub(crate) struct Guess {
    pub(crate) token: Token,
    pub(crate) others: Vec<Format>,
    /// Why one is not sure.
    pub(crate) doubt: Option<&'static str>,
}

impl Guess {
    pub(crate) fn sure(token: Token) -> Self {
        let doubt = (!token.whole)
            .then_some("its signature was changed or cut short, and has not the length of one");
        Self {
            token,
            others: Vec::new(),
            doubt,
        }
    }

    pub(crate) fn formats(&self) -> impl Iterator<Item = Format> {
        let others = self.others.iter().copied();
        iter::once(self.token.format).chain(others)
    }

    /// Koa's sessions are Express' but for what they hold, and for the name of their cookie.
    pub(crate) fn for_cookie(mut self, name: Option<&str>) -> Self {
        if self.token.format == Format::Express && name == Some(Format::Koa.default_name()) {
            self.token.format = Format::Koa;
        }
        self
    }
}

/// Guesses the format of a value; a second cookie may be its signature.
pub(crate) fn guess(value: &str, has_signature: bool) -> Option<Guess> {
    if let Some(token) = rails(value) {
        return Some(Guess {
            token,
            others: vec![Format::RailsSha1],
            doubt: Some("the key alone tells which digest the application has"),
        });
    }
    let token = native(value).or_else(|| django(value));
    if let Some(token) = token.or_else(|| react_router(value)) {
        return Some(Guess::sure(token));
    }
    if let Some(token) = express(value) {
        let doubt = (!has_signature).then_some(
            "there is no signature beside it, and every base64 of a JSON object reads like this",
        );
        return Some(Guess {
            token,
            others: Vec::new(),
            doubt,
        });
    }
    match (flask(value), starlette(value)) {
        (Some(flask), Some(starlette)) if flask.decodes() == starlette.decodes() => {
            Some(between(flask, starlette))
        }
        (Some(flask), Some(starlette)) => Some(Guess::sure(match flask.decodes() {
            true => flask,
            false => starlette,
        })),
        (token, other) => token.or(other).map(Guess::sure),
    }
}

/// Reads a value as a token of `format`.
pub(crate) fn read(value: &str, format: Format) -> Option<Token> {
    match format {
        Format::Native => native(value),
        Format::Flask => flask(value),
        Format::Starlette => starlette(value),
        Format::Express | Format::Koa => express(value).map(|token| Token { format, ..token }),
        Format::Django => django(value),
        Format::ReactRouter => react_router(value),
        Format::Rails | Format::RailsSha1 => rails(value).map(|token| Token { format, ..token }),
    }
}

/// The version, where the value has the shape of our token.
pub(crate) fn version(value: &str) -> Option<&str> {
    let mut parts = value.split('.');
    let version = parts.next().filter(|part| !part.is_empty())?;
    let digits = version.bytes().all(|byte| byte.is_ascii_digit());
    (digits && parts.count() == 3).then_some(version)
}

/// Both write the same where the base64 needs neither padding nor the characters in which the two
/// alphabets differ.
fn between(flask: Token, starlette: Token) -> Guess {
    let doubt = Some(match &flask.payload {
        Ok(contents) if contents.spaced => {
            "its base64 reads as either, and a space follows the colon, as Starlette writes JSON"
        }
        _ => "its base64 reads as either, and no space follows a colon, as Flask writes JSON",
    });
    let (token, other) = match &flask.payload {
        Ok(contents) if contents.spaced => (starlette, flask),
        _ => (flask, starlette),
    };
    Guess {
        token,
        others: vec![other.format],
        doubt,
    }
}

fn native(value: &str) -> Option<Token> {
    let algorithm = match version(value)? {
        "1" => Hash::Sha1,
        "2" => Hash::Sha256,
        "3" => Hash::Aes256,
        _ => return None,
    };
    let mut parts = value.split('.').skip(1);
    let (payload, times, mac) = (parts.next()?, parts.next()?, parts.next()?);
    let times = base64url(times)?;
    let (created, rest) = times.split_first_chunk::<4>()?;
    let (issued, rest) = rest.split_first_chunk::<4>()?;
    let binding = match rest {
        [] => None,
        _ => Some(Binding::from_bytes(rest)?),
    };
    let stream = payload
        .strip_prefix('~')
        .filter(|_| algorithm != Hash::Aes256);
    let bytes = base64url(stream.unwrap_or(payload)).ok_or(NOT_BASE64);
    let json = match algorithm {
        Hash::Aes256 => bytes.and(Err(ENCRYPTED)),
        _ if stream.is_some() => bytes
            .and_then(|bytes| payload::inflated_native(&bytes))
            .and_then(payload::utf8),
        _ => bytes.and_then(payload::utf8),
    };
    let token = Token {
        algorithm: Some(algorithm),
        binding,
        compressed: stream.is_some(),
        created: Some(u32::from_be_bytes(*created).into()),
        issued: Some(u32::from_be_bytes(*issued).into()),
        whole: is_mac(mac, 16),
        ..Token::new(Format::Native, contents(json))
    };
    token.plausible()
}

fn flask(value: &str) -> Option<Token> {
    let (payload, time, mac) = parts(value, '.')?;
    let (compressed, bytes) = maybe_deflated(payload);
    let token = Token {
        compressed,
        issued: Some(big_endian(time)?),
        whole: is_mac(mac, 20),
        ..Token::new(Format::Flask, contents(bytes.and_then(payload::utf8)))
    };
    token.plausible()
}

fn starlette(value: &str) -> Option<Token> {
    let (payload, time, mac) = parts(value, '.')?;
    let bytes = base64(payload).ok_or(NOT_BASE64);
    let token = Token {
        issued: Some(big_endian(time)?),
        whole: is_mac(mac, 20),
        ..Token::new(Format::Starlette, contents(bytes.and_then(payload::utf8)))
    };
    token.plausible()
}

fn django(value: &str) -> Option<Token> {
    let (payload, time, mac) = parts(value, ':')?;
    let (compressed, bytes) = maybe_deflated(payload);
    // Django reads the payload as Latin-1, in which each byte is a character.
    let json = bytes.map(|bytes| bytes.into_iter().map(char::from).collect());
    let token = Token {
        compressed,
        issued: Some(base62(time)?),
        whole: is_mac(mac, 32),
        ..Token::new(Format::Django, contents(json))
    };
    token.plausible()
}

fn express(value: &str) -> Option<Token> {
    let bytes = base64(value).filter(|bytes| !bytes.is_empty())?;
    let json = payload::utf8(bytes).ok()?;
    let contents = payload::contents(null_is_empty(&json)).ok()?;
    let expires = contents
        .members
        .get("_expire")
        .and_then(|member| member.value.get().parse::<f64>().ok())
        // As the library, which reads all numbers of JavaScript; the conversion saturates.
        .map(|milliseconds| (milliseconds / 1000.0) as u64);
    let format = match contents.members.contains_key("_expire")
        && contents.members.contains_key("_maxAge")
    {
        true => Format::Koa,
        false => Format::Express,
    };
    Some(Token {
        expires,
        ..Token::new(format, Ok(contents))
    })
}

fn react_router(value: &str) -> Option<Token> {
    let value = percent_decode_str(value).decode_utf8().ok()?;
    let (payload, mac) = value.rsplit_once('.')?;
    // Signed cookies of Express, and ids of sessions, have other characters before the dot.
    let json = payload::utf8(base64(payload)?);
    let mac = mac.replace('+', "-").replace('/', "_");
    let token = Token {
        whole: is_mac(&mac, 32),
        ..Token::new(
            Format::ReactRouter,
            json.and_then(|json| payload::contents(null_is_empty(&json))),
        )
    };
    token.plausible()
}

fn rails(value: &str) -> Option<Token> {
    let value = percent_decode_str(value).decode_utf8().ok()?;
    let parts: Vec<_> = value.split("--").map(base64).collect();
    let [Some(_), Some(vector), Some(tag)] = &parts[..] else {
        return None;
    };
    let is_whole = vector.len() == 12 && tag.len() == 16;
    is_whole.then(|| Token::new(Format::Rails, Err(ENCRYPTED)))
}

/// Express and React Router read null as an empty session, and so does the library.
fn null_is_empty(json: &str) -> &str {
    if json == "null" { "{}" } else { json }
}

impl Token {
    fn new(format: Format, payload: Payload) -> Self {
        Self {
            format,
            algorithm: None,
            binding: None,
            compressed: false,
            created: None,
            issued: None,
            expires: None,
            payload,
            whole: true,
        }
    }

    /// Something has to be as the format says: the length of the signature, or the payload.
    fn plausible(self) -> Option<Self> {
        (self.whole || self.payload.is_ok()).then_some(self)
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.payload.as_ref().is_err_and(|why| *why == ENCRYPTED)
    }

    /// Whether the payload is base64 at least.
    pub(crate) fn decodes(&self) -> bool {
        !self.payload.as_ref().is_err_and(|why| *why == NOT_BASE64)
    }
}

fn contents(json: Result<String, &'static str>) -> Payload {
    payload::contents(&json?)
}

/// The time of itsdangerous.
fn big_endian(text: &str) -> Option<u64> {
    let bytes = base64url(text)?;
    let mut padded = [0; 8];
    let start = padded.len().checked_sub(bytes.len())?;
    padded[start..].copy_from_slice(&bytes);
    Some(u64::from_be_bytes(padded))
}

/// The parts of `payload SEP time SEP mac`.
fn parts(value: &str, separator: char) -> Option<(&str, &str, &str)> {
    let (signed, mac) = value.rsplit_once(separator)?;
    let (payload, time) = signed.rsplit_once(separator)?;
    Some((payload, time, mac))
}

/// The bytes of a payload that begins with a dot where it is deflated.
fn maybe_deflated(payload: &str) -> (bool, Result<Vec<u8>, &'static str>) {
    match payload.strip_prefix('.') {
        Some(deflated) => {
            let deflated = base64url(deflated).ok_or(NOT_BASE64);
            (true, deflated.and_then(|bytes| payload::inflated(&bytes)))
        }
        None => (false, base64url(payload).ok_or(NOT_BASE64)),
    }
}

/// Whether a text is as long as the base64 of a MAC, of whatever bytes.
fn is_mac(text: &str, len: usize) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == (len * 8).div_ceil(6) && text.bytes().all(is_digit)
}

/// Whether a text has the shape of a signature in a cookie of its own.
pub(crate) fn is_signature(text: &str) -> bool {
    is_mac(text, 20)
}

/// Django's times.
fn base62(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0u64, |time, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'Z' => digit - b'A' + 10,
            b'a'..=b'z' => digit - b'a' + 36,
            _ => return None,
        };
        time.checked_mul(62)?.checked_add(value.into())
    })
}
