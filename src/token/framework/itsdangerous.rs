//! The timed signatures of itsdangerous, which Flask and Starlette use.

use crate::status::Reason;
use crate::token::base64;
use crate::token::framework::signer::Signer;
use crate::token::mac::Mac;
use crate::token::timestamps::Times;
use crate::token::{Opened, Rejection};

pub(super) struct Itsdangerous(Signer<20>);

impl Itsdangerous {
    pub(super) fn new(macs: Vec<Mac>) -> Self {
        Self(Signer {
            separator: '.',
            macs,
        })
    }

    pub(super) fn open<'a>(&self, token: &'a str) -> Result<Opened<'a>, Rejection> {
        let signed = self.0.open(token)?;
        let time = time(signed.time).ok_or(Rejection::verified(Reason::Malformed))?;
        Ok(Opened {
            payload: signed.payload,
            times: Times::starting(time),
            fallback: signed.fallback,
        })
    }

    /// Its readers refuse a token from the future, by even a second, so the time is a second ago.
    pub(super) fn encode(&self, payload: String, issued: u64) -> String {
        let time = issued.saturating_sub(1).to_be_bytes();
        let zeros = time.iter().take_while(|byte| **byte == 0).count();
        let mut text = String::new();
        base64::encode_url(&time[zeros..], &mut text);
        self.0.encode(payload, &text)
    }
}

/// Seconds, big-endian without leading zero bytes.
fn time(text: &str) -> Option<u64> {
    let bytes = base64::decode_url(text)?;
    if bytes.first() == Some(&0) {
        return None;
    }
    let mut time = [0; 8];
    let start = time.len().checked_sub(bytes.len())?;
    time[start..].copy_from_slice(&bytes);
    Some(u64::from_be_bytes(time))
}
