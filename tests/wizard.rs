//! The example `wizard` does what its page promises.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod common;

#[allow(dead_code, reason = "its `main` is for `cargo run`")]
#[path = "../examples/wizard.rs"]
mod wizard;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use common::{
    Browser, Clock, Reply, START, assert_hides, assert_redirects, assert_shows, builder, config,
    contents, cookie,
};

const PERSON: &str = "name=Ada";
const MISSING: &str = "Please fill in what is missing.";
const CHOICE: &str = "workshop=SQL+%26+types&remark=%3Cb%3Ehi";

fn new_browser() -> Browser {
    Browser::new(wizard::app(config()))
}

fn browser_with(keys: Value) -> Browser {
    let mut browser = new_browser();
    let cookie = cookie(&config(), keys);
    let (name, token) = cookie.split_once('=').unwrap();
    browser.jar.insert(name.to_owned(), token.to_owned());
    browser
}

/// Takes the first two steps.
async fn fill(browser: &mut Browser) {
    assert_redirects(&browser.post("/step/1", PERSON).await, "/step/2");
    assert_redirects(&browser.post("/step/2", CHOICE).await, "/step/3");
}

/// The form is shown again with this error.
#[track_caller]
fn assert_refused(reply: &Reply, error: &str) {
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        reply.body.contains(error),
        "no {error:?} in:\n{}",
        reply.body
    );
}

#[tokio::test]
async fn the_third_step_shows_the_input_escaped() {
    let mut browser = new_browser();
    fill(&mut browser).await;
    let page = browser.get("/step/3").await;
    for text in ["Ada", "SQL &amp; types", "&lt;b&gt;hi"] {
        assert_shows(&page, text);
    }
}

