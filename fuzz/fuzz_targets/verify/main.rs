//! The library's opener against a second one, written here from the description of the token alone:
//! the same verdict, reason, times and contents for mutated valid tokens at any clock and with any
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
use crate::second::{Verdict, verdict};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    now: Clock,
    ours: Settings,
    accepted: Option<Settings>,
    candidates: Vec<Candidate<'a>>,
}
fuzz_target!(|input: Input<'_>| {
    clock::set(input.now.time());
    let now = clock::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let now = now.as_secs().min(u32::MAX.into());

    let ours = input.ours.rules();
    let accepted = input.accepted.as_ref().map(Settings::rules);
    let builder = ours.builder();
    let config = match &accepted {
        Some(rules) => builder.fallback_config(rules.builder().build().expect("a config")),
        None => builder,
    };
    let config = config.build().expect("a config");

    let mut lines: Vec<Vec<u8>> = Vec::new();
    for candidate in input.candidates.iter().take(4) {
        let pair = candidate.pair(now, accepted.as_ref().unwrap_or(&ours));
        match lines.last_mut() {
            Some(line) if !candidate.in_a_header_of_its_own => {
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
    let said = Verdict {
        status: session.status(),
        created: seconds(session.created_at()),
        issued: seconds(session.issued_at()),
        contents: session
            .keys()
            .map(|key| (key.to_owned(), raw(key).get().to_owned()))
            .collect(),
    };
    assert_eq!(said, verdict(&headers, &ours, accepted.as_ref(), now));
});
