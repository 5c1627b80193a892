//! The example `remember_me` does what its page promises.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod common;

#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/remember_me.rs"]
mod remember_me;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum_cookie_session::{SessionConfig, SessionConfigBuilder};
use serde_json::json;
use tower::ServiceExt;

use common::{
    Browser, Clock, Reply, assert_hides, assert_redirects, assert_shows, builder, config, contents,
    cookie, key, other_key,
};

const ADA: &str = "name=ada&password=correct+horse+battery+staple";
const PASSWORD: &str = "password=correct+horse+battery+staple";
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

fn site(common: SessionConfigBuilder) -> Browser {
    Browser::new(remember_me::app(common).unwrap())
}

fn new_browser() -> Browser {
    site(builder())
}

/// A browser without cookies in front of a site that uses this clock.
fn new_browser_at(clock: &Clock) -> Browser {
    site(builder().clock(clock.read()))
}

/// Another browser in front of the same site.
fn other_browser(browser: &Browser) -> Browser {
    let mut another = browser.clone();
    another.jar.clear();
    another
}

fn remembered(login: &str) -> String {
    format!("{login}&remember=on")
}

async fn sign_in(browser: &mut Browser, login: &str) {
    let reply = browser.post("/login", login).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_ne!(reply.all("location"), ["/login"]);
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/").await.status == StatusCode::OK
}

#[tokio::test]
async fn without_the_box_the_cookie_ends_with_the_browser() {
    let mut ada = new_browser();
    let reply = ada.post("/login", ADA).await;
    assert_redirects(&reply, "/");
    assert_eq!(reply.set_cookie().max_age(), None);
    assert_shows(&ada.get("/").await, "You are signed in");
}

#[tokio::test]
async fn without_the_box_the_session_ends_after_30_idle_minutes() {
    let clock = Clock::new();
    let mut ada = new_browser_at(&clock);
    sign_in(&mut ada, ADA).await;
    for _ in 0..10 {
        clock.advance(30 * MINUTE);
        let page = ada.get("/").await;
        assert_shows(&page, "You are signed in");
        assert_eq!(page.set_cookie().max_age(), None);
    }
    clock.advance(30 * MINUTE + 1);
    assert!(!is_signed_in(&mut ada).await);
}

#[tokio::test]
async fn with_the_box_the_cookie_lives_for_30_days() {
    let mut ada = new_browser();
    let reply = ada.post("/login", &remembered(ADA)).await;
    let max_age = reply.set_cookie().max_age().unwrap();
    assert_eq!(max_age.whole_seconds(), 2_592_000);
}

#[tokio::test]
async fn with_the_box_the_session_ends_after_30_days_even_if_it_is_used() {
    let clock = Clock::new();
    let mut ada = new_browser_at(&clock);
    sign_in(&mut ada, &remembered(ADA)).await;
    clock.advance(29 * DAY);
    let page = ada.get("/").await;
    assert_shows(&page, "You are signed in");
    assert_eq!(page.set_cookie().max_age().unwrap().whole_days(), 1);
    clock.advance(DAY);
    assert!(is_signed_in(&mut ada).await);
    clock.advance(1);
    assert!(!is_signed_in(&mut ada).await);
}

#[tokio::test]
async fn a_wrong_password_shows_one_message() {
    let mut ada = new_browser();
    for wrong in ["name=ada&password=x", &ADA.replace("ada", "bob")] {
        assert_redirects(&ada.post("/login", wrong).await, "/login");
        let page = ada.get("/login").await;
        assert_shows(&page, "Wrong name or password.");
        assert_eq!(page.all("cache-control"), ["no-store"]);
        assert_hides(&ada.get("/login").await, "Wrong");
        assert!(!is_signed_in(&mut ada).await);
    }
}

#[tokio::test]
async fn repeated_wrong_passwords_do_not_cause_a_500() {
    let mut ada = new_browser();
    for _ in 0..200 {
        let reply = ada.post("/login", "name=ada&password=x").await;
        assert_redirects(&reply, "/login");
    }
}

