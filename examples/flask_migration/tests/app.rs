//! The axum part, through its router.
#![allow(clippy::unwrap_used, reason = "a test")]

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, Status};
use flask_migration::{app, moved, shared};
use http_body_util::BodyExt;
use tower::ServiceExt;

fn secret() -> Key {
    Key::legacy("the secret that Flask has").unwrap()
}

fn login(config: &SessionConfig) -> String {
    let mut data = SessionMap::default();
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

#[tokio::test]
async fn the_name_from_flask_is_greeted_and_escaped() {
    let config = shared(secret()).unwrap();
    let response = send(&config, &login(&config), "GET", "/new/settings", "").await;
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&body).contains("Settings of &lt;ada&gt;"));
}

#[tokio::test]
async fn anonymous_users_are_redirected_to_flasks_login() {
    let config = shared(secret()).unwrap();
    let response = send(&config, "", "GET", "/new/settings", "").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/login");
}

#[tokio::test]
async fn a_change_keeps_the_login_and_leaves_a_message_for_flask() {
    let config = shared(secret()).unwrap();
    let response = send(
        &config,
        &login(&config),
        "POST",
        "/new/settings",
        "theme=dark",
    )
    .await;
    let mut after: Session = Session::from_set_cookie(response.headers(), &config);
    assert_eq!(after.get::<String>("user").unwrap(), "<ada>");
    assert_eq!(after.get::<String>("theme").unwrap(), "dark");
    assert_eq!(after.take_flashes()[0].message, "Theme saved.");
    after.discard();
}

/// Flask shows them, so a client that requests no page of Flask would collect them.
#[tokio::test]
async fn two_hundred_messages_before_flask_shows_them_leave_one_and_flasks_own() {
    let config = shared(secret()).unwrap();
    let mut anonymous = SessionMap::default();
    anonymous.flash("message", "Flask's");
    let mut ada = anonymous.clone();
    ada.insert("user", "ada");
    for (data, method, message) in [
        (anonymous, "GET", "Please sign in."),
        (ada, "POST", "Theme saved."),
    ] {
        let mut cookie = config.encode(&data).unwrap();
        for _ in 0..200 {
            let response = send(&config, &cookie, method, "/new/settings", "theme=dark").await;
            assert_eq!(response.status(), StatusCode::SEE_OTHER);
            if let Some(set) = response.headers().get(header::SET_COOKIE) {
                cookie = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            }
        }
        let headers = [(header::COOKIE, cookie.parse().unwrap())];
        let mut after: Session = Session::from_headers(&headers.into_iter().collect(), &config);
        let waiting = after.take_flashes().into_iter().map(|flash| flash.message);
        assert_eq!(waiting.collect::<Vec<_>>(), ["Flask's", message]);
        after.discard();
    }
}

#[tokio::test]
async fn flasks_session_is_kept_when_its_config_is_a_fallback_config() {
    let flask = shared(secret()).unwrap();
    let config = moved(Key::generate(), secret()).unwrap();
    let response = send(
        &config,
        &login(&flask),
        "POST",
        "/new/settings",
        "theme=dark",
    )
    .await;
    let after: Session = Session::from_set_cookie(response.headers(), &config);
    assert_eq!(after.status(), Status::Valid);
    assert_eq!(after.get::<String>("user").unwrap(), "<ada>");
}

#[tokio::test]
async fn another_site_cannot_sign_a_user_out() {
    let config = shared(secret()).unwrap();
    let request = Request::post("/new/logout")
        .header(header::COOKIE, login(&config))
        .header("sec-fetch-site", "cross-site");
    let request = request.body(Body::empty()).unwrap();
    let response = app(config).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(!response.headers().contains_key(header::SET_COOKIE));
}
