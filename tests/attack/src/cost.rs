//! What is dear to read: its price for each byte, and that it grows no faster than the bytes.

use std::hint::black_box;
use std::time::Instant;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::IntoResponse;
use axum_cookie_session::{Session, SessionConfig, SessionMap};
use harness::Outcomes;
use serde_json::Value;

use crate::allocations;
use crate::configs::{all, built, key, longest_cookie, native};

/// Twice the bytes may take so many times the time: noise, and what is paid only once.
const MOST_TIME: f64 = 2.6;
const MOST_MEMORY: f64 = 2.2;

/// What the handler does.
#[derive(Clone, Copy)]
enum Then {
    Read,
    /// Sets a key, and sends the session back.
    Change,
    /// Removes all keys, and sends the removal.
    Clear,
}

type Request = (SessionConfig, HeaderMap);

/// One way to be dear, in a size and in twice that size.
struct Attack {
    name: String,
    requests: [Request; 2],
    then: Then,
}

pub(crate) fn measure_all(outcomes: &mut Outcomes, short: bool) {
    let rounds = if short { 15 } else { 101 };
    for attack in attacks() {
        let [once, twice] = attack.requests.each_ref();
        let bytes = [once, twice].map(|(_, headers)| len(headers));
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (request, times) in [once, twice].into_iter().zip(&mut times) {
                times.push(time(request, attack.then));
            }
        }
        let [t1, t2] = times.map(median);
        let memory = [once, twice].map(|request| {
            let peak = allocations::peak(|| handle(request, attack.then));
            peak as f64
        });
        let growth = (t2 / t1) / (bytes[1] as f64 / bytes[0] as f64) * 2.0;
        let memory_growth = memory[1] / memory[0].max(1024.0);
        outcomes.note_tries(
            &attack.name,
            2 * rounds,
            usize::from(growth > MOST_TIME || memory_growth > MOST_MEMORY),
            format!(
                "{} kB: {:.0} µs, {:.2} µs per kB; doubled: time × {growth:.2}, most memory {:.1} kB then {:.1} kB, {:.2} of the header",
                bytes[1] / 1000,
                t2 / 1000.0,
                t2 / bytes[1] as f64,
                memory[0] / 1000.0,
                memory[1] / 1000.0,
                memory[1] / bytes[1] as f64
            ),
        );
    }
}

fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    let mut add = |name: String, then: Then, request: &dyn Fn(usize) -> Request| {
        attacks.push(Attack {
            name,
            requests: [request(1), request(2)],
            then,
        });
    };
    for (format, config) in all() {
        let request = |cookies: Vec<u8>| (config.clone(), cookie_header(&cookies));
        let tampered = tampered(&longest_cookie(&config));
        add(
            format!("{format}: 500, then 1000 cookies of the name"),
            Then::Read,
            &|times| request(repeat("session=1.a.b.c; session.sig=abc", 500 * times)),
        );
        add(
            format!("{format}: one value of 50, then 100 kB"),
            Then::Read,
            &|times| request([b"session=", &vec![b'A'; 50_000 * times][..]].concat()),
        );
        add(
            format!("{format}: 50, then 100 kB that are no text"),
            Then::Read,
            &|times| request([b"session=", &vec![0xff; 50_000 * times][..]].concat()),
        );
        add(
            format!("{format}: 12, then 24 tokens with wrong MACs"),
            Then::Read,
            &|times| request(repeat(&tampered, 12 * times)),
        );
        add(
            format!("{format}: 2000, then 4000 other cookies"),
            Then::Read,
            &|times| request(repeat("another=cookie-of-24-byte", 2000 * times)),
        );
    }
    let config = native();
    add(
        "our own, signed: arrays in arrays, read and changed".to_owned(),
        Then::Change,
        &|times| {
            let deep = nested(700 * times);
            let mut data = SessionMap::default();
            data.insert("deep", deep);
            signed(&config, &data)
        },
    );
    let many_keys = |times| {
        let mut data = SessionMap::default();
        for at in 0..150 * times {
            data.insert(format!("{at}"), 1);
        }
        signed(&config, &data)
    };
    // 20 bytes of base64, as a signature has: what is compared is bounded, and this is the bound.
    let pair = "session=e30; session.sig=AAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let express = built(SessionConfig::express(key(7)));
    add(
        "Express: 256, then 512 values, and as many signatures".to_owned(),
        Then::Read,
        &|times| (express.clone(), cookie_header(&repeat(pair, 256 * times))),
    );
    let flask = built(SessionConfig::flask(key(7)));
    let with_fallback = built(SessionConfig::builder(key(8)).fallback_config(flask.clone()));
    add(
        "Flask as fallback config: 150, then 300 keys, read and changed".to_owned(),
        Then::Change,
        &|times| {
            let mut data = SessionMap::default();
            for at in 0..150 * times {
                data.insert(format!("{at}"), 1);
            }
            let (_, headers) = signed(&flask, &data);
            (with_fallback.clone(), headers)
        },
    );
    for (what, then) in [
        ("read and changed", Then::Change),
        ("all removed", Then::Clear),
    ] {
        add(
            format!("our own, signed: 150, then 300 keys, {what}"),
            then,
            &many_keys,
        );
    }
    attacks
}

fn signed(config: &SessionConfig, data: &SessionMap) -> Request {
    let cookie = config.encode(data).expect("it fits");
    (config.clone(), cookie_header(cookie.as_bytes()))
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]))
}

/// A character of the MAC is another, or of what it covers: not the last one, whose spare bits
/// would be refused before anything is hashed.
fn tampered(cookie: &str) -> String {
    let end = cookie.find("; ").unwrap_or(cookie.len());
    let at = end - 10;
    let other = if &cookie[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &cookie[..at], &cookie[at + 1..])
}

fn repeat(cookie: &str, times: usize) -> Vec<u8> {
    vec![cookie; times].join("; ").into_bytes()
}

fn cookie_header(cookies: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_bytes(cookies).expect("no control characters");
    headers.insert(COOKIE, value);
    headers
}

fn len(headers: &HeaderMap) -> usize {
    headers.values().map(HeaderValue::len).sum()
}

fn handle((config, headers): &Request, then: Then) {
    let mut session: Session = Session::from_headers(black_box(headers), config);
    match then {
        Then::Read => {
            black_box(session.get::<u64>("n"));
            return;
        }
        Then::Change => session.insert("n", 1),
        Then::Clear => session.clear(),
    }
    let response = (session, ()).into_response();
    assert!(
        response.status().is_success(),
        "the session was not written"
    );
    black_box(response);
}

/// In ns.
fn time(request: &Request, then: Then) -> f64 {
    let start = Instant::now();
    handle(request, then);
    start.elapsed().as_nanos() as f64
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
