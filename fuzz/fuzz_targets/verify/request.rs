//! Made-up requests, settings and clocks.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arbitrary::Arbitrary;
use axum_cookie_session_fuzz::clock;
use axum_cookie_session_fuzz::made_up::{Json, Mutation, Text, mutate, object};
use axum_cookie_session_fuzz::sign::{FALLBACK, OTHER_SECRET, SECRET, Scheme};
use serde::Deserialize;

use crate::second::Rules;

pub const SCHEMES: [Scheme; 3] = [Scheme::V1, Scheme::V2, Scheme::V3];
pub const NAMES: [&str; 3] = ["session", "__Host-session", "s"];

#[derive(Arbitrary, Debug)]
pub enum Clock {
    Near(i32),
    Any(i64, u16),
}

#[derive(Arbitrary, Debug)]
pub struct Settings {
    pub scheme: u8,
    pub name: u8,
    pub idle: u32,
    pub absolute: u32,
    /// Beyond the seconds.
    pub millis: u8,
}

#[derive(Arbitrary, Debug)]
pub struct Candidate<'a> {
    pub base: Base<'a>,
    pub name: u8,
    pub signer: u8,
    pub scheme: u8,
    pub deflate: bool,
    /// Before it is signed.
    pub early: Vec<Mutation>,
    pub late: Vec<Mutation>,
    pub in_own_header: bool,
}

#[derive(Arbitrary, Debug)]
pub enum Base<'a> {
    Golden(u8),
    Bytes(&'a [u8], Time, Time),
    Object(Vec<(Text, Json)>, Time, Time),
    /// What is signed.
    Text(&'a str),
    /// Of so many letters, which may be more than are inflated.
    Bomb(u16, Time, Time),
}

/// Mostly around the times at which the status changes.
#[derive(Arbitrary, Debug)]
pub enum Time {
    Now(i8),
    IdleAgo(i8),
    AbsoluteAgo(i8),
    Ahead(i8),
    Any(u32),
}

impl Settings {
    pub fn rules(&self) -> Rules {
        let absolute = u64::from(self.absolute).max(1) * 1000 + u64::from(self.millis);
        Rules {
            scheme: SCHEMES[usize::from(self.scheme) % SCHEMES.len()],
            name: NAMES[usize::from(self.name) % NAMES.len()],
            idle: (u64::from(self.idle) * 1000 + u64::from(self.millis)).clamp(1000, absolute),
            absolute,
        }
    }
}

#[derive(Deserialize)]
pub struct Golden {
    pub cookie_value: String,
}

pub static GOLDEN: LazyLock<Vec<String>> = LazyLock::new(|| {
    include_str!("../../../tests/golden/tokens.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Golden>(line).expect("a golden token"))
        .map(|golden| golden.cookie_value)
        .collect()
});

impl Time {
    pub fn seconds(&self, now: u64, rules: &Rules) -> u32 {
        let (now, idle, absolute) = (now as i64, rules.idle / 1000, rules.absolute / 1000);
        let seconds = match *self {
            Self::Now(off) => now + i64::from(off),
            Self::IdleAgo(off) => now - idle as i64 + i64::from(off),
            Self::AbsoluteAgo(off) => now - absolute as i64 + i64::from(off),
            Self::Ahead(off) => now + 60 + i64::from(off),
            Self::Any(seconds) => i64::from(seconds),
        };
        seconds.clamp(0, i64::from(u32::MAX)) as u32
    }
}

impl Candidate<'_> {
    /// As it stands in a header.
    pub fn pair(&self, now: u64, rules: &Rules) -> Vec<u8> {
        let name = NAMES[usize::from(self.name) % NAMES.len()];
        let scheme = SCHEMES[usize::from(self.scheme) % SCHEMES.len()];
        let secret = [SECRET, FALLBACK, OTHER_SECRET][usize::from(self.signer) % 3];
        let encode = |payload: &[u8], created: &Time, issued: &Time| {
            let times = [created, issued].map(|time| time.seconds(now, rules));
            scheme.signed(&secret, name, payload, times, self.deflate)
        };
        let signed = match &self.base {
            Base::Golden(at) => {
                let mut value = GOLDEN[usize::from(*at) % GOLDEN.len()].clone().into_bytes();
                mutate(&mut value, &self.late);
                return [name.as_bytes(), b"=", &value].concat();
            }
            Base::Bytes(payload, created, issued) => encode(payload, created, issued),
            Base::Object(members, created, issued) => {
                encode(object(members).as_bytes(), created, issued)
            }
            Base::Bomb(size, created, issued) => {
                let payload = format!("{{\"a\":\"{:a>1$}\"}}", "", usize::from(*size));
                encode(payload.as_bytes(), created, issued)
            }
            Base::Text(text) => (*text).to_owned(),
        };
        let mut signed = signed.into_bytes();
        mutate(&mut signed, &self.early);
        let signed = String::from_utf8_lossy(&signed).into_owned();
        let mut value = format!("{signed}.{}", scheme.mac(&secret, name, &signed)).into_bytes();
        mutate(&mut value, &self.late);
        [name.as_bytes(), b"=", &value].concat()
    }
}

impl Clock {
    pub fn time(&self) -> SystemTime {
        match *self {
            Self::Near(seconds) => clock::at(clock::START.saturating_add_signed(seconds.into())),
            Self::Any(seconds, millis) => {
                let millis = Duration::from_millis(millis.into());
                let seconds = Duration::from_secs(seconds.unsigned_abs() >> 24)
                    * if seconds < 0 { 0 } else { 1 };
                UNIX_EPOCH + seconds + millis
            }
        }
    }
}
