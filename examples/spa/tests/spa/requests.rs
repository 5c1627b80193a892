//! Signing in and out, and requests of pages that are not trusted.

use axum::http::header::SET_COOKIE;
use serde_json::json;

use crate::client::{API, Client, ELSEWHERE, NEIGHBOUR, PAGE};

#[tokio::test]
async fn a_user_signs_in_posts_and_signs_out() {
    let mut client = Client::new();
    for path in ["/api/me", "/api/events"] {
        let answer = client.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.error().as_str()),
            (401, "sign in first")
        );
    }
    let wrong = json!({ "name": "ada", "password": "guess" });
    let answer = client.post("/api/login", wrong).await;
    assert_eq!(
        (answer.status.as_u16(), answer.error().as_str()),
        (401, "wrong name or password")
    );
    assert_eq!(client.cookie, None);

    let mut client = Client::signed_in().await;
    assert!(
        client
            .cookie
            .as_ref()
            .unwrap()
            .starts_with("__Host-session=")
    );
    assert_eq!(client.get("/api/me").await.json(), json!({ "user": "ada" }));
    for (text, status) in [
        ("hello".to_owned(), 204),
        (String::new(), 422),
        ("x".repeat(501), 422),
    ] {
        let answer = client.post("/api/messages", json!({ "text": text })).await;
        assert_eq!(answer.status, status);
    }
    let answer = client.post("/api/logout", json!({})).await;
    assert_eq!(answer.status, 204);
    assert_eq!(client.cookie, None);
}

#[tokio::test]
async fn a_post_of_another_origin_is_refused_and_changes_nothing() {
    for origin in [
        NEIGHBOUR,
        ELSEWHERE,
        "null",
        "http://localhost:3001.evil.test",
    ] {
        let mut client = Client::signed_in().await;
        let before = client.cookie.clone();
        client.origin = origin;
        for path in ["/api/login", "/api/logout", "/api/messages", "/api/panic"] {
            let answer = client.post(path, json!({})).await;
            assert_eq!(answer.status, 403, "{origin} {path}");
            assert_eq!(answer.error(), "this origin is not trusted");
            assert!(!answer.headers.contains_key(SET_COOKIE));
        }
        assert_eq!(client.cookie, before);
    }
}

/// The router has no connection to upgrade, so a trusted origin gets as far as a 426.
#[tokio::test]
async fn a_websocket_needs_a_trusted_origin_and_a_user() {
    const OPEN: [(&str, &str); 4] = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    for (origin, status) in [
        (PAGE, 426),
        (API, 426),
        (NEIGHBOUR, 403),
        (ELSEWHERE, 403),
        ("null", 403),
    ] {
        let mut client = Client::signed_in().await;
        client.origin = origin;
        client.headers.extend(OPEN);
        let answer = client.get("/api/socket").await;
        assert_eq!(answer.status, status, "{origin}");
        client.cookie = None;
        let answer = client.get("/api/socket").await;
        let status = if status == 426 { 401 } else { 403 };
        assert_eq!(answer.status, status, "{origin}");
    }
}

#[tokio::test]
async fn a_preflight_lets_the_page_send_json_and_no_other_origin() {
    let mut client = Client::new();
    client
        .headers
        .push(("access-control-request-method", "POST"));
    client
        .headers
        .push(("access-control-request-headers", "content-type"));
    for origin in [PAGE, NEIGHBOUR, ELSEWHERE] {
        client.origin = origin;
        let answer = client.send("OPTIONS", "/api/messages", "").await;
        assert_eq!(answer.status, 200);
        // The browser compares it with the origin of the page that asks.
        assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
        assert_eq!(
            answer.headers["access-control-allow-headers"],
            "content-type"
        );
        assert_eq!(answer.headers["access-control-allow-credentials"], "true");
    }
}

#[tokio::test]
async fn the_page_works_on_the_origin_of_the_api_too() {
    let mut client = Client::signed_in().await;
    client.origin = API;
    assert_eq!(
        client.get("/config.json").await.json(),
        json!({ "api": "http://localhost:3000/api" })
    );
    let answer = client
        .post("/api/messages", json!({ "text": "hello" }))
        .await;
    assert_eq!(answer.status, 204);
}
