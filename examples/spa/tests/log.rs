//! What `TraceLayer` writes. In a file of its own, because the subscriber is that of the process.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use axum_cookie_session::{Key, SessionConfig, SessionMap};
use tower::ServiceExt;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn the_log_has_every_response_and_no_cookie() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let page = "http://localhost:3001";
    let config = SessionConfig::new(Key::generate());
    let app = spa::app(config.clone(), "http://localhost:3000", page).unwrap();
    let cookie = config
        .encode(&SessionMap::from_iter([("user", "ada")]))
        .unwrap();
    let token = cookie.split('=').nth(1).unwrap();

    let login = "{\"name\":\"ada\",\"password\":\"correct horse battery staple\"}";
    for (path, origin, body, status) in [
        ("/api/login", page, login, 204),
        ("/api/logout", page, "", 204),
        ("/api/logout", "http://localhost:4000", "", 403),
        ("/api/panic", page, "", 500),
        ("/api/slow", page, "", 503),
    ] {
        let request = Request::post(path)
            .header("cookie", &cookie)
            .header("authorization", "Bearer abc")
            .header("sec-fetch-site", "same-site")
            .header("origin", origin)
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let text = log.take();
        assert!(text.contains(&format!("status={status}")), "{path}: {text}");
        assert!(text.contains("\"cookie\": Sensitive"), "{text}");
        assert!(!text.contains(token) && !text.contains("Bearer"), "{text}");
        if let Some(set) = response.headers().get("set-cookie") {
            assert!(text.contains("\"set-cookie\": Sensitive"), "{text}");
            assert!(!text.contains(set.to_str().unwrap()), "{text}");
        }
    }

    // A cookie that is not the session's.
    let other = get(async || [("set-cookie", "theme=dark")]);
    let app = spa::outer(Router::new().route("/", other));
    let request = Request::get("/").body(Body::empty()).unwrap();
    app.oneshot(request).await.unwrap();
    let text = log.take();
    assert!(text.contains("\"set-cookie\": Sensitive"), "{text}");
}