#[tokio::test]
async fn the_login_returns_to_the_requested_page_even_after_a_wrong_password() {
    let mut ada = new_browser();
    assert_redirects(&ada.get("/account?tab=2").await, "/login");
    ada.get("/login").await;
    ada.post("/login", "name=ada&password=x").await;
    ada.get("/login").await;
    let reply = ada.post("/login?next=//evil.example", ADA).await;
    assert_redirects(&reply, "/account?tab=2");
    assert_eq!(contents(&ada), json!({"user": "ada", "generation": 0}));
}

#[tokio::test]
async fn the_login_does_not_return_to_a_post() {
    let mut ada = new_browser();
    assert_redirects(&ada.post("/account", PASSWORD).await, "/login");
    assert_redirects(&ada.post("/login", ADA).await, "/");
}

/// A browser requests the icon by itself, and the pictures and data of a page.
#[tokio::test]
async fn the_login_does_not_return_to_an_icon_or_a_picture() {
    let mut ada = new_browser();
    assert_redirects(&ada.get("/account").await, "/login");
    ada.get("/login").await;
    assert_redirects(&ada.load("/favicon.ico").await, "/login");
    assert_redirects(&ada.post("/login", ADA).await, "/account");
}

#[tokio::test]
async fn a_requested_page_never_redirects_to_another_host() {
    for wanted in ["//evil.example/", "/\\evil.example/"] {
        let mut ada = new_browser();
        assert_redirects(&ada.get(wanted).await, "/login");
        assert_redirects(&ada.post("/login", ADA).await, "/");
    }
}

#[tokio::test]
async fn a_planted_page_never_redirects_to_another_host() {
    for planted in [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example/",
    ] {
        let mut ada = new_browser();
        let cookie = cookie(&config(), json!({ "next": planted }));
        let (name, value) = cookie.split_once('=').unwrap();
        ada.jar.insert(name.to_owned(), value.to_owned());
        assert_redirects(&ada.post("/login", ADA).await, "/");
    }
}

#[tokio::test]
async fn a_long_query_is_forgotten_and_does_not_cause_a_500() {
    for len in [400, 600, 3000, 5000, 50_000] {
        let mut ada = new_browser();
        let wanted = format!("/account?{}", "x".repeat(len));
        assert_redirects(&ada.get(&wanted).await, "/login");
        let to = if len == 400 { &*wanted } else { "/" };
        assert_redirects(&ada.post("/login", ADA).await, to);
    }
}

