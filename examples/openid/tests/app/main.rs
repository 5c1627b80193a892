//! The application through its router, with a provider that the test runs.

#![allow(clippy::unwrap_used, reason = "a test")]

mod provider;
mod visitor;

use axum::http::StatusCode;
use openid::ResponseMode::{FormPost, FormPostTwice, Query};
use serde_json::json;

use crate::provider::{NOWHERE, Provider, fields, sign};
use crate::visitor::{SIGN_IN, Site};

async fn start() -> (Provider, Site) {
    let provider = Provider::start().await;
    let site = Site::new(&provider.issuer, Query);
    (provider, site)
}

#[tokio::test]
async fn a_user_signs_in_and_the_attempt_is_gone() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    ada.sign_in(&provider).await;
    assert_eq!(ada.cookies.keys().collect::<Vec<_>>(), ["__Host-session"]);
    assert!(ada.get("/").await.text.contains("Hello, &lt;Ada&gt;"));
    let bytes = "__Host-session".len() + ada.session().unwrap().len();
    println!("the session's cookie has {bytes} bytes");
    assert!(bytes < 256);
}

#[tokio::test]
async fn tabs_end_in_any_order_and_each_answer_is_used_once() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(ada.go(&provider).await);
    }
    answers.swap(0, 1);
    for answer in &answers {
        let page = ada.get(&format!("/callback?{answer}")).await;
        assert_eq!(page.status, 303);
    }
    let session = ada.session();
    for answer in &answers {
        let page = ada.get(&format!("/callback?{answer}")).await;
        assert_eq!(page.status, 400);
        assert!(page.text.contains("This sign-in is over"));
    }
    assert_eq!(ada.session(), session);
}

#[tokio::test]
async fn the_sixth_tab_replaces_the_first_and_the_cookie_stays_small() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    let first = ada.go(&provider).await;
    println!(
        "one attempt: {} bytes",
        SIGN_IN.len() + ada.cookies[SIGN_IN].len()
    );
    let second = ada.go(&provider).await;
    for _ in 0..100 {
        ada.go(&provider).await;
    }
    let bytes = SIGN_IN.len() + ada.cookies[SIGN_IN].len();
    println!("five attempts: {bytes} bytes");
    assert!(bytes < 1200, "{bytes}");
    for answer in [first, second] {
        let page = ada.get(&format!("/callback?{answer}")).await;
        assert_eq!(page.status, 400);
    }
    let last = ada.go(&provider).await;
    assert_eq!(ada.get(&format!("/callback?{last}")).await.status, 303);
}

#[tokio::test]
async fn an_attempt_is_over_after_ten_minutes() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    let answer = ada.go(&provider).await;
    site.later(601);
    let page = ada.get(&format!("/callback?{answer}")).await;
    assert_eq!(page.status, 400);
    assert!(!ada.is_signed_in().await);
    // A later tab has its own ten minutes.
    ada.go(&provider).await;
    site.later(500);
    let answer = ada.go(&provider).await;
    site.later(500);
    assert_eq!(ada.get(&format!("/callback?{answer}")).await.status, 303);
}

#[tokio::test]
async fn a_state_of_another_browser_or_none_signs_nobody_in() {
    let (provider, site) = start().await;
    let (mut mallory, mut ada) = (site.visitor(), site.visitor());
    let planted = mallory.go(&provider).await;
    ada.sign_in(&provider).await;
    ada.go(&provider).await;
    let cookies = ada.cookies.clone();
    for query in [&planted, "", "code=x", "state=&code=x", "state=a&state=b"] {
        let page = ada.get(&format!("/callback?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        let page = ada.post("/callback", query).await;
        assert_eq!(page.status, 400, "{query}");
        assert_eq!(ada.cookies, cookies, "{query}");
    }
}

#[tokio::test]
async fn an_answer_of_more_than_16_kib_is_not_read() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    let answer = ada.go(&provider).await;
    let long = format!("{answer}&more={}", "x".repeat(16 * 1024));
    assert_eq!(ada.post("/callback", &long).await.status, 400);
    assert_eq!(ada.post("/callback", &answer).await.status, 303);
}

#[tokio::test]
async fn a_code_fits_its_own_state_alone_and_works_once() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    let first = ada.go(&provider).await;
    let second = ada.go(&provider).await;
    let (state, _) = first.split_once('&').unwrap();
    let (_, code) = second.split_once('&').unwrap();
    let page = ada.get(&format!("/callback?{state}&{code}")).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("does not accept this sign-in any more"));
    assert_eq!(ada.session(), None);

    // A copy of the cookie brings an attempt back, and the code is worth nothing any more.
    let answer = ada.go(&provider).await;
    let mut copy = ada.clone();
    assert_eq!(ada.get(&format!("/callback?{answer}")).await.status, 303);
    let page = copy.get(&format!("/callback?{answer}")).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("does not accept this sign-in any more"));
    assert_eq!(copy.session(), None);
}

