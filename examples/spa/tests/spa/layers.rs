//! The order of the layers. Each of these tests fails if two of them are swapped.

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, SET_COOKIE};
use http_body_util::BodyExt;
use serde_json::json;

use crate::client::{Client, NEIGHBOUR, PAGE};

/// Requests that the API or a layer answers with an error.
const ERRORS: [(&str, &str, &str, u16, &str); 6] = [
    ("GET", "/api/nowhere", "", 404, "not found"),
    ("GET", "/api/login", "", 405, "Method Not Allowed"),
    ("POST", "/api/messages", "{", 400, "Bad Request"),
    ("POST", "/api/messages", "{}", 422, "Unprocessable Entity"),
    ("POST", "/api/panic", "", 500, "Internal Server Error"),
    ("POST", "/api/slow", "", 503, "Service Unavailable"),
];

#[tokio::test(start_paused = true)]
async fn the_page_can_read_every_error_as_json() {
    let mut client = Client::signed_in().await;
    for (method, path, body, status, error) in ERRORS {
        let answer = client.send(method, path, body).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.error(), error, "{path}");
        let header = |name| {
            answer
                .headers
                .get(name)
                .map(|value| value.to_str().unwrap())
        };
        assert_eq!(header("access-control-allow-origin"), Some(PAGE), "{path}");
        let credentials = header("access-control-allow-credentials");
        assert_eq!(credentials, Some("true"), "{path}");
        let length = header("content-length");
        assert!(length.is_none_or(|length| length == answer.body.len().to_string()));
    }
}

/// CORS headers are part of the refusal too: a console then shows it, and not an error of CORS.
#[tokio::test]
async fn a_refused_origin_is_told_which_origin_is_trusted() {
    let mut client = Client::signed_in().await;
    client.origin = NEIGHBOUR;
    let answer = client.post("/api/messages", json!({ "text": "x" })).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.error(), "this origin is not trusted");
    assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
}

#[tokio::test(start_paused = true)]
async fn a_panic_and_a_timeout_leave_the_session_as_it_was() {
    let mut client = Client::signed_in().await;
    let before = client.cookie.clone();
    for path in ["/api/panic", "/api/slow"] {
        let answer = client.post(path, json!({})).await;
        assert!(answer.status.is_server_error(), "{path}");
        assert!(!answer.headers.contains_key(SET_COOKIE), "{path}");
        assert_eq!(client.cookie, before, "{path}");
        assert_eq!(client.get("/api/me").await.json(), json!({ "user": "ada" }));
    }
}

#[tokio::test]
async fn errors_of_clients_that_take_compressed_bodies_are_json() {
    let mut client = Client::signed_in().await;
    client.headers.push(("accept-encoding", "gzip"));
    for body in ["{", "[]", "{\"text\":7}"] {
        let answer = client.send("POST", "/api/messages", body).await;
        match answer.headers.get(CONTENT_ENCODING) {
            None => assert!(!answer.error().is_empty()),
            Some(encoding) => {
                assert_eq!(encoding, "gzip");
                assert_eq!(answer.body[..2], [0x1f, 0x8b], "not gzip");
            }
        }
    }
}

#[tokio::test]
async fn files_get_no_cookie_and_the_api_does() {
    let mut client = Client::signed_in().await;
    client.later(2);
    for path in ["/", "/app.js", "/config.json", "/nowhere"] {
        let answer = client.get(path).await;
        assert!(!answer.headers.contains_key(SET_COOKIE), "{path}");
        assert!(!answer.vary().contains(&"cookie".to_owned()), "{path}");
    }
    let answer = client.get("/api/me").await;
    assert!(answer.headers.contains_key(SET_COOKIE));
    assert!(answer.vary().contains(&"cookie".to_owned()));
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn files_are_compressed_and_events_are_not() {
    let mut client = Client::signed_in().await;
    client.headers.push(("accept-encoding", "gzip"));
    let file = client.get("/app.js").await;
    assert_eq!(file.headers[CONTENT_ENCODING], "gzip");

    client
        .post("/api/messages", json!({ "text": "hello" }))
        .await;
    let response = client.response("GET", "/api/events", "").await;
    assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
    assert!(!response.headers().contains_key(CONTENT_ENCODING));
    let mut events = response.into_body();
    let frame = events.frame().await.unwrap().unwrap();
    let text = frame.into_data().unwrap();
    assert_eq!(text, "data: {\"user\":\"ada\",\"text\":\"hello\"}\n\n");
    client
        .post("/api/messages", json!({ "text": "again" }))
        .await;
    let frame = events.frame().await.unwrap().unwrap();
    assert!(frame.into_data().unwrap().ends_with(b"\"again\"}\n\n"));
}

#[tokio::test(start_paused = true)]
async fn events_go_on_after_the_timeout_of_handlers() {
    let mut client = Client::signed_in().await;
    let mut events = client.response("GET", "/api/events", "").await.into_body();
    tokio::time::advance(3 * spa::TIMEOUT).await;
    client
        .post("/api/messages", json!({ "text": "late" }))
        .await;
    let frame = events.frame().await.unwrap().unwrap();
    assert!(frame.into_data().unwrap().ends_with(b"\"late\"}\n\n"));
}
