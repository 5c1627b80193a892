//! The text of the cookie's value: version, payload, times, MAC.

use std::ops::Range;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[derive(Clone, Copy)]
pub(crate) enum Part {
    Payload = 1,
    Times = 2,
    Mac = 3,
}

/// What the counter's token says: anybody can read it.
struct Contents {
    visits: u64,
    created: u32,
    issued: u32,
}

impl Contents {
    /// Fails where more is wrong than the MAC could be.
    fn from_token(token: &str) -> Result<Self> {
        let visits = payload(token)?["visits"].as_u64();
        let times = <[u8; 8]>::try_from(decode(token, Part::Times)?).ok();
        let times = u64::from_be_bytes(times.context("not eight bytes of times")?);
        ensure!(decode(token, Part::Mac)?.len() == 16, "not 16 bytes of MAC");
        Ok(Self {
            visits: visits.context("no count")?,
            created: u32::try_from(times >> 32)?,
            issued: u32::try_from(times & u64::from(u32::MAX))?,
        })
    }
}

/// What the session holds.
pub(crate) fn payload(token: &str) -> Result<Value> {
    Ok(serde_json::from_slice(&decode(token, Part::Payload)?)?)
}

/// The counter's token with another character in a part, in which nothing but the MAC is wrong.
pub(crate) fn forged(token: &str, part: Part) -> Result<String> {
    let genuine = Contents::from_token(token)?;
    let wanted = |forged: &Contents| match part {
        Part::Payload => forged.visits > genuine.visits,
        Part::Times => forged.created <= forged.issued && forged.issued <= genuine.issued,
        Part::Mac => true,
    };
    range(token, part)?
        .rev()
        .flat_map(|place| ALPHABET.chars().map(move |other| with(token, place, other)))
        .filter(|forged| forged != token)
        .find(|forged| Contents::from_token(forged).is_ok_and(|contents| wanted(&contents)))
        .context("no single character will do")
}

/// The token with another character in a place.
pub(crate) fn with(token: &str, place: usize, other: char) -> String {
    let mut token = token.to_owned();
    token.replace_range(place..=place, other.encode_utf8(&mut [0; 4]));
    token
}

fn decode(token: &str, part: Part) -> Result<Vec<u8>> {
    Ok(URL_SAFE_NO_PAD.decode(&token[range(token, part)?])?)
}

/// Where in the token a part is.
fn range(token: &str, part: Part) -> Result<Range<usize>> {
    let mut start = 0;
    for (index, text) in token.split('.').enumerate() {
        if index == part as usize {
            return Ok(start..start + text.len());
        }
        start += text.len() + 1;
    }
    anyhow::bail!("{token} has too few parts")
}