#[tokio::test]
async fn an_error_of_the_provider_gets_a_page_and_leaves_the_session() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    ada.sign_in(&provider).await;
    let session = ada.session();
    for (error, status, text) in [
        ("access_denied", 403, "because you declined"),
        ("temporarily_unavailable", 503, "does not answer"),
        ("server_error", 502, "cannot be used"),
        ("<script>", 502, "cannot be used"),
    ] {
        let answer = ada.go(&provider).await;
        let state = answer.split('&').next().unwrap();
        let refusal = fields(&[("error", error), ("error_description", "<b>")]);
        let page = ada.get(&format!("/callback?{state}&{refusal}")).await;
        assert_eq!(page.status, status, "{error}");
        assert!(page.text.contains(text), "{error}");
        assert!(!page.text.contains(error) && !page.text.contains("<b>"));
        assert_eq!(ada.session(), session, "{error}");
        // The attempt was used.
        let page = ada.get(&format!("/callback?{answer}")).await;
        assert_eq!(page.status, 400, "{error}");
    }
}

#[tokio::test]
async fn an_id_token_that_is_not_ours_signs_nobody_in() {
    let (provider, site) = start().await;
    for claims in [
        json!({ "iss": "https://other.example" }),
        json!({ "aud": "another client" }),
        json!({ "nonce": "another nonce" }),
        json!({ "nonce": null }),
        json!({ "exp": 1_000_000_000 }),
        json!({ "sub": null }),
    ] {
        provider.claims(claims.clone());
        let mut ada = site.visitor();
        let answer = ada.go(&provider).await;
        let page = ada.get(&format!("/callback?{answer}")).await;
        assert_eq!(page.status, 502, "{claims}");
        assert!(page.text.contains("answer cannot be used"));
        assert_eq!(ada.session(), None, "{claims}");
    }
    provider.claims(json!({}));
    site.visitor().sign_in(&provider).await;
}

#[tokio::test]
async fn the_answer_of_another_issuer_is_refused() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    let answer = ada.go(&provider).await;
    let (answer, _) = answer.split_once("&iss=").unwrap();
    let page = ada
        .get(&format!("/callback?{answer}&iss=https://other.example"))
        .await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("another provider"));
    assert_eq!(ada.session(), None);

    provider.metadata(json!({ "issuer": "https://other.example" }));
    let mut site = Site::new(&provider.issuer, Query).visitor();
    assert_eq!(site.post("/sign-in", "").await.status, 502);
}

#[tokio::test]
async fn a_provider_that_is_down_gets_a_page_and_leaves_the_session() {
    let provider = Provider::start().await;
    provider.metadata(json!({ "token_endpoint": format!("{NOWHERE}/token") }));
    let mut ada = Site::new(&provider.issuer, Query).visitor();
    let answer = ada.go(&provider).await;
    let page = ada.get(&format!("/callback?{answer}")).await;
    assert_eq!(page.status, 503);
    assert!(page.text.contains("The provider does not answer"));
    assert_eq!(ada.session(), None);

    let mut ada = Site::new(NOWHERE, Query).visitor();
    let page = ada.post("/sign-in", "").await;
    assert_eq!(page.status, 503);
    assert!(ada.cookies.is_empty());
}

#[tokio::test]
async fn a_token_endpoint_with_a_fault_of_its_own_is_a_502() {
    let (provider, site) = start().await;
    for (status, body) in [
        (
            StatusCode::UNAUTHORIZED,
            json!({ "error": "invalid_client" }),
        ),
        (StatusCode::INTERNAL_SERVER_ERROR, json!("oops")),
        (
            StatusCode::OK,
            json!({ "access_token": "a", "token_type": "Bearer" }),
        ),
    ] {
        provider.refuse(status, body);
        let mut ada = site.visitor();
        let answer = ada.go(&provider).await;
        let page = ada.get(&format!("/callback?{answer}")).await;
        assert_eq!(page.status, 502, "{status}");
        assert_eq!(ada.session(), None, "{status}");
    }
}

#[tokio::test]
async fn a_second_sign_in_begins_a_session_of_its_own() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    ada.sign_in(&provider).await;
    site.later(13 * 24 * 60 * 60);
    ada.sign_in(&provider).await;
    // After 30 days the first session is over.
    for _ in 0..2 {
        site.later(13 * 24 * 60 * 60);
        assert!(ada.is_signed_in().await);
    }
}

#[tokio::test]
async fn a_posted_answer_signs_in_with_a_cookie_of_samesite_none() {
    let provider = Provider::start().await;
    let mut ada = Site::new(&provider.issuer, FormPost).visitor();
    let page = ada.post("/sign-in", "").await;
    assert!(page.location.contains("response_mode=form_post"));
    let answer = provider.agree(&page.location);
    let page = ada.post_from_elsewhere("/callback", "state=x&code=y").await;
    assert_eq!(page.status, 400);
    let page = ada.post_from_elsewhere("/callback", &answer).await;
    assert_eq!((page.status, page.location.as_str()), (303, "/"));
    assert!(ada.is_signed_in().await);
}

