//! Compares the library with a second verifier, which is written from the description of the token
//! alone: the same status, reason, times and contents for mutated tokens, with any clock and any
//! timeouts.
#![no_main]

mod request;
mod second;

use std::time::{SystemTime, UNIX_EPOCH};

use arbitrary::Arbitrary;
use axum_cookie_session::Session;
use axum_cookie_session_fuzz::clock;
use axum_cookie_session_fuzz::http::headers;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

use crate::request::{Candidate, Clock, Settings};
use crate::second::{Loaded, load};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    now: Clock,
    ours: Settings,
    fallback: Option<Settings>,
    candidates: Vec<Candidate<'a>>,
}

fuzz_target!(|input: Input<'_>| {
    clock::set(input.now.time());
    let now = clock::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let now = now.as_secs().min(u32::MAX.into());

    let ours = input.ours.rules();
    let fallback = input.fallback.as_ref().map(Settings::rules);
    let builder = ours.builder();
    let config = match &fallback {
        Some(rules) => builder.fallback_config(rules.builder().build().expect("a config")),
        None => builder,
    };
    let config = config.build().expect("a config");

    let mut lines: Vec<Vec<u8>> = Vec::new();
    for candidate in input.candidates.iter().take(4) {
        let pair = candidate.pair(now, fallback.as_ref().unwrap_or(&ours));
        match lines.last_mut() {
            Some(line) if !candidate.in_own_header => {
                line.extend_from_slice(b"; ");
                line.extend_from_slice(&pair);
            }
            _ => lines.push(pair),
        }
    }
    let headers = headers(lines.iter().map(Vec::as_slice));

    let session: Session = Session::from_headers(&headers, &config);
    let seconds = |time: SystemTime| {
        time.duration_since(UNIX_EPOCH)
            .expect("after 1970")
            .as_secs()
    };
    let raw = |key: &str| session.get::<Box<RawValue>>(key).expect("a value");
    let loaded = Loaded {
        status: session.status(),
        created: seconds(session.created_at()),
        issued: seconds(session.issued_at()),
        contents: session
            .keys()
            .map(|key| (key.to_owned(), raw(key).get().to_owned()))
            .collect(),
    };
    assert_eq!(loaded, load(&headers, &ours, fallback.as_ref(), now));
});
