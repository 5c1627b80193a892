//! Somebody who visits the shop, with one cookie and a clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use axum_cookie_session::{Key, Session, SessionConfig, SessionMap};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use shop::{app, sessions};
use tower::ServiceExt;

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);
pub(crate) const PASSWORD: &str = "low tide at seven";
pub(crate) const PIECES: [&str; 7] = [
    "heron", "plover", "avocet", "dunlin", "egret", "curlew", "wigeon",
];

pub(crate) struct Visitor {
    app: Router,
    sessions: SessionConfig,
    now: Arc<AtomicU64>,
    /// `name=value`, as the browser sends it.
    pub(crate) cookie: Option<String>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) location: String,
    /// Whether a cookie came with it.
    pub(crate) set_cookie: bool,
    pub(crate) text: String,
}

impl Visitor {
    pub(crate) fn new() -> Self {
        Self::start(false)
    }

    pub(crate) fn insecure() -> Self {
        Self::start(true)
    }

    fn start(insecure: bool) -> Self {
        // The library warns of a change that is lost, and tells of a session that is not written.
        let _ = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
            .with_writer(|| -> std::io::Sink { panic!("the library warns") })
            .try_init();
        let now = Arc::new(AtomicU64::new(1_790_000_000));
        let clock = now.clone();
        let sessions = sessions(Key::generate(), insecure)
            .clock(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed)))
            .build()
            .unwrap();
        Self {
            app: app(sessions.clone()),
            sessions,
            now,
            cookie: None,
        }
    }

    pub(crate) fn later(&self, by: Duration) {
        self.now.fetch_add(by.as_secs(), Ordering::Relaxed);
    }

    /// Sends this session, encoded, with the next request.
    pub(crate) fn bring(&mut self, data: &SessionMap) {
        self.cookie = Some(self.sessions.encode(data).unwrap());
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "", &[]).await
    }

    /// Sends a form as a browser would.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Answer {
        let headers = [
            (CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send("POST", path, form, &headers).await
    }

    /// Sends a form, and looks at the page that it leads to.
    pub(crate) async fn follow(&mut self, path: &str, form: &str) -> Answer {
        let answer = self.post(path, form).await;
        self.get(&answer.location).await
    }

    pub(crate) async fn sign_in(&mut self, password: &str) -> Answer {
        let form = serde_urlencoded::to_string([("name", "ada"), ("password", password)]).unwrap();
        self.post("/sign-in", &form).await
    }

    /// No answer is a 500, and no cookie is longer than browsers keep.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        assert!(!response.status().is_server_error(), "{method} {path}");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut set_cookie = false;
        for header in parts.headers.get_all(SET_COOKIE) {
            set_cookie = true;
            let pair = header.to_str().unwrap().split(';').next().unwrap();
            assert!(pair.len() <= 4097, "{method} {path}");
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        let location = parts.headers.get(LOCATION).map(|to| to.to_str().unwrap());
        Answer {
            status: parts.status,
            location: location.unwrap_or_default().to_owned(),
            headers: parts.headers,
            set_cookie,
            text: String::from_utf8(body.into()).unwrap(),
        }
    }

    /// What the cookie holds.
    pub(crate) fn session(&self) -> Session {
        let mut headers = HeaderMap::new();
        if let Some(cookie) = &self.cookie {
            headers.insert(COOKIE, cookie.parse().unwrap());
        }
        Session::from_headers(&headers, &self.sessions)
    }

    /// Bytes of the cookie's name and value.
    pub(crate) fn len(&self) -> usize {
        self.cookie.as_ref().map_or(0, |cookie| cookie.len() - 1)
    }

    pub(crate) fn cart(&self) -> Vec<Value> {
        self.session().get("cart").unwrap_or_default()
    }

    pub(crate) fn note_of(&self, piece: &str) -> Option<String> {
        let cart = self.cart();
        let line = cart.iter().find(|line| line["piece"] == piece)?;
        Some(line["note"].as_str().unwrap_or_default().to_owned())
    }
}

impl Answer {
    /// The machine's text of a time on the page.
    pub(crate) fn time(&self, id: &str) -> String {
        let marker = format!("id=\"{id}\" datetime=\"");
        let (_, rest) = self.text.split_once(&marker).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A line of the cart as the cookie has it.
pub(crate) fn line((piece, quantity, note): (&str, u32, &str)) -> Value {
    match note {
        "" => json!({ "piece": piece, "quantity": quantity }),
        note => json!({ "piece": piece, "quantity": quantity, "note": note }),
    }
}

pub(crate) fn rfc3339(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time).unwrap().to_string()
}
