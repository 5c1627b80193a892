//! Sessions with a wrong MAC: `constant_time` in this directory checks that refusing one takes the
//! same instructions whichever bytes are wrong.

use std::hint::black_box;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum_cookie_session::{Algorithm, Key, Reason, Session, SessionConfig, SessionMap, Status};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gungraun::{
    Callgrind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};

const MAC_LEN: usize = 16;

/// A session whose MAC is wrong: at one byte, and from a byte on to the end.
fn forged(algorithm: Algorithm, wrong: usize) -> (HeaderMap, SessionConfig) {
    let builder = SessionConfig::builder(Key::new([7; 32]).expect("32 bytes"));
    let config = builder.algorithm(algorithm).build().expect("the defaults");
    let data = SessionMap::from_iter([("user", "ada")]);
    let cookie = config.encode(&data).expect("it fits");
    let (signed, mac) = cookie.rsplit_once('.').expect("a token");
    let mut mac = URL_SAFE_NO_PAD.decode(mac).expect("base64");
    let (at, to_the_end) = (wrong % MAC_LEN, wrong >= MAC_LEN);
    for byte in &mut mac[at..if to_the_end { MAC_LEN } else { at + 1 }] {
        *byte ^= 0x55;
    }
    let cookie = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac));
    let cookie = HeaderValue::try_from(cookie).expect("ASCII");
    (HeaderMap::from_iter([(COOKIE, cookie)]), config)
}

fn version_1(wrong: usize) -> (HeaderMap, SessionConfig) {
    forged(Algorithm::HmacSha1, wrong)
}

fn version_2(wrong: usize) -> (HeaderMap, SessionConfig) {
    forged(Algorithm::HmacSha256, wrong)
}

fn version_3(wrong: usize) -> (HeaderMap, SessionConfig) {
    forged(Algorithm::Aes256HmacSha256, wrong)
}

#[library_benchmark]
#[benches::version_1(iter = 0..2 * MAC_LEN, setup = version_1)]
#[benches::version_2(iter = 0..2 * MAC_LEN, setup = version_2)]
#[benches::version_3(iter = 0..2 * MAC_LEN, setup = version_3)]
fn refuse(request: (HeaderMap, SessionConfig)) -> (HeaderMap, SessionConfig) {
    let (headers, config) = black_box(&request);
    let session: Session = Session::from_headers(headers, config);
    assert_eq!(session.status(), Status::Rejected(Reason::BadSignature));
    drop(session);
    request
}

library_benchmark_group!(name = wrong_macs; benchmarks = refuse);

main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"]));
    library_benchmark_groups = wrong_macs
);
