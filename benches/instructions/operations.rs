//! Operations whose instructions are counted. `run` in this directory compares two commits.
//!
//! Valgrind does not show SHA-NI to the program, so these count the software SHA-1: more than the
//! processor executes, and the same on every machine.

mod device;

use std::hint::black_box;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_cookie_session::{
    Algorithm, DeviceBound, Key, Session, SessionConfig, SessionConfigBuilder, SessionMap,
};
use gungraun::{
    Callgrind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Builder;

/// What a request brings, and what reads it.
type Request = (HeaderMap, SessionConfig);

const ISSUED: u64 = 1_700_000_000;
const TEN_DAYS: u64 = 10 * 24 * 60 * 60;

fn builder(now: u64) -> SessionConfigBuilder {
    SessionConfig::builder(Key::new([7; 32]).expect("32 bytes"))
        .clock(move || -> SystemTime { UNIX_EPOCH + Duration::from_secs(now) })
}

fn config(now: u64) -> SessionConfig {
    builder(now).build().expect("the defaults")
}

/// `visits` and so many texts of so many bytes next to it.
fn data(texts: usize, len: usize) -> SessionMap {
    let mut data = SessionMap::default();
    for at in 0..texts {
        data.insert(format!("k{at:03}"), "x".repeat(len));
    }
    data.insert("visits", 7);
    data
}

fn medium_data() -> SessionMap {
    data(9, 42)
}

fn cookie(data: SessionMap) -> String {
    config(ISSUED).encode(&data).expect("it fits")
}

fn small() -> String {
    cookie(data(1, 4))
}

fn medium() -> String {
    cookie(medium_data())
}

fn large() -> String {
    cookie(data(30, 81))
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

type Settings = fn(SessionConfigBuilder) -> SessionConfigBuilder;

fn encrypted(builder: SessionConfigBuilder) -> SessionConfigBuilder {
    builder.algorithm(Algorithm::Aes256HmacSha256)
}

fn compressed(builder: SessionConfigBuilder) -> SessionConfigBuilder {
    builder.compress(true)
}

fn device_bound(builder: SessionConfigBuilder) -> SessionConfigBuilder {
    builder.device_bound(DeviceBound::new())
}

fn request_with(settings: Settings) -> Request {
    let at = |now| settings(builder(now)).build().expect("they fit together");
    let mut data = medium_data();
    // Ten equal texts would take no time to compress.
    for at in 0..9_u64 {
        let text = format!(
            "{at} is the number of {:x}",
            at.wrapping_mul(0x9E37_79B9_7F4A)
        );
        data.insert(format!("k{at:03}"), format!("{text:.<42}"));
    }
    let cookies = at(ISSUED).encode(&data).expect("it fits");
    (request_at(ISSUED, &cookies).0, at(ISSUED + 1))
}

/// With a session that is bound to a device, and the device's proof.
fn bound_request() -> Request {
    let at = |now| device_bound(builder(now)).build().expect("the defaults");
    let app = Router::new()
        .route("/start", get(start))
        .route("/read", get(async |session: Session| (session, ())))
        .merge(at(ISSUED).device_bound_routes())
        .with_state(at(ISSUED));
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let cookies = runtime.block_on(device::bind(&app, "/start", "/read"));
    let request = (request_at(ISSUED, &cookies).0, at(ISSUED + 1));
    let session: Session = Session::from_headers(&request.0, &request.1);
    assert!(session.is_device_bound());
    request
}

async fn start(mut session: Session) -> Session {
    *session = medium_data();
    session
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

/// As a handler does that returns the session with a text.
fn read_and_return((headers, config): &Request, expected: u64) -> Response {
    let session: Session = Session::from_headers(headers, config);
    let visits = session.get("visits").unwrap_or(0);
    assert_eq!(visits, expected);
    let response = (session, format!("visit number {visits}")).into_response();
    assert_eq!(response.headers().len(), 2);
    response
}

fn increment_and_return((headers, config): &Request) -> Response {
    let mut session: Session = Session::from_headers(headers, config);
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    assert_eq!(visits, 8);
    let response = (session, format!("visit number {visits}")).into_response();
    assert_eq!(response.headers().len(), 4);
    response
}

#[library_benchmark(setup = request)]
#[bench::no_cookie(none())]
#[bench::forged_medium(forged_token())]
fn absent_returned(request: Request) -> (Request, Response) {
    let response = read_and_return(black_box(&request), 0);
    (request, response)
}

#[library_benchmark(setup = request)]
#[bench::small(small())]
#[bench::medium(medium())]
#[bench::large(large())]
#[bench::ten_other_cookies(among_others())]
fn read_returned(request: Request) -> (Request, Response) {
    let response = read_and_return(black_box(&request), 7);
    (request, response)
}

#[library_benchmark(setup = request)]
#[bench::small(small())]
#[bench::medium(medium())]
#[bench::large(large())]
fn increment_returned(request: Request) -> (Request, Response) {
    let response = increment_and_return(black_box(&request));
    (request, response)
}

#[library_benchmark(setup = request_with)]
#[bench::encrypted(encrypted)]
#[bench::compressed(compressed)]
#[bench::not_bound_yet(device_bound)]
fn read_with(request: Request) -> (Request, Response) {
    let response = read_and_return(black_box(&request), 7);
    (request, response)
}

#[library_benchmark(setup = request_with)]
#[bench::encrypted(encrypted)]
#[bench::compressed(compressed)]
fn increment_with(request: Request) -> (Request, Response) {
    let response = increment_and_return(black_box(&request));
    (request, response)
}

#[library_benchmark(setup = bound_request)]
#[bench::medium()]
fn read_device_bound(request: Request) -> (Request, Response) {
    let response = read_and_return(black_box(&request), 7);
    (request, response)
}

#[library_benchmark(setup = bound_request)]
#[bench::medium()]
fn increment_device_bound(request: Request) -> (Request, Response) {
    let response = increment_and_return(black_box(&request));
    (request, response)
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

#[library_benchmark(setup = request)]
#[bench::medium(medium())]
fn typed_read_returned(request: Request) -> (Request, Response) {
    let (headers, config) = black_box(&request);
    let session: Session<View> = Session::from_headers(headers, config);
    let text = format!("visit number {}", session.visits);
    let response = (session, text).into_response();
    assert_eq!(response.headers().len(), 2);
    (request, response)
}

/// All of a medium session.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Whole {
    k000: String,
    k001: String,
    k002: String,
    k003: String,
    k004: String,
    k005: String,
    k006: String,
    k007: String,
    k008: String,
    visits: u64,
}

#[library_benchmark(setup = request)]
#[bench::medium(medium())]
fn typed_increment_returned(request: Request) -> (Request, Response) {
    let (headers, config) = black_box(&request);
    let mut session: Session<Whole> = Session::from_headers(headers, config);
    session.visits += 1;
    let text = format!("visit number {}", session.visits);
    let response = (session, text).into_response();
    assert_eq!(response.headers().len(), 4);
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
    benchmarks =
        absent, read, increment, typed_increment, renewal,
        absent_returned, read_returned, increment_returned,
        typed_read_returned, typed_increment_returned,
        read_with, increment_with, read_device_bound, increment_device_bound
);

main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"]));
    library_benchmark_groups = session
);
