//! Any bytes as `Cookie` headers, one a line, against configs of every format: never a panic, always
//! a session, and returning it is never an error. A request that another site sent, without a cookie
//! of ours, writes nothing.
#![no_main]

use std::sync::LazyLock;

use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use axum_cookie_session::{Session, SessionConfig, Status};
use axum_cookie_session_fuzz::http::{headers, sent_back, set_cookies};
use axum_cookie_session_fuzz::json::meaning;
use axum_cookie_session_fuzz::{clock, configs};
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    visits: u32,
    user: Option<String>,
}

fuzz_target!(|data: &[u8]| {
    static CONFIGS: LazyLock<Vec<SessionConfig>> = LazyLock::new(configs::every);
    // A refresh is due in most configs for what was issued at the start.
    clock::set(clock::at(clock::START + 4 * configs::DAY));
    let headers = headers(data.split(|byte| *byte == b'\n'));
    for config in &*CONFIGS {
        let status = unchanged(&headers, config);
        cross_site(&headers, config, status);
        if status == Status::New {
            continue;
        }
        changed(&headers, config);
        ended(&headers, config);
        typed(&headers, config);
    }
});

fn is_verified(status: Status) -> bool {
    matches!(status, Status::Valid | Status::Fallback)
}

fn unchanged(headers: &HeaderMap, config: &SessionConfig) -> Status {
    let session: Session = Session::from_headers(headers, config);
    let before = session.clone();
    let status = session.status();
    if !is_verified(status) {
        assert!(session.is_empty());
        assert_eq!(session.created_at(), clock::now());
    }
    let response = session.into_response();
    assert_eq!(response.status(), StatusCode::OK);
    let set = set_cookies(response.headers());
    if set.is_empty() {
        return status;
    }
    // A refresh.
    assert!(is_verified(status), "{status:?} was written");
    let after: Session = Session::from_headers(&sent_back(response.headers()), config);
    assert_eq!(after.status(), Status::Valid);
    assert_eq!(meaning(&after), meaning(&before));
    let left: Session = Session::from_set_cookie(response.headers(), config);
    assert_eq!(meaning(&left), meaning(&before));
    status
}

/// The same request, if a form of another site made it. Every config is `SameSite=Lax`.
fn cross_site(headers: &HeaderMap, config: &SessionConfig, same_site: Status) {
    let mut headers = headers.clone();
    headers.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
    // A link has no origin, and the cookie comes with it.
    let session: Session = Session::from_headers(&headers, config);
    assert_eq!(session.status(), same_site);
    headers.insert(ORIGIN, HeaderValue::from_static("null"));
    let mut session: Session = Session::from_headers(&headers, config);
    if same_site != Status::New {
        assert_eq!(session.status(), same_site);
        return;
    }
    assert_eq!(session.status(), Status::CrossSite);
    session.destroy();
    session.insert("fuzz", "x".repeat(5000));
    let response = session.into_response();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(set_cookies(response.headers()), []);
}

fn changed(headers: &HeaderMap, config: &SessionConfig) {
    let mut session: Session = Session::from_headers(headers, config);
    session.insert("fuzz", "changed");
    let before = session.clone();
    let len = session.encoded_len();
    // The length of a session of Rails varies by 100 bytes.
    if len.as_ref().is_ok_and(|len| (3900..4300).contains(len)) {
        return;
    }
    let fits = len.is_ok_and(|len| len <= 4096);
    if !is_verified(session.status()) {
        assert!(fits);
    }
    let response = session.into_response();
    if !fits {
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(set_cookies(response.headers()), []);
        return;
    }
    assert_eq!(response.status(), StatusCode::OK);
    let after: Session = Session::from_headers(&sent_back(response.headers()), config);
    // The cookie that came may hold just this already; then there is no change.
    if !set_cookies(response.headers()).is_empty() {
        assert_eq!(after.status(), Status::Valid);
        assert_eq!(meaning(&after), meaning(&before));
    }
}

fn ended(headers: &HeaderMap, config: &SessionConfig) {
    let mut session: Session = Session::from_headers(headers, config);
    session.destroy();
    let response = session.into_response();
    assert_eq!(response.status(), StatusCode::OK);
    let set = set_cookies(response.headers());
    assert!(!set.is_empty());
    assert!(set.iter().all(|cookie| cookie.value.is_none()));

    let mut session: Session = Session::from_headers(headers, config);
    let had_keys = !session.is_empty();
    session.clear();
    let response = session.into_response();
    assert_eq!(response.status(), StatusCode::OK);
    let set = set_cookies(response.headers());
    if had_keys {
        assert!(!set.is_empty());
        assert!(set.iter().all(|cookie| cookie.value.is_none()));
    }
}

fn typed(headers: &HeaderMap, config: &SessionConfig) {
    let session: Session<Typed> = Session::from_headers(headers, config);
    let _ = session.status();
    assert_eq!(session.into_response().status(), StatusCode::OK);
}
