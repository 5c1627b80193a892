//! The axum part, through its router.
#![allow(clippy::unwrap_used, reason = "a test")]

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, Status};
use http_body_util::BodyExt;
use rails_migration::{app, moved, shared};
use serde_json::{Value, json};
use tower::ServiceExt;

fn config() -> SessionConfig {
    let secret = Key::legacy("the secret_key_base that Rails has").unwrap();
    shared(secret, true).unwrap()
}

fn login(config: &SessionConfig) -> String {
    let mut data = SessionMap::default();
    data.insert("session_id", "00112233445566778899aabbccddeeff");
    data.insert("user", "<ada>");
    data.insert("theme", "light");
    config.encode(&data).unwrap()
}

async fn send(
    config: &SessionConfig,
    cookie: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Response {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap();
    app(config.clone()).oneshot(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn the_name_from_rails_is_greeted_and_escaped() {
    let config = config();
    let response = send(&config, &login(&config), "GET", "/new/settings", "").await;
    assert!(text(response).await.contains("Settings of &lt;ada&gt;"));
}

#[tokio::test]
async fn anonymous_users_are_redirected_to_rails_login() {
    let config = config();
    let response = send(&config, "", "GET", "/new/settings", "").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/login");
    let after: Session = Session::from_set_cookie(response.headers(), &config);
    let flash: Value = after.get("flash").unwrap();
    assert_eq!(flash["flashes"]["alert"], "Please sign in.");
}

#[tokio::test]
async fn a_change_keeps_the_login_and_leaves_a_message_for_rails() {
    let config = config();
    let cookie = login(&config);
    let response = send(&config, &cookie, "POST", "/new/settings", "theme=dark").await;
    let after: Session = Session::from_set_cookie(response.headers(), &config);
    assert_eq!(after.get::<String>("user").unwrap(), "<ada>");
    assert_eq!(after.get::<String>("theme").unwrap(), "dark");
    let id: String = after.get("session_id").unwrap();
    assert_eq!(id, "00112233445566778899aabbccddeeff");
    let flash: Value = after.get("flash").unwrap();
    assert_eq!(
        flash,
        json!({"discard": [], "flashes": {"notice": "Theme saved."}})
    );
}

#[tokio::test]
async fn a_message_of_rails_is_escaped_and_shown_once() {
    let config = config();
    let mut data = SessionMap::default();
    data.insert("user", "ada");
    let flashes = json!({"notice": "<b>", "alert": "shown before"});
    data.insert("flash", json!({"discard": ["alert"], "flashes": flashes}));
    let cookie = config.encode(&data).unwrap();
    let response = send(&config, &cookie, "GET", "/new/settings", "").await;
    let after: Session = Session::from_set_cookie(response.headers(), &config);
    assert!(!after.contains_key("flash"));
    let page = text(response).await;
    assert!(page.contains("<p role=\"status\">&lt;b&gt;</p>"), "{page}");
    assert!(!page.contains("shown before"), "{page}");
}

/// Rails shows them, so a client that requests no page of Rails would collect them.
#[tokio::test]
async fn two_hundred_messages_before_rails_shows_them_are_one() {
    let config = config();
    let mut cookie = login(&config);
    for _ in 0..200 {
        let response = send(&config, &cookie, "POST", "/new/settings", "theme=dark").await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        // The session is the same from the second time on.
        if let Some(set) = response.headers().get(header::SET_COOKIE) {
            cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
        }
    }
    let headers = [(header::COOKIE, cookie.parse().unwrap())];
    let after: Session = Session::from_headers(&headers.into_iter().collect(), &config);
    let flash: Value = after.get("flash").unwrap();
    assert_eq!(flash["flashes"], json!({"notice": "Theme saved."}));
}

#[tokio::test]
async fn rails_session_is_kept_when_its_config_is_a_fallback_config() {
    let rails = config();
    let config = moved(Key::generate(), rails.clone()).unwrap();
    let cookie = login(&rails);
    let response = send(&config, &cookie, "POST", "/new/settings", "theme=dark").await;
    let after: Session = Session::from_set_cookie(response.headers(), &config);
    assert_eq!(after.status(), Status::Valid);
    assert_eq!(after.get::<String>("user").unwrap(), "<ada>");
}

#[tokio::test]
async fn another_site_cannot_sign_a_user_out() {
    let config = config();
    let request = Request::post("/new/logout")
        .header(header::COOKIE, login(&config))
        .header("sec-fetch-site", "cross-site");
    let request = request.body(Body::empty()).unwrap();
    let response = app(config).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(!response.headers().contains_key(header::SET_COOKIE));
}
