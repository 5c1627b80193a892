//! What each step of a session costs by itself, with the crates that the library calls.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Instant, SystemTime};

use anyhow::Result;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use base64::Engine;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::simd::Simd;
use hmac::{Hmac, KeyInit, Mac};
use memchr::memchr_iter;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::case;
use crate::contender::{self, FLOOR, OURS};
use crate::machine::LoadAverage;
use crate::measure::{Results as Measured, median};
use crate::operation::Operation;
use crate::payload::{NAME, Payload};
use crate::versions;
use crate::world::World;

const PAYLOADS: [&str; 3] = ["small", "medium", "large"];

/// Bytes of a block of SHA-1 (FIPS 180-4, section 6.1).
const BLOCK: usize = 64;

pub(crate) struct Results {
    load_average: LoadAverage,
    rounds: usize,
    columns: Vec<Column>,
}

/// The operations that are broken down.
const OPERATIONS: [Operation; 3] = [
    Operation::ReadNotReturned,
    Operation::Read,
    Operation::Increment,
];

/// One payload.
struct Column {
    steps: Vec<(&'static str, Side, f64)>,
    /// The operations of ours and of the floor, net.
    ours: [f64; 3],
    floor: [f64; 3],
    /// SHA-1 alone, over what is verified.
    limit: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Read,
    Write,
}

pub(crate) fn measure(world: &World, rounds: usize) -> Result<Results> {
    let load_average = LoadAverage::now()?;
    let payloads = Payload::sizes().into_iter();
    let columns = payloads.map(|payload| column(world, rounds, &payload));
    Ok(Results {
        load_average,
        rounds,
        columns: columns.collect::<Result<_>>()?,
    })
}

fn column(world: &World, rounds: usize, payload: &Payload) -> Result<Column> {
    let mut measured = Measured::new(rounds, true)?;
    for operation in OPERATIONS {
        let both =
            contender::measured().filter(|contender| [OURS, FLOOR].contains(&contender.name));
        let prepared = case::prepare_all(world, both, operation, payload)?;
        measured.measure(world, operation, payload, prepared)?;
    }
    let net = |contender| {
        OPERATIONS.map(|operation| {
            let cost = measured.cost(payload.name, operation, contender);
            cost.map_or(f64::NAN, |cost| cost.net)
        })
    };
    let json = payload.json();
    let mut steps = steps(&json);
    let mut times = vec![Vec::new(); steps.len()];
    for _ in 0..rounds {
        for ((_, _, step), times) in steps.iter_mut().zip(&mut times) {
            times.push(time(step));
        }
    }
    let steps = steps.into_iter().zip(times);
    Ok(Column {
        steps: steps
            .map(|((name, side, _), times)| (name, side, median(times)))
            .collect(),
        ours: net(OURS),
        floor: net(FLOOR),
        limit: limit(rounds, token(&json).len()),
    })
}

type Step = (&'static str, Side, Box<dyn FnMut()>);

fn step<R>(name: &'static str, side: Side, mut run: impl FnMut() -> R + 'static) -> Step {
    let run = move || {
        black_box(run());
    };
    (name, side, Box::new(run))
}

fn steps(json: &str) -> Vec<Step> {
    let engine = || Simd::url_safe(NO_PAD);
    let key = || Hmac::<Sha1>::new_from_slice(&[7; 20]).expect("HMAC takes keys of any length");
    let token = token(json);
    let signed = token.clone();
    let header = format!("{NAME}={token}");
    let tag = key().chain_update(&signed).finalize().into_bytes();
    let (payload, text) = (engine().encode(json), json.to_owned());
    let set_cookie = format!("{header}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600");

    let find = move || {
        let header = black_box(header.as_bytes());
        let end = memchr_iter(b';', header).next().unwrap_or(header.len());
        header[..end].strip_prefix(NAME.as_bytes()).map(<[u8]>::len)
    };
    let value = token.clone();
    let jar = move || {
        let cookie = Cookie::new(NAME.to_owned(), black_box(&value).clone());
        let jar = CookieJar::new().add(cookie);
        jar.get(NAME).map(|cookie| cookie.value().len())
    };
    let (verifier, message) = (key(), signed.clone());
    let verify = move || {
        let mac = verifier.clone().chain_update(black_box(&message));
        mac.verify_truncated_left(&tag[..16]).is_ok()
    };
    let decoder = engine();
    let decode_small = move || {
        let (mut mac, mut times) = ([0; 16], [0; 8]);
        let mac = decoder.decode_slice(black_box("u23t_5_4MO1TTAiK1piIzw"), &mut mac);
        (
            mac,
            decoder.decode_slice(black_box("ZVPxAGVT8Tw"), &mut times),
        )
    };
    let decoder = engine();
    let decode = move || String::from_utf8(decoder.decode(black_box(&payload)).ok()?).ok();
    let whole = text.clone();
    let check = move || serde_json::from_str::<IgnoredAny>(black_box(&whole)).is_ok();
    let encoder = engine();
    let encode = move || {
        let mut token = String::with_capacity(text.len() * 4 / 3 + 40);
        encoder.encode_string(black_box(&text), &mut token);
        encoder.encode_string([7; 8], &mut token);
        encoder.encode_string([7; 16], &mut token);
        token
    };
    let signer = key();
    let sign = move || signer.clone().chain_update(black_box(&signed)).finalize();
    let headers = move || {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::try_from(black_box(&set_cookie).clone());
        headers.append(VARY, HeaderValue::from_static("Cookie"));
        headers.append(SET_COOKIE, value.expect("ASCII"));
        headers.append(CACHE_CONTROL, HeaderValue::from_static("private"));
        headers
    };
    vec![
        step("find the cookie in its header", Side::Read, find),
        step("a jar of its own (axum-extra)", Side::Read, jar),
        step("HMAC-SHA1, verified (hmac)", Side::Read, verify),
        step("base64 of MAC and times", Side::Read, decode_small),
        step("base64 of the payload, as text", Side::Read, decode),
        step(
            "the JSON, checked as a whole (serde_json)",
            Side::Read,
            check,
        ),
        step("the value, parsed", Side::Read, || {
            serde_json::from_str::<u64>(black_box("7"))
        }),
        step("the clock", Side::Read, SystemTime::now),
        step("base64 of a new token", Side::Write, encode),
        step("HMAC-SHA1, signed (hmac)", Side::Write, sign),
        step("three headers (http)", Side::Write, headers),
    ]
}

fn token(json: &str) -> String {
    let payload = Simd::url_safe(NO_PAD).encode(json);
    format!("1.{payload}.ZVPxAGVT8Tw.u23t_5_4MO1TTAiK1piIzw")
}

/// The time of SHA-1 over so many bytes, and of nothing else.
fn limit(rounds: usize, len: usize) -> f64 {
    const BLOCKS: usize = 256;
    let bytes = vec![7; BLOCKS * BLOCK];
    let mut hash = step("", Side::Read, move || Sha1::digest(black_box(&bytes))).2;
    let times = (0..rounds).map(|_| time(&mut hash)).collect();
    let block = median(times) / BLOCKS as f64;
    // HMAC hashes one more block for its outer hash (RFC 2104, section 2).
    block * (len.div_ceil(BLOCK) + 1) as f64
}

/// In ns.
fn time(step: &mut Box<dyn FnMut()>) -> f64 {
    const TIMES: u32 = 200;
    let start = Instant::now();
    for _ in 0..TIMES {
        step();
    }
    start.elapsed().as_nanos() as f64 / f64::from(TIMES)
}

impl Column {
    fn sum(&self, side: Side) -> f64 {
        let steps = self.steps.iter().filter(|(_, of, _)| *of == side);
        steps.map(|(_, _, time)| time).sum()
    }

    fn lines(&self) -> Vec<(&'static str, f64)> {
        let [read, returned, increment] = self.ours;
        let [floor_read, _, floor_increment] = self.floor;
        let write = increment - read;
        let (reading, writing) = (self.sum(Side::Read), self.sum(Side::Write));
        let of = |side| {
            let steps = self.steps.iter().filter(move |(_, of, _)| *of == side);
            steps.map(|(name, _, time)| (*name, *time))
        };
        let mut lines: Vec<_> = of(Side::Read).collect();
        lines.push((
            "the rest of a read: the session, its data, allocations",
            read - reading,
        ));
        lines.push(("**read, not returned**", read));
        lines.push(("**what returning it unchanged adds**", returned - read));
        lines.extend(of(Side::Write));
        lines.push((
            "the rest of a write: the change, the splice, the attributes",
            write - writing,
        ));
        lines.push(("**what sending back adds**", write));
        lines.push(("the floor: read", floor_read));
        lines.push((
            "the floor: what sending back adds",
            floor_increment - floor_read,
        ));
        lines.push(("the physical limit of a MAC: SHA-1 alone", self.limit));
        lines
    }
}

impl Results {
    pub(crate) fn markdown(&self) -> Result<String> {
        let Self { rounds, .. } = self;
        let mut text = format!(
            "# Where the time goes\n\n{}{}\n\
            Net ns; medians of {rounds} rounds. Each step by itself, with the crate that the \
            library calls.\n\n| | {} |\n|---|{}\n",
            versions::paragraph()?,
            self.load_average.warning(),
            PAYLOADS.join(" | "),
            "---|".repeat(PAYLOADS.len())
        );
        let columns: Vec<_> = self.columns.iter().map(Column::lines).collect();
        for (at, (name, _)) in columns[0].iter().enumerate() {
            let cells = columns.iter().map(|lines| format!("{:.0}", lines[at].1));
            let cells: Vec<_> = cells.collect();
            let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
        }
        Ok(text)
    }

    pub(crate) fn json(&self) -> Value {
        let columns = PAYLOADS.iter().zip(&self.columns);
        let columns = columns.map(|(payload, column)| json!({ *payload: column.lines() }));
        json!({ "rounds": self.rounds, "net_ns": columns.collect::<Vec<_>>() })
    }
}
