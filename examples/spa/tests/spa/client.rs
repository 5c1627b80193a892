//! A browser on a page, with one cookie and a clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum_cookie_session::{Key, SessionConfig};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const API: &str = "http://localhost:3000";
pub(crate) const PAGE: &str = "http://localhost:3001";
/// A page of the same site, so the cookie comes along.
pub(crate) const NEIGHBOUR: &str = "http://localhost:4000";
pub(crate) const ELSEWHERE: &str = "http://127.0.0.1:3001";

pub(crate) struct Client {
    pub(crate) app: Router,
    now: Arc<AtomicU64>,
    /// The origin of the page.
    pub(crate) origin: &'static str,
    /// Headers of each request.
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    /// `name=value`, as the browser sends it.
    pub(crate) cookie: Option<String>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new() -> Self {
        let now = Arc::new(AtomicU64::new(1_790_000_000));
        let clock = now.clone();
        let config = SessionConfig::builder(Key::generate())
            .no_store(true)
            .clock(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed)))
            .build()
            .unwrap();
        Self {
            app: spa::app(config, API, PAGE).unwrap(),
            now,
            origin: PAGE,
            headers: Vec::new(),
            cookie: None,
        }
    }

    pub(crate) async fn signed_in() -> Self {
        let mut client = Self::new();
        let password = "correct horse battery staple";
        let credentials = json!({ "name": "ada", "password": password });
        let answer = client.post("/api/login", credentials).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        client
    }

    pub(crate) fn later(&self, days: u64) {
        self.now.fetch_add(days * 24 * 60 * 60, Ordering::Relaxed);
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &body.to_string()).await
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let response = self.response(method, path, body).await;
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().into(),
        }
    }

    /// The response before its body is read, which for events never ends.
    pub(crate) async fn response(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
    ) -> axum::response::Response {
        let site = match self.origin {
            API => "same-origin",
            ELSEWHERE => "cross-site",
            _ => "same-site",
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:3000")
            .header("sec-fetch-site", site)
            .header(CONTENT_TYPE, "application/json")
            .header(ORIGIN, self.origin);
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        for header in response.headers().get_all(SET_COOKIE) {
            let pair = header.to_str().unwrap().split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        response
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.headers[CONTENT_TYPE], "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }

    pub(crate) fn vary(&self) -> Vec<String> {
        let values = self.headers.get_all("vary").iter();
        let values = values.flat_map(|value| value.to_str().unwrap().split(','));
        values.map(|name| name.trim().to_lowercase()).collect()
    }
}
