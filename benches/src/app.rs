//! The routes that every application has, and how to send it requests.

use std::pin::Pin;

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderValue, Request, StatusCode};
use axum::routing::get;
use http_body_util::BodyExt;
use tokio::sync::Notify;
use tower::Service;

use crate::payload::{Payload, typed_increment_path, typed_read_path};

/// Reads the key `visits` and answers with the number, or with 0.
pub(crate) const READ: &str = "/read";
/// Like [`READ`], but the handler doesn't return the session, even if it should.
pub(crate) const READ_NOT_RETURNED: &str = "/read-not-returned";
/// Reads the keys of [`TEN`](crate::payload::TEN) and answers with how many the session holds.
pub(crate) const READ_TEN: &str = "/read-ten";
/// Adds 1 to `visits` and answers with the number.
pub(crate) const INCREMENT: &str = "/increment";
/// Like [`READ`], and renews the session.
pub(crate) const RENEW: &str = "/renew";
/// Inserts what [`entries`](crate::payload::entries) has under the name.
pub(crate) const INSERT: &str = "/insert/{name}";
/// Answers with the values of [`KEYS`](crate::payload::KEYS), as a JSON object.
pub(crate) const SHOW: &str = "/show";
/// One extractor sets `a`, and another extractor of the same handler sets `b`.
pub(crate) const TWO: &str = "/two";
/// Sets `bad` to [`not_json`], and answers with [`REPORTED`] if that's an error.
pub(crate) const BAD: &str = "/bad";
/// Reads the session, waits for [`GO`], and sets `a`.
pub(crate) const SLOW: &str = "/slow";
/// Sets `a`, and does nothing else with the session.
pub(crate) const FORGET: &str = "/forget";
/// Ends the session.
pub(crate) const LOGOUT: &str = "/logout";

const ROUTES: [&str; 12] = [
    READ,
    READ_NOT_RETURNED,
    READ_TEN,
    INCREMENT,
    RENEW,
    INSERT,
    SHOW,
    TWO,
    BAD,
    SLOW,
    FORGET,
    LOGOUT,
];

pub(crate) const REPORTED: &str = "reported";

/// What a handler answers if its store fails. That isn't a property of a crate.
pub(crate) const STORE_FAILED: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// The slow handler has read its session.
pub(crate) static HAS_READ: Notify = Notify::const_new();
/// The slow handler may continue.
pub(crate) static GO: Notify = Notify::const_new();

pub(crate) async fn wait() {
    HAS_READ.notify_one();
    GO.notified().await;
}

/// JSON doesn't have such keys.
pub(crate) fn not_json() -> std::collections::HashMap<(u8, u8), u8> {
    [((1, 2), 3)].into()
}

/// The same routes without a session. Every handler answers with a number.
pub(crate) fn without_session() -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        router = router.route(route, get(number));
    }
    for payload in Payload::all() {
        router = router
            .route(&typed_read_path(payload.name), get(number))
            .route(&typed_increment_path(payload.name), get(number));
    }
    router
}

async fn number() -> String {
    7_u64.to_string()
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) set_cookies: Vec<String>,
    pub(crate) body: String,
}

impl Reply {
    /// The `Cookie` header of a browser that had no cookies before.
    pub(crate) fn cookies(&self) -> String {
        let pairs = self.set_cookies.iter().map(|cookie| pair(cookie));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// The `Set-Cookie` of the session, unless it was removed or not set.
    pub(crate) fn set_cookie(&self) -> Option<&str> {
        let mut cookies = self.set_cookies.iter();
        // A removal sets an empty value.
        let cookie = cookies.find(|cookie| !cookie.contains("=;"));
        cookie.map(String::as_str)
    }

    /// Its `name=value`.
    pub(crate) fn pair(&self) -> Option<&str> {
        self.set_cookie().map(pair)
    }
}

fn pair(set_cookie: &str) -> &str {
    set_cookie
        .split_once(';')
        .map_or(set_cookie, |(pair, _)| pair)
}

pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Ends the path of a request that a form of another site sends, without cookies.
pub(crate) const FROM_ANOTHER_SITE: &str = "?from=another-site";

/// What a browser adds to such a request.
pub(crate) const OF_ANOTHER_SITE: [(&str, &str); 2] = [
    ("sec-fetch-site", "cross-site"),
    ("origin", "https://another-site.example"),
];

pub(crate) trait App {
    fn send<'a>(&'a self, path: &'a str, cookies: &'a str) -> Answer<'a, Result<Reply>>;

    /// Sends the same request `times` times, and builds it each time.
    ///
    /// # Panics
    ///
    /// If a response isn't a success.
    fn repeat<'a>(&'a self, path: &'a str, cookies: &'a str, times: u32) -> Answer<'a, ()>;

    /// The application, if it's one of axum.
    fn router(&self) -> Option<Router> {
        None
    }
}

impl App for Router {
    fn send<'a>(&'a self, path: &'a str, cookies: &'a str) -> Answer<'a, Result<Reply>> {
        Box::pin(async move {
            let mut request = request(path, cookies);
            if path.ends_with(FROM_ANOTHER_SITE) {
                for (name, value) in OF_ANOTHER_SITE {
                    let value = HeaderValue::from_static(value);
                    request.headers_mut().insert(name, value);
                }
            }
            let Ok(response) = self.clone().call(request).await;
            let (parts, body) = response.into_parts();
            let set_cookies = parts.headers.get_all(SET_COOKIE).iter();
            let set_cookies = set_cookies.map(|value| text(value.as_bytes())).collect();
            let body = text(&body.collect().await?.to_bytes());
            ensure!(parts.status != STORE_FAILED, "{path}: {body}");
            Ok(Reply {
                status: parts.status.as_u16(),
                set_cookies,
                body,
            })
        })
    }

    fn repeat<'a>(&'a self, path: &'a str, cookies: &'a str, times: u32) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut router = self.clone();
            for _ in 0..times {
                repeat_once(&mut router, path, cookies).await;
            }
        })
    }

    fn router(&self) -> Option<Router> {
        Some(self.clone())
    }
}

/// One request of [`App::repeat`].
pub(crate) async fn repeat_once(router: &mut Router, path: &str, cookies: &str) {
    let Ok(response) = router.call(request(path, cookies)).await;
    assert!(response.status().is_success(), "{path} fails");
}

fn request(path: &str, cookies: &str) -> Request<Body> {
    let mut request = Request::get(path);
    if !cookies.is_empty() {
        request = request.header(COOKIE, cookies);
    }
    request.body(Body::empty()).expect("a valid request")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
