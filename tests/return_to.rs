//! A login goes back to the page that the user had asked for, and to no other site.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod common;

#[path = "../examples/login/return_to.rs"]
mod return_to;

use axum::Router;
use axum::http::request::Parts;
use axum::response::Redirect;
use axum::routing::{get, post};
use axum_cookie_session::Session;
use serde_json::json;

use common::{Browser, UNSEEN, assert_redirects, config, contents, cookie};

/// A site without a page that an anonymous user may see.
fn new_browser() -> Browser {
    async fn guard(parts: Parts, mut session: Session) -> (Session, Redirect) {
        return_to::keep(&mut session, &parts);
        (session, Redirect::to("/login"))
    }
    async fn login(mut session: Session) -> (Session, Redirect) {
        let page = return_to::redirect(&session);
        session.destroy();
        session.insert("user", "ada");
        (session, page)
    }
    let app = Router::new()
        .route("/login", post(login))
        .nest("/shop", Router::new().route("/orders", get(guard)))
        .fallback(guard)
        .with_state(config());
    Browser::new(app)
}

async fn assert_returns_to(browser: &mut Browser, page: &str) {
    assert_redirects(&browser.post("/login", "").await, page);
    assert_eq!(contents(browser), json!({"user": "ada"}));
}

#[tokio::test]
async fn the_login_returns_to_the_page_with_its_query_also_from_a_nested_router() {
    for page in [
        "/account",
        "/account?tab=2&sort=a%20b",
        "/shop/orders?page=3",
    ] {
        let mut ada = new_browser();
        assert_redirects(&ada.get(page).await, "/login");
        assert_returns_to(&mut ada, page).await;
    }
}

#[tokio::test]
async fn the_login_returns_to_the_latest_page_and_to_the_front_page_without_one() {
    let mut ada = new_browser();
    assert_returns_to(&mut ada, "/").await;
    let mut ada = new_browser();
    ada.get("/first").await;
    ada.get("/second").await;
    assert_returns_to(&mut ada, "/second").await;
}

#[tokio::test]
async fn a_requested_page_never_leads_to_another_site() {
    for page in [
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "/a\\b",
    ] {
        let mut ada = new_browser();
        assert_redirects(&ada.get(page).await, "/login");
        assert!(ada.jar.is_empty(), "{page}");
        assert_returns_to(&mut ada, "/").await;
    }
}

/// Browsers leave out tabs and line breaks, and decode nothing.
#[tokio::test]
async fn a_planted_page_never_leads_to_another_site() {
    for page in [
        "",
        "account",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/ /evil.example",
        "/\0/evil.example",
        "/\u{7f}/evil.example",
        "/a\r\nSet-Cookie: a=b",
        "/\u{ff0f}evil.example",
        "/\u{2028}/evil.example",
        "https://evil.example/",
        "https:/evil.example/",
        "javascript:alert(1)",
    ] {
        let mut ada = new_browser();
        let planted = cookie(&config(), json!({ "next": page }));
        let (name, value) = planted.split_once('=').unwrap();
        ada.jar.insert(name.to_owned(), value.to_owned());
        assert_returns_to(&mut ada, "/").await;
    }
}

#[tokio::test]
async fn encoded_slashes_and_control_characters_stay_a_path_of_this_site() {
    for page in [
        "/%2fevil.example",
        "/%2F%2Fevil.example",
        "/%5cevil.example",
        "/%09/evil.example",
        "/%0d%0aSet-Cookie:%20a=b",
        "/@evil.example",
        "/.evil.example",
    ] {
        let mut ada = new_browser();
        ada.get(page).await;
        assert_returns_to(&mut ada, page).await;
    }
}

#[tokio::test]
async fn a_long_page_is_not_kept() {
    for (len, is_kept) in [(500, true), (501, false), (3000, false), (50_000, false)] {
        let mut ada = new_browser();
        let page = format!("/{}", "x".repeat(len - 1));
        assert_redirects(&ada.get(&page).await, "/login");
        assert_returns_to(&mut ada, if is_kept { &page } else { "/" }).await;
    }
}

#[tokio::test]
async fn only_a_page_that_a_user_goes_to_is_kept() {
    let mut ada = new_browser();
    ada.load("/favicon.ico").await;
    ada.post("/orders", "").await;
    for unseen in UNSEEN {
        ada.get_unseen(unseen, "/ahead").await;
    }
    assert!(ada.jar.is_empty());
    assert_returns_to(&mut ada, "/").await;
}
