//! An application under test: requests in, responses out.

use std::pin::Pin;

use anyhow::{Result, ensure};
use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use tokio::sync::Notify;
use tower::ServiceExt;

/// Counts up the key `visits` and answers with the number.
pub(crate) const VISITS: &str = "/visits";
/// Answers with the names of those of [`KEYS`] that the session holds.
pub(crate) const SHOW: &str = "/show";
/// Sets `user` to "ada".
pub(crate) const USER: &str = "/user";
/// Sets `big` to so many letters.
pub(crate) const BIG: &str = "/big/{len}";
/// One extractor sets `a`, another one of the same handler sets `b`.
pub(crate) const TWO: &str = "/two";
/// Sets `bad` to [`no_json`], and answers with [`REPORTED`] where that is an error.
pub(crate) const BAD: &str = "/bad";
/// Reads the session, waits for [`GO`], and sets `a`.
pub(crate) const SLOW: &str = "/slow";
/// Sets `b`.
pub(crate) const QUICK: &str = "/quick";
/// Sets `a`, and does nothing else with the session.
pub(crate) const FORGET: &str = "/forget";
/// Ends the session.
pub(crate) const LOGOUT: &str = "/logout";

pub(crate) const KEYS: [&str; 6] = ["visits", "user", "big", "a", "b", "bad"];

pub(crate) const REPORTED: &str = "reported";

/// What a handler answers where its store does not: that is no property of a crate.
pub(crate) const NO_STORE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// A slow request tells that it has read its session, and waits.
pub(crate) static HAS_READ: Notify = Notify::const_new();
pub(crate) static GO: Notify = Notify::const_new();

pub(crate) async fn wait() {
    HAS_READ.notify_one();
    GO.notified().await;
}

/// JSON has no such keys.
pub(crate) fn no_json() -> std::collections::HashMap<(u8, u8), u8> {
    [((1, 2), 3)].into()
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) set_cookies: Vec<String>,
    pub(crate) body: String,
}

impl Reply {
    /// The `Set-Cookie` of the session; none where it was removed, or not set.
    pub(crate) fn set_cookie(&self) -> Option<&str> {
        let mut cookies = self.set_cookies.iter();
        // What removes a cookie leaves it empty.
        let cookie = cookies.find(|cookie| !cookie.contains("=;"));
        cookie.map(String::as_str)
    }

    /// Its `name=value`.
    pub(crate) fn pair(&self) -> Option<&str> {
        self.set_cookie()?.split(';').next()
    }
}

pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Result<Reply>> + 'a>>;

pub(crate) trait App {
    fn send<'a>(&'a self, path: &'a str, cookies: &'a str) -> Answer<'a>;
}

impl App for Router {
    fn send<'a>(&'a self, path: &'a str, cookies: &'a str) -> Answer<'a> {
        Box::pin(async move {
            let mut request = Request::get(path);
            if !cookies.is_empty() {
                request = request.header(COOKIE, cookies);
            }
            let request = request.body(Body::empty())?;
            let Ok(response) = self.clone().oneshot(request).await;
            let (parts, body) = response.into_parts();
            let set_cookies = parts.headers.get_all(SET_COOKIE).iter();
            let set_cookies = set_cookies.map(|value| text(value.as_bytes())).collect();
            let body = text(&body.collect().await?.to_bytes());
            ensure!(parts.status != NO_STORE, "{path}: {body}");
            Ok(Reply {
                status: parts.status.as_u16(),
                set_cookies,
                body,
            })
        })
    }
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