#[tokio::test]
async fn only_a_signed_in_user_learns_which_pages_exist() {
    let mut ada = new_browser();
    let reply = ada.get("/missing").await;
    assert_redirects(&reply, "/login");
    assert_eq!(reply.all("vary"), ["Cookie"]);
    assert_redirects(&ada.post("/login", ADA).await, "/missing");
    assert_eq!(ada.get("/missing").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn signing_out_ends_the_session_in_this_browser() {
    for login in [ADA.to_owned(), remembered(ADA)] {
        let mut ada = new_browser();
        sign_in(&mut ada, &login).await;
        assert_redirects(&ada.post("/logout", "").await, "/login");
        assert_shows(&ada.get("/login").await, "You are signed out.");
        assert!(ada.jar.is_empty());
    }
}

#[tokio::test]
async fn signing_out_everywhere_ends_copied_cookies_but_not_the_next_login() {
    let mut laptop = new_browser();
    let mut phone = other_browser(&laptop);
    sign_in(&mut laptop, ADA).await;
    sign_in(&mut phone, &remembered(ADA)).await;
    let (mut laptop_copy, mut phone_copy) = (laptop.clone(), phone.clone());
    assert!(is_signed_in(&mut laptop_copy).await && is_signed_in(&mut phone_copy).await);

    assert_redirects(&laptop.post("/logout-everywhere", "").await, "/login");
    let page = laptop.get("/login").await;
    assert_shows(&page, "You are signed out on all devices.");
    for ended in [&mut laptop, &mut phone, &mut laptop_copy, &mut phone_copy] {
        assert!(!is_signed_in(ended).await);
    }

    sign_in(&mut phone, ADA).await;
    assert!(is_signed_in(&mut phone).await);
    assert!(!is_signed_in(&mut phone_copy).await);
}

#[tokio::test]
async fn an_anonymous_user_cannot_sign_anyone_out() {
    let mut ada = new_browser();
    sign_in(&mut ada, ADA).await;
    let mut eve = other_browser(&ada);
    assert_redirects(&eve.post("/logout-everywhere", "").await, "/login");
    assert!(is_signed_in(&mut ada).await);
}

#[tokio::test]
async fn a_new_password_keeps_this_session_and_ends_the_others() {
    for login in [ADA.to_owned(), remembered(ADA)] {
        let mut here = new_browser();
        let mut there = other_browser(&here);
        sign_in(&mut here, &login).await;
        sign_in(&mut there, &login).await;
        let mut copy = here.clone();

        let reply = here.post("/account", "password=swordfish").await;
        assert_redirects(&reply, "/account");
        assert_eq!(
            reply.set_cookie().max_age().is_some(),
            login != ADA,
            "the lifetime stays",
        );
        let page = here.get("/account").await;
        assert_shows(&page, "Your password is changed.");
        for ended in [&mut there, &mut copy] {
            assert!(!is_signed_in(ended).await);
        }

        assert_redirects(&there.post("/login", ADA).await, "/login");
        sign_in(&mut there, "name=ada&password=swordfish").await;
        assert!(is_signed_in(&mut here).await && is_signed_in(&mut there).await);
    }
}

#[tokio::test]
async fn the_account_asks_for_the_password_again_after_ten_minutes() {
    let clock = Clock::new();
    let mut ada = new_browser_at(&clock);
    sign_in(&mut ada, &remembered(ADA)).await;
    clock.advance(10 * MINUTE);
    assert_shows(&ada.get("/account").await, "<h1>Account</h1>");

    clock.advance(1);
    assert_redirects(&ada.get("/account").await, "/confirm");
    let reply = ada.post("/account", "password=swordfish").await;
    assert_redirects(&reply, "/confirm");
    assert_redirects(&ada.post("/confirm", "password=x").await, "/confirm");
    let page = ada.get("/confirm").await;
    assert_shows(&page, "Wrong password.");
    assert_shows(&page, "Your password again");
    assert_redirects(&ada.get("/account").await, "/confirm");

    assert_redirects(&ada.post("/confirm", PASSWORD).await, "/account");
    assert_shows(&ada.get("/account").await, "<h1>Account</h1>");
    assert!(is_signed_in(&mut ada).await);
}

/// The site with the new key has its own users, numbered as in a new program.
#[tokio::test]
async fn a_new_key_does_not_sign_anyone_out() {
    let new = || SessionConfig::builder(other_key()).cookie_name("session");
    let clock = Clock::new();
    for login in [ADA.to_owned(), remembered(ADA)] {
        let mut before = new_browser_at(&clock);
        sign_in(&mut before, &login).await;

        let mut during = site(new().fallback_key(key()).clock(clock.read()));
        during.jar = before.jar.clone();
        let page = during.get("/").await;
        assert_shows(&page, "You are signed in");
        assert_eq!(page.set_cookie().max_age().is_some(), login != ADA);

        let mut after = site(new().clock(clock.read()));
        after.jar = during.jar;
        assert!(is_signed_in(&mut after).await);
        after.jar = before.jar;
        assert!(!is_signed_in(&mut after).await, "the old key is gone");
    }
}

#[tokio::test]
async fn another_site_cannot_sign_a_user_in_or_out() {
    let app = remember_me::app(builder()).unwrap();
    for path in ["/login", "/logout", "/logout-everywhere"] {
        let request = Request::post(path)
            .header("sec-fetch-site", "cross-site")
            .header("cookie", "session=x")
            .header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(Body::from(ADA)).unwrap();
        let reply = Reply::of(app.clone().oneshot(request).await.unwrap()).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{path}");
        reply.assert_no_set_cookie();
    }
}

#[tokio::test]
async fn the_login_does_not_return_to_a_prefetched_page() {
    let app = remember_me::app(builder()).unwrap();
    for (method, purpose) in [
        ("HEAD", ""),
        ("GET", "prefetch"),
        ("GET", "prefetch;prerender"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri("/account")
            .header("accept", "text/html")
            .header("sec-purpose", purpose);
        let request = request.body(Body::empty()).unwrap();
        let reply = Reply::of(app.clone().oneshot(request).await.unwrap()).await;
        assert_redirects(&reply, "/login");
        reply.assert_no_set_cookie();
    }
}
