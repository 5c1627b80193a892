//! Requests that another site sent: which of them may write a session.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::COOKIE;
use axum::routing::get;
use axum_cookie_session::{SameSite, Session, SessionConfig};
use common::*;
use serde_json::json;
use tower::ServiceExt;

/// Signs in, at `/allowed` even if another site sent the request. The body is the status.
fn site(config: &SessionConfig) -> Router {
    async fn sign_in(mut session: Session) -> (Session, String) {
        let status = format!("{:?}", session.status());
        session.insert("user", "ada");
        (session, status)
    }
    let allowed = async |mut session: Session| {
        session.allow_cross_site();
        sign_in(session).await
    };
    Router::new()
        .route("/", get(sign_in))
        .route("/allowed", get(allowed))
        .with_state(config.clone())
}

const ELSEWHERE: (&str, &str) = ("sec-fetch-site", "cross-site");
const POSTED: (&str, &str) = ("origin", "https://elsewhere.example");

/// The status in the handler, and whether the response sets the cookie.
async fn sent(config: &SessionConfig, path: &str, headers: &[(&str, &str)]) -> (String, bool) {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let reply = Reply::of(site(config).oneshot(request).await.unwrap()).await;
    let sets = !reply.set_cookies().is_empty();
    (reply.body, sets)
}

#[tokio::test]
async fn another_site_signs_nobody_in_unless_the_handler_allows_it() {
    let foreign = [ELSEWHERE, POSTED];
    let refused = ("CrossSite".to_owned(), false);
    assert_eq!(sent(&config(), "/", &foreign).await, refused);
    let allowed = ("CrossSite".to_owned(), true);
    assert_eq!(sent(&config(), "/allowed", &foreign).await, allowed);
}

#[tokio::test]
async fn the_same_site_attribute_says_which_requests_come_without_the_cookie() {
    for (same_site, headers, is_cross_site) in [
        (SameSite::Lax, &[ELSEWHERE, POSTED][..], true),
        // A link or a redirect.
        (SameSite::Lax, &[ELSEWHERE], false),
        (SameSite::Lax, &[POSTED], false),
        (
            SameSite::Lax,
            &[("sec-fetch-site", "same-site"), POSTED],
            false,
        ),
        (SameSite::Strict, &[ELSEWHERE], true),
        (SameSite::Strict, &[("sec-fetch-site", "none")], false),
        (SameSite::None, &[ELSEWHERE, POSTED], false),
    ] {
        let builder = || builder().same_site(same_site);
        let config = builder().build().unwrap();
        let status = if is_cross_site { "CrossSite" } else { "New" };
        let expected = (status.to_owned(), !is_cross_site);
        let seen = sent(&config, "/", headers).await;
        assert_eq!(seen, expected, "{same_site:?} {headers:?}");

        let config = builder().allow_cross_site_writes(true).build().unwrap();
        let expected = ("New".to_owned(), true);
        assert_eq!(sent(&config, "/", headers).await, expected);
    }
}

#[tokio::test]
async fn a_session_that_came_is_written_whoever_sent_the_request() {
    let config = config();
    let cookie = cookie(&config, json!({"a": 1}));
    let headers = [ELSEWHERE, POSTED, (COOKIE.as_str(), &cookie)];
    let written = ("Valid".to_owned(), true);
    assert_eq!(sent(&config, "/", &headers).await, written);
}

#[cfg(feature = "tracing")]
#[test]
fn the_log_says_that_a_change_of_another_site_is_not_written() {
    let log = |path: &str| {
        logged(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            let (config, headers) = (config(), [ELSEWHERE, POSTED]);
            runtime.unwrap().block_on(sent(&config, path, &headers));
        })
    };
    let refused = log("/");
    assert!(
        refused.contains("session not written: another site sent the request"),
        "{refused}"
    );
    assert!(!log("/allowed").contains("not written"));
}
