//! The sessions of Starlette's `SessionMiddleware`, which FastAPI uses too.

use std::time::Duration;

use crate::data::json_style::JsonStyle;
use crate::token::framework::{itsdangerous, number};
use crate::token::key::Key;
use crate::token::keyring::KeyRing;
use crate::token::mac::{Hash, hmac};
use crate::token::{CandidateOrder, FormatOptions, TokenFormat, base64};

static OPTIONS: FormatOptions = FormatOptions {
    json_style: &PYTHON,
    order: CandidateOrder::LastCookie,
    ..FormatOptions::FRAMEWORK
};

/// JSON as Python's `json.dumps` writes it.
static PYTHON: JsonStyle = JsonStyle {
    comma: ", ",
    colon: ": ",
    ascii: true,
    number: number::python,
    ..JsonStyle::PLAIN
};

pub(crate) fn new(name: &str, keys: &[Key], _: Option<Duration>) -> Box<dyn TokenFormat> {
    let keys = KeyRing::new(keys, |secret| {
        let derived = Hash::Sha1.digest(&[b"itsdangerous.Signer", b"signer", secret]);
        hmac(Hash::Sha1, &derived)
    });
    itsdangerous::new(name, keys, &OPTIONS, decode, encode)
}

fn decode(payload: &str) -> Option<String> {
    String::from_utf8(base64::decode_standard(payload)?).ok()
}

/// Starlette answers 500 to a payload without padding, or in the URL-safe alphabet.
fn encode(json: &str) -> String {
    base64::encode_standard(json.as_bytes())
}