#[tokio::test]
async fn a_posted_answer_is_posted_again_and_signs_in_with_lax_cookies() {
    let provider = Provider::start().await;
    let mut ada = Site::new(&provider.issuer, FormPostTwice).visitor();
    let answer = ada.go(&provider).await;
    let before = ada.cookies.clone();
    let page = ada.post_from_elsewhere("/callback", &answer).await;
    assert_eq!(page.status, 200);
    assert_eq!(ada.cookies, before);
    assert_eq!(hidden(&page.text), answer);
    assert_eq!(ada.post("/callback", &answer).await.status, 303);
    assert!(ada.is_signed_in().await);

    let script = fields(&[("state", "\"><script>")]);
    let page = ada.post_from_elsewhere("/callback", &script).await;
    assert!(!page.text.contains("\"><script>"), "{}", page.text);
}

/// The fields of the page's form.
fn hidden(page: &str) -> String {
    let inputs = page.split("type=\"hidden\" name=\"").skip(1);
    let pairs: Vec<[String; 2]> = inputs
        .map(|input| {
            let (name, rest) = input.split_once('"').unwrap();
            let value = rest.strip_prefix(" value=\"").unwrap();
            let value = html_escape::decode_html_entities(value.split('"').next().unwrap());
            [name.to_owned(), value.into_owned()]
        })
        .filter(|[_, value]| !value.is_empty())
        .collect();
    let pairs = pairs
        .iter()
        .map(|[name, value]| (name.as_str(), value.as_str()));
    fields(&pairs.collect::<Vec<_>>())
}

#[tokio::test]
async fn a_sign_out_ends_the_session_copies_of_it_and_goes_to_the_provider() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    ada.sign_in(&provider).await;
    let mut copy = ada.clone();
    let page = ada.post("/sign-out", "").await;
    assert_eq!(page.status, 303);
    assert!(
        page.location
            .starts_with(&format!("{}/end?client_id=example&", provider.issuer))
    );
    assert!(
        page.location
            .contains("post_logout_redirect_uri=https%3A%2F%2Fshop.example%2F")
    );
    assert!(ada.cookies.is_empty());
    assert!(!copy.is_signed_in().await);
}

#[tokio::test]
async fn a_logout_token_ends_the_sessions_of_its_sid() {
    let (provider, site) = start().await;
    let (mut desk, mut phone) = (site.visitor(), site.visitor());
    desk.sign_in(&provider).await;
    provider.claims(json!({ "sid": "s8" }));
    phone.sign_in(&provider).await;
    let token = provider.sign("logout+jwt", &events());
    assert_eq!(site.back_channel(&token).await, StatusCode::OK);
    assert!(!desk.is_signed_in().await);
    assert!(phone.is_signed_in().await);
}

#[tokio::test]
async fn a_logout_token_without_a_sid_ends_all_sessions_of_the_user() {
    let (provider, site) = start().await;
    let (mut desk, mut phone, mut grace) = (site.visitor(), site.visitor(), site.visitor());
    desk.sign_in(&provider).await;
    phone.sign_in(&provider).await;
    provider.claims(json!({ "sub": "8", "sid": null }));
    grace.sign_in(&provider).await;
    let mut claims = events();
    claims["sid"] = json!(null);
    let token = provider.sign("logout+jwt", &claims);
    assert_eq!(site.back_channel(&token).await, StatusCode::OK);
    assert!(!desk.is_signed_in().await);
    assert!(!phone.is_signed_in().await);
    assert!(grace.is_signed_in().await);
    // The user signs in again.
    provider.claims(json!({}));
    site.later(1);
    desk.sign_in(&provider).await;
    assert!(desk.is_signed_in().await);
}

#[tokio::test]
async fn a_logout_token_that_is_not_one_ends_nothing() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    ada.sign_in(&provider).await;
    let with = |key: &str, value| {
        let mut claims = events();
        claims[key] = value;
        provider.sign("logout+jwt", &claims)
    };
    let none = with("sub", json!("7")).replacen("eyJhbGciOiJIUzI1NiI", "eyJhbGciOiJub25lIiA", 1);
    for token in [
        with("iss", json!("https://other.example")),
        with("aud", json!("another client")),
        with("exp", json!(1_000_000_000)),
        with("nonce", json!("a nonce")),
        with("events", json!({})),
        with("events", json!(null)),
        with("sub", json!(null)),
        provider.sign("JWT", &json!({ "nonce": "that of an ID token" })),
        provider.sign("at+jwt", &events()),
        sign("another secret", "logout+jwt", &events()),
        none,
        String::new(),
        "a.b.c".to_owned(),
    ] {
        assert_eq!(
            site.back_channel(&token).await,
            StatusCode::BAD_REQUEST,
            "{token}"
        );
        assert!(ada.is_signed_in().await, "{token}");
    }
}

fn events() -> serde_json::Value {
    json!({
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        "jti": "an id",
    })
}

#[tokio::test]
async fn another_site_cannot_sign_a_user_in_or_out() {
    let (provider, site) = start().await;
    let mut ada = site.visitor();
    ada.sign_in(&provider).await;
    for path in ["/sign-in", "/sign-out"] {
        let page = ada.post_from_elsewhere(path, "").await;
        assert_eq!(page.status, 403, "{path}");
    }
    assert!(ada.is_signed_in().await);
}
