//! Ten operations whose instructions are counted; `run` beside this file compares two commits.
//!
//! Valgrind does not show SHA-NI to the program, so these count the software SHA-1: more than the
//! processor executes, and the same on every machine.

use std::hint::black_box;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum_cookie_session::{Key, Session, SessionConfig, SessionMap};
use gungraun::{
    Callgrind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use serde::{Deserialize, Serialize};

/// What a request brings, and what reads it.
type Request = (HeaderMap, SessionConfig);

const ISSUED: u64 = 1_700_000_000;
const TEN_DAYS: u64 = 10 * 24 * 60 * 60;

fn config(now: u64) -> SessionConfig {
    SessionConfig::builder(Key::new([7; 32]).expect("32 bytes"))
        .clock(move || -> SystemTime { UNIX_EPOCH + Duration::from_secs(now) })
        .build()
        .expect("the defaults")
}

/// `visits` and so many texts of so many bytes beside it.
fn cookie(texts: usize, len: usize) -> String {
    let mut data = SessionMap::default();
    for at in 0..texts {
        data.insert(format!("k{at:03}"), "x".repeat(len));
    }
    data.insert("visits", 7);
    config(ISSUED).encode(&data).expect("it fits")
}

fn small() -> String {
    cookie(1, 4)
}

fn medium() -> String {
    cookie(9, 42)
}

fn large() -> String {
    cookie(30, 81)
}

fn request_at(now: u64, cookies: &str) -> Request {
    let mut headers = HeaderMap::new();
    if !cookies.is_empty() {
        headers.insert(COOKIE, HeaderValue::from_str(cookies).expect("ASCII"));
    }
    (headers, config(now))
}

fn request(cookies: String) -> Request {
    request_at(ISSUED + 1, &cookies)
}

fn none() -> String {
    String::new()
}

fn forged_token() -> String {
    let cookie = medium();
    let at = cookie.len() / 2;
    let other = match &cookie[at..=at] {
        "A" => "B",
        _ => "A",
    };
    format!("{}{other}{}", &cookie[..at], &cookie[at + 1..])
}

fn among_others() -> String {
    let other = |at: u32| format!("other_{at}=a-value-of-{at}-and-more");
    let others: Vec<_> = (0..10).map(other).collect();
    let (before, after) = others.split_at(5);
    format!("{}; {}; {}", before.join("; "), medium(), after.join("; "))
}

fn visits((headers, config): &Request) -> Option<u64> {
    let session: Session = Session::from_headers(headers, config);
    session.get("visits")
}

// Each hands the request back, so that dropping it is not counted.
#[library_benchmark(setup = request)]
#[bench::no_cookie(none())]
#[bench::forged_medium(forged_token())]
fn absent(request: Request) -> Request {
    assert_eq!(visits(black_box(&request)), None);
    request
}

#[library_benchmark(setup = request)]
#[bench::small(small())]
#[bench::medium(medium())]
#[bench::large(large())]
#[bench::ten_other_cookies(among_others())]
fn read(request: Request) -> Request {
    assert_eq!(visits(black_box(&request)), Some(7));
    request
}

#[library_benchmark(setup = request)]
#[bench::medium(medium())]
#[bench::large(large())]
fn increment(request: Request) -> (Request, Response) {
    let (headers, config) = black_box(&request);
    let mut session: Session = Session::from_headers(headers, config);
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    let response = (session, ()).into_response();
    assert_eq!(response.headers().len(), 3);
    (request, response)
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct View {
    k000: String,
    k001: String,
    visits: u64,
}

#[library_benchmark(setup = request)]
#[bench::medium(medium())]
fn typed_increment(request: Request) -> (Request, Response) {
    let (headers, config) = black_box(&request);
    let mut session: Session<View> = Session::from_headers(headers, config);
    session.visits += 1;
    assert_eq!(session.visits, 8);
    let response = (session, ()).into_response();
    assert_eq!(response.headers().len(), 3);
    (request, response)
}

fn request_after_ten_days(cookies: String) -> Request {
    request_at(ISSUED + TEN_DAYS, &cookies)
}

#[library_benchmark(setup = request_after_ten_days)]
#[bench::medium(medium())]
fn renewal(request: Request) -> (Request, Response) {
    let (headers, config) = black_box(&request);
    let session: Session = Session::from_headers(headers, config);
    let response = (session, ()).into_response();
    assert_eq!(response.headers().len(), 3);
    (request, response)
}

library_benchmark_group!(
    name = session;
    benchmarks = absent, read, increment, typed_increment, renewal
);

main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"]));
    library_benchmark_groups = session
);
