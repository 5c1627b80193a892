//! The example `poll` does what its page promises.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod common;

#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/poll.rs"]
mod poll;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use tower::ServiceExt;

use common::{
    Browser, Clock, assert_hides, assert_redirects, assert_shows, builder, config, contents, cookie,
};

const ID: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

/// A browser that shows the page of a new poll.
async fn new_browser() -> Browser {
    let mut browser = Browser::new(poll::app(config()));
    browser.get("/").await;
    browser
}

/// The browser of another user, in front of the same poll.
async fn other_browser(browser: &Browser) -> Browser {
    let mut other = browser.clone();
    other.jar.clear();
    other.get("/").await;
    other
}

async fn vote(browser: &mut Browser, answer: &str) {
    let reply = browser.post("/vote", &format!("answer={answer}")).await;
    assert_redirects(&reply, "/");
}

#[tokio::test]
async fn a_vote_is_counted_and_the_thanks_are_shown_once() {
    let mut ada = new_browser().await;
    vote(&mut ada, "rust").await;
    let page = ada.get("/").await;
    assert_shows(&page, "Thank you for your vote.");
    assert_shows(&page, "Rust</button> 1, yours among them");
    assert_shows(&page, "width: 100%");
    let page = ada.get("/").await;
    assert_hides(&page, "Thank you");
    assert_shows(&page, "Rust</button> 1, yours among them");
}

#[tokio::test]
async fn two_users_have_separate_ballots() {
    let mut ada = new_browser().await;
    let mut bob = other_browser(&ada).await;
    vote(&mut ada, "rust").await;
    vote(&mut bob, "other").await;
    let page = ada.get("/").await;
    assert_shows(&page, "Rust</button> 1, yours among them");
    assert_shows(&page, "Something else</button> 1\n");
    assert_shows(&page, "width: 50%");
}

#[tokio::test]
async fn a_second_vote_replaces_the_first() {
    let mut ada = new_browser().await;
    vote(&mut ada, "rust").await;
    ada.get("/").await;
    vote(&mut ada, "python").await;
    let page = ada.get("/").await;
    assert_shows(&page, "Your vote is changed.");
    assert_shows(&page, "Rust</button> 0\n");
    assert_shows(&page, "Python</button> 1, yours among them");
}

#[tokio::test]
async fn a_double_click_leaves_one_message() {
    let mut ada = new_browser().await;
    vote(&mut ada, "rust").await;
    vote(&mut ada, "rust").await;
    let page = ada.get("/").await;
    assert_shows(&page, "Your vote is changed.");
    assert_hides(&page, "Thank you");
}

#[tokio::test]
async fn a_withdrawn_vote_is_not_counted() {
    let mut ada = new_browser().await;
    vote(&mut ada, "rust").await;
    assert_redirects(&ada.post("/withdraw", "").await, "/");
    let page = ada.get("/").await;
    assert_shows(&page, "Rust</button> 0\n");
    assert_hides(&page, "no longer");
    let visitor = contents(&ada)["visitor"].clone();
    assert_eq!(contents(&ada), json!({ "visitor": visitor }));
}

#[tokio::test]
async fn an_answer_that_does_not_exist_is_refused_and_the_session_is_kept() {
    let mut ada = new_browser().await;
    vote(&mut ada, "rust").await;
    let reply = ada.post("/vote", "answer=cobol").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    reply.assert_no_set_cookie();
    assert_shows(&ada.get("/").await, "Rust</button> 1, yours among them");
}

#[tokio::test]
async fn an_old_answer_is_shown_as_no_longer_offered_and_the_user_keeps_the_id() {
    let mut ada = Browser::new(poll::app(config()));
    let cookie = cookie(&config(), json!({"visitor": ID, "vote": "cobol"}));
    let (name, token) = cookie.split_once('=').unwrap();
    ada.jar.insert(name.to_owned(), token.to_owned());
    assert_shows(&ada.get("/").await, "Your answer is no longer offered.");
    vote(&mut ada, "rust").await;
    let page = ada.get("/").await;
    assert_shows(&page, "Rust</button> 1, yours among them");
    assert_hides(&page, "no longer");
    assert_eq!(contents(&ada), json!({"visitor": ID, "vote": "rust"}));
}

/// Both tabs start with the same cookie, and the browser keeps the cookie of the last response.
#[tokio::test]
async fn two_tabs_share_one_ballot() {
    let mut tab = new_browser().await;
    let mut other = tab.clone();
    vote(&mut tab, "rust").await;
    vote(&mut other, "python").await;
    for tab in [&mut tab, &mut other] {
        let page = tab.get("/").await;
        assert_shows(&page, "Rust</button> 0\n");
        assert_shows(&page, "Python</button> 1, yours among them");
    }
}

#[tokio::test]
async fn a_cookie_from_before_the_vote_cannot_vote_twice() {
    let mut eve = new_browser().await;
    let before = eve.jar.clone();
    for _ in 0..3 {
        eve.jar = before.clone();
        vote(&mut eve, "other").await;
    }
    assert_shows(
        &eve.get("/").await,
        "Something else</button> 1, yours among them",
    );
}

#[tokio::test]
async fn after_a_restart_the_page_says_that_the_vote_is_no_longer_counted() {
    let mut ada = new_browser().await;
    vote(&mut ada, "rust").await;
    ada.get("/").await;
    let mut restarted = Browser::new(poll::app(config()));
    restarted.jar = ada.jar;
    let page = restarted.get("/").await;
    assert_shows(&page, "Your vote is no longer counted.");
    assert_shows(&page, "Rust</button> 0\n");
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_so_and_not_counted() {
    let mut ada = new_browser().await;
    let mut curl = other_browser(&ada).await;
    curl.jar.clear();
    let reply = curl.post("/vote", "answer=rust").await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert!(reply.body.contains("Your vote was not counted"));
    reply.assert_no_set_cookie();
    assert_shows(&ada.get("/").await, "Rust</button> 0\n");
}

#[tokio::test]
async fn the_page_must_not_be_cached() {
    let mut ada = Browser::new(poll::app(config()));
    for sets_a_cookie in [true, false] {
        let page = ada.get("/").await;
        assert_eq!(page.set_cookies().len(), usize::from(sets_a_cookie));
        assert_eq!(page.all("vary"), ["Cookie"]);
        assert_eq!(page.all("cache-control"), ["no-store"]);
    }
}

#[tokio::test]
async fn after_two_weeks_the_user_is_new_and_the_vote_stays() {
    let clock = Clock::new();
    let config = builder().clock(clock.read()).build().unwrap();
    let mut ada = Browser::new(poll::app(config));
    ada.get("/").await;
    vote(&mut ada, "rust").await;
    clock.advance(14 * 24 * 60 * 60);
    assert_shows(&ada.get("/").await, "Rust</button> 1, yours among them");
    clock.advance(14 * 24 * 60 * 60 + 1);
    let page = ada.get("/").await;
    assert_shows(&page, "Rust</button> 1\n");
    assert_hides(&page, "no longer");
}

#[tokio::test]
async fn a_prefetched_page_does_not_take_messages() {
    let app = poll::app(config());
    let mut browser = Browser::new(app.clone());
    browser.get("/").await;
    vote(&mut browser, "rust").await;
    let cookie = format!("session={}", browser.jar["session"]);
    for (method, purpose) in [
        ("HEAD", ""),
        ("GET", "prefetch"),
        ("GET", "prefetch;prerender"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri("/")
            .header("cookie", &cookie)
            .header("sec-purpose", purpose);
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert!(!response.headers().contains_key("set-cookie"));
    }
    assert_shows(&browser.get("/").await, "Thank you");
}
