//! What needs no browser: the two lines are there, and the page says what it should.

#![allow(clippy::unwrap_used, reason = "a test")]

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use axum_cookie_session::Key;
use http_body_util::BodyExt;
use tower::ServiceExt;

fn app() -> Router {
    device_bound::app(Key::generate()).unwrap()
}

async fn post(app: &Router, path: &str, form: &str) -> Response {
    let request = Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(form.to_owned()))
        .unwrap();
    app.clone().oneshot(request).await.unwrap()
}

async fn get(app: &Router, path: &str, cookie: &str) -> String {
    let request = Request::get(path).header("cookie", cookie);
    let request = request.header("host", "localhost:3000");
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap());
    let body = response.await.unwrap().into_body();
    let bytes = body.collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_login_asks_the_browser_for_a_key() {
    let login = post(&app(), "/login", "name=ada").await;
    assert!(login.headers().contains_key("secure-session-registration"));
}

#[tokio::test]
async fn the_routes_are_behind_the_csrf_layer_and_let_the_browser_through() {
    // A request that is not a registration is a 400; a layer in the way would say 403.
    assert_eq!(post(&app(), "/dbsc/register", "").await.status(), 400);
    assert_eq!(post(&app(), "/dbsc/refresh", "").await.status(), 400);
}

#[tokio::test]
async fn the_page_of_an_unbound_session_says_so_and_shows_the_command() {
    let app = app();
    let login = post(&app, "/login", "name=%3Cada%3E").await;
    let header = login.headers()["set-cookie"].to_str().unwrap();
    let cookie = header.split(';').next().unwrap().to_owned();
    let page = get(&app, "/", &cookie).await;
    assert!(page.contains("Hello, &lt;ada&gt;"), "{page}");
    assert!(page.contains("<strong>not bound</strong>"), "{page}");
    assert!(page.contains("curl --insecure https:"), "{page}");
    assert_eq!(get(&app, "/who", &cookie).await, "<ada>\n");
    assert_eq!(get(&app, "/who", "").await, "nobody (New)\n");
}
