//! A whole visit, with axum-test: its server keeps cookies from request to request, as a browser does.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use axum_cookie_session::{Key, SessionConfig};
use axum_test::TestServer;
use serde_json::json;
use testing::{Visitor, app};

fn browser(config: SessionConfig) -> TestServer {
    TestServer::builder().save_cookies().build(app(config))
}

#[tokio::test]
async fn the_diary_is_open_from_the_login_to_the_logout() {
    let browser = browser(SessionConfig::new(Key::generate()));
    let credentials = json!({ "name": "ada", "password": "correct horse battery staple" });

    browser.get("/diary").await.assert_status_unauthorized();
    browser
        .post("/login")
        .form(&credentials)
        .await
        .assert_status_see_other();
    browser
        .get("/diary")
        .await
        .assert_text("ada has read this 1 times");
    browser
        .get("/diary")
        .await
        .assert_text("ada has read this 2 times");
    browser.post("/logout").await.assert_status_see_other();
    browser.get("/diary").await.assert_status_unauthorized();
}

/// A test that is not about the login starts with an encoded session.
#[tokio::test]
async fn an_encoded_session_can_be_sent_as_a_header() {
    let config = SessionConfig::new(Key::generate());
    let ada = Visitor {
        user: Some("ada".to_owned()),
        read: 4,
    };
    let cookie = config.encode(&ada).unwrap();

    browser(config)
        .get("/diary")
        .add_header("cookie", cookie)
        .await
        .assert_text("ada has read this 5 times");
}
