//! What anyone can send without a key: many cookies, long ones, and wrong ones.

use std::hint::black_box;

use axum::http::HeaderMap;
use axum_cookie_session::{Session, SessionConfig};

use super::{Cases, Work};
use crate::configs::{built, headers, key, longest_cookie};
use crate::format::FORMATS;

pub(super) fn add(cases: &mut Cases) {
    for format in &FORMATS {
        let config = format.config();
        let read = |cookies: Vec<u8>| read(&config, &cookies);
        let tampered = tampered(&longest_cookie(&config));
        cases.add(
            format!("{format}: 500, then 1000 cookies of the name"),
            |times| read(repeat("session=1.a.b.c; session.sig=abc", 500 * times)),
        );
        cases.add(format!("{format}: one value of 50, then 100 kB"), |times| {
            read([b"session=", &vec![b'A'; 50_000 * times][..]].concat())
        });
        cases.add(
            format!("{format}: 50, then 100 kB that are not text"),
            |times| read([b"session=", &vec![0xff; 50_000 * times][..]].concat()),
        );
        cases.add(format!("{format}: 50, then 100 kB in quotes"), |times| {
            read([b"session=\"", &vec![b'"'; 50_000 * times][..]].concat())
        });
        cases.add(
            format!("{format}: 12, then 24 tokens with wrong MACs"),
            |times| read(repeat(&tampered, 12 * times)),
        );
        // Some formats decode it before they verify a MAC.
        cases.add(
            format!("{format}: 12, then 24 values in percent-encoding"),
            |times| {
                read(repeat(
                    &format!("session={}", "%2D".repeat(1300)),
                    12 * times,
                ))
            },
        );
        cases.add(
            format!("{format}: 2000, then 4000 other cookies"),
            |times| read(repeat("another=cookie-of-24-byte", 2000 * times)),
        );
    }
    // 27 characters of base64, as a signature has.
    let signature = |n: usize| format!("session.sig={n:A>26}A");
    let pair = |n: usize| format!("session=e30{n:A>9}; {}", signature(n));
    let many = |cookie: &dyn Fn(usize) -> String, count: usize| {
        let cookies: Vec<_> = (0..count).map(cookie).collect();
        cookies.join("; ").into_bytes()
    };
    let express = built(SessionConfig::express(key(7)));
    cases.add("Express: one value, 1000, then 2000 signatures", |times| {
        let cookies = many(&signature, 1000 * times);
        read(&express, &[b"session=e30=; ", &cookies[..]].concat())
    });
    // Below 256 of each the cost grows with the square. From there on it is bounded.
    cases.add(
        "Express: 256, then 512 values and as many signatures",
        |times| read(&express, &many(&pair, 256 * times)),
    );
}

fn read(config: &SessionConfig, cookies: &[u8]) -> Work {
    let config = config.clone();
    let headers = headers(cookies).expect("no control characters");
    Work::new(cookies.len(), move || {
        black_box(session(&config, &headers).get::<u64>("n"));
    })
}

pub(super) fn session(config: &SessionConfig, headers: &HeaderMap) -> Session {
    Session::from_headers(black_box(headers), config)
}

/// A character of the MAC is another, or of what it covers. Not the last one, whose spare bits are
/// checked before anything is hashed.
pub(super) fn tampered(cookie: &str) -> String {
    let end = cookie.find("; ").unwrap_or(cookie.len());
    let at = end - 10;
    let other = if &cookie[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &cookie[..at], &cookie[at + 1..])
}

fn repeat(cookie: &str, times: usize) -> Vec<u8> {
    vec![cookie; times].join("; ").into_bytes()
}