#[tokio::test]
async fn back_and_reload_show_the_input() {
    let mut browser = new_browser();
    fill(&mut browser).await;
    for _ in 0..2 {
        assert_shows(&browser.get("/step/1").await, r#"value="Ada""#);
        let page = browser.get("/step/2").await;
        assert_shows(&page, r#"value="SQL &amp; types" checked"#);
        assert_shows(&page, "&lt;b&gt;hi</textarea>");
    }
}

#[tokio::test]
async fn changing_an_earlier_step_keeps_the_other_steps() {
    let mut browser = new_browser();
    fill(&mut browser).await;
    browser.post("/step/1", "name=Grace").await;
    let page = browser.get("/step/3").await;
    assert_shows(&page, "Grace");
    assert_shows(&page, "SQL &amp; types");
}

#[tokio::test]
async fn looking_at_the_first_step_sets_no_cookie() {
    let mut browser = new_browser();
    assert_redirects(&browser.get("/").await, "/step/1");
    browser.get("/step/1").await.assert_no_set_cookie();
}

#[tokio::test]
async fn a_step_too_early_redirects_to_the_first_missing_step() {
    let mut browser = new_browser();
    for step in ["/step/0", "/step/2", "/step/3", "/step/9"] {
        assert_redirects(&browser.get(step).await, "/step/1");
    }
    for step in ["/step/0", "/step/2", "/step/3"] {
        assert_redirects(&browser.post(step, CHOICE).await, "/step/1");
    }
    assert_redirects(&browser.post("/confirm", "").await, "/step/1");
    browser.post("/step/1", PERSON).await;
    assert_redirects(&browser.get("/step/3").await, "/step/2");
    assert_redirects(&browser.post("/step/3", CHOICE).await, "/step/2");
    assert_redirects(&browser.post("/confirm", "").await, "/step/2");
}

#[tokio::test]
async fn invalid_input_is_shown_again_and_not_kept() {
    let mut browser = new_browser();
    assert_refused(&browser.post("/step/1", "name=").await, MISSING);
    assert!(browser.jar.is_empty());
    browser.post("/step/1", PERSON).await;

    let reply = browser.post("/step/2", "remark=%22hello%22").await;
    assert_refused(&reply, MISSING);
    assert!(reply.body.contains("&quot;hello&quot;</textarea>"));
    let reply = browser.post("/step/2", "workshop=Cobol").await;
    assert_refused(&reply, MISSING);
    assert_redirects(&browser.get("/step/3").await, "/step/2");
}

#[tokio::test]
async fn a_remark_that_does_not_fit_is_refused_and_the_previous_one_stays() {
    let mut browser = new_browser();
    fill(&mut browser).await;
    let (mut fitted, mut refused) = (0, 0);
    for len in (2400..3100).chain([5000, 100_000]) {
        let remark = "x".repeat(len);
        let mut browser = browser.clone();
        let form = format!("workshop=Embedded+Rust&remark={remark}");
        let reply = browser.post("/step/2", &form).await;
        if reply.status == StatusCode::SEE_OTHER {
            fitted += 1;
            assert_shows(&browser.get("/step/3").await, &remark);
            continue;
        }
        refused += 1;
        assert_refused(&reply, "Please write less.");
        assert!(reply.body.contains(&remark), "{len}");
        assert_shows(&browser.get("/step/3").await, "&lt;b&gt;hi");
    }
    assert!(fitted > 100 && refused > 100, "{fitted}, {refused}");
}

#[tokio::test]
async fn the_longest_remark_leaves_room_for_the_language_and_the_thanks() {
    let mut browser = new_browser();
    fill(&mut browser).await;
    for len in (2400..3100).rev() {
        let form = format!("workshop=Embedded+Rust&remark={}", "x".repeat(len));
        if browser.post("/step/2", &form).await.status == StatusCode::SEE_OTHER {
            break;
        }
    }
    assert_shows(&browser.get("/step/3").await, &"x".repeat(2400));
    assert_redirects(&browser.post("/language", "language=de").await, "/");
    assert_shows(&browser.get("/step/3").await, r#"lang="de""#);
    assert_redirects(&browser.post("/confirm", "").await, "/step/1");
    assert_shows(&browser.get("/step/1").await, "You are registered.");
}

#[tokio::test]
async fn a_name_that_does_not_fit_is_refused_with_a_message() {
    let mut browser = new_browser();
    let form = format!("name={}", "%F0%9F%98%80".repeat(2000));
    assert_refused(&browser.post("/step/1", &form).await, "Please write less.");
    assert!(browser.jar.is_empty());
}

#[tokio::test]
async fn confirming_keeps_only_the_language() {
    let mut browser = new_browser();
    assert_redirects(&browser.post("/language", "language=de").await, "/");
    fill(&mut browser).await;
    assert_redirects(&browser.post("/confirm", "").await, "/step/1");
    assert_eq!(contents(&browser).get("registration"), None);
    let page = browser.get("/step/1").await;
    assert_shows(&page, "You are registered.");
    assert_shows(&page, r#"lang="de""#);
    assert_hides(&browser.get("/step/1").await, "You are registered.");
    assert_eq!(contents(&browser), json!({"language": "de"}));
    assert_redirects(&browser.post("/confirm", "").await, "/step/1");
    assert_hides(&browser.get("/step/1").await, "You are registered.");
}

#[tokio::test]
async fn confirming_without_a_language_removes_the_cookie() {
    let mut browser = new_browser();
    fill(&mut browser).await;
    browser.post("/confirm", "").await;
    browser.get("/step/1").await;
    assert!(browser.jar.is_empty());
}

#[tokio::test]
async fn only_the_offered_languages_can_be_chosen() {
    let mut browser = new_browser();
    let reply = browser.post("/language", "language=%3Cscript%3E").await;
    reply.assert_no_set_cookie();
    let mut browser = browser_with(json!({"language": "\"><script>"}));
    assert_shows(
        &browser.get("/step/1").await,
        r#"lang="&quot;&gt;&lt;script&gt;""#,
    );
}

#[tokio::test]
async fn an_hour_after_the_last_step_only_the_language_is_kept() {
    let clock = Clock::new();
    let config = builder().clock(clock.read()).build().unwrap();
    let mut browser = Browser::new(wizard::app(config));
    browser.post("/language", "language=de").await;
    browser.post("/step/1", PERSON).await;
    clock.advance(60 * 60);
    assert_redirects(&browser.post("/step/2", CHOICE).await, "/step/3");
    clock.advance(60 * 60);
    assert_shows(&browser.get("/step/3").await, "Ada");

    clock.advance(1);
    assert_redirects(&browser.get("/step/3").await, "/step/1");
    let page = browser.get("/step/1").await;
    assert_shows(&page, "An hour has passed. Please start again.");
    assert_hides(&page, "Ada");
    assert_shows(&page, r#"lang="de""#);
    assert_eq!(contents(&browser), json!({"language": "de"}));
}

#[tokio::test]
async fn two_hundred_confirmations_leave_one_message() {
    let mut browser = new_browser();
    for _ in 0..200 {
        fill(&mut browser).await;
        assert_redirects(&browser.post("/confirm", "").await, "/step/1");
    }
    let page = browser.get("/step/1").await;
    assert_eq!(page.body.matches("You are registered.").count(), 1);
}

#[tokio::test]
async fn a_confirmation_after_an_hour_does_not_register_the_user() {
    let clock = Clock::new();
    let config = builder().clock(clock.read()).build().unwrap();
    let mut browser = Browser::new(wizard::app(config));
    fill(&mut browser).await;
    clock.advance(60 * 60 + 1);
    assert_redirects(&browser.post("/confirm", "").await, "/step/1");
    assert_hides(&browser.get("/step/1").await, "You are registered.");
}

#[tokio::test]
async fn a_registration_from_another_release_is_replaced() {
    let mut browser = browser_with(json!({"language": "de", "registration": "of another release"}));
    assert_redirects(&browser.get("/step/2").await, "/step/1");
    fill(&mut browser).await;
    let registration =
        json!({"name": "Ada", "workshop": "SQL & types", "remark": "<b>hi", "saved_at": START});
    assert_eq!(
        contents(&browser),
        json!({"language": "de", "registration": registration}),
    );
}

#[tokio::test]
async fn a_prefetched_page_does_not_take_messages() {
    let app = wizard::app(config());
    let mut browser = Browser::new(app.clone());
    fill(&mut browser).await;
    browser.post("/confirm", "").await;
    let cookie = format!("session={}", browser.jar["session"]);
    for (method, purpose) in [
        ("HEAD", ""),
        ("GET", "prefetch"),
        ("GET", "prefetch;prerender"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri("/step/1")
            .header("cookie", &cookie)
            .header("sec-purpose", purpose);
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert!(!response.headers().contains_key("set-cookie"));
    }
    assert_shows(&browser.get("/step/1").await, "You are registered.");
}
