//! A browser with a cookie jar in front of a real `Router`, and a clock that tests control.

#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, unreachable_pub, reason = "a module of tests")]

#[cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django",
    feature = "react-router"
))]
pub mod peers;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::get;
use axum_cookie_session::{Key, Session, SessionConfig, SessionConfigBuilder};
use axum_extra::extract::cookie::Cookie;
use http_body_util::BodyExt;
use tower::ServiceExt;
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;

/// The time at which every test begins.
pub const START: u64 = 1_700_000_000;

/// A clock that only moves when a test advances it.
#[derive(Clone)]
pub struct Clock(Arc<AtomicU64>);

impl Clock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }

    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }

    pub fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    pub fn read(&self) -> impl Fn() -> SystemTime + Send + Sync + 'static {
        let clock = self.0.clone();
        move || at(clock.load(Ordering::SeqCst))
    }
}

pub fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The 32 bytes 0x00 to 0x1f, as in the test vector.
pub fn key() -> Key {
    Key::new(std::array::from_fn::<u8, 32, _>(|i| i as u8)).unwrap()
}

pub fn other_key() -> Key {
    Key::new([0xff; 32]).unwrap()
}

/// A builder with the cookie name `session` and a clock that always shows `START`.
pub fn builder() -> SessionConfigBuilder {
    SessionConfig::builder(key())
        .cookie_name("session")
        .clock(|| at(START))
}

pub fn config() -> SessionConfig {
    builder().build().unwrap()
}

pub fn headers(cookie: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, HeaderValue::from_bytes(cookie.as_bytes()).unwrap());
    headers
}

/// The session of a request with this `Cookie` header.
pub fn session(cookie: &str, config: &SessionConfig) -> Session {
    Session::from_headers(&headers(cookie), config)
}

/// The cookie of a session with these keys, as a browser sends it.
pub fn cookie(config: &SessionConfig, json: serde_json::Value) -> String {
    config.encode(&json).unwrap()
}

/// A response with its body read.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Reply {
    pub async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub fn all(&self, name: impl axum::http::header::AsHeaderName) -> Vec<&str> {
        let values = self.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.all(SET_COOKIE)
    }

    /// The only `Set-Cookie` of the response.
    #[track_caller]
    pub fn set_cookie(&self) -> Cookie<'static> {
        match self.set_cookies()[..] {
            [one] => Cookie::parse(one.to_owned()).unwrap(),
            ref other => panic!("expected one Set-Cookie, got {other:?}"),
        }
    }

    /// The JSON text in the only `Set-Cookie`.
    #[track_caller]
    pub fn payload(&self) -> String {
        payload(self.set_cookie().value())
    }

    #[track_caller]
    pub fn assert_no_set_cookie(&self) {
        assert_eq!(self.set_cookies(), Vec::<&str>::new());
    }
}

/// The JSON text of a native token.
#[track_caller]
pub fn payload(token: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let payload = token.split('.').nth(1).expect("a native token");
    String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Sends one request with these `Cookie` headers.
pub async fn send(app: &Router, path: &str, cookies: &[&str]) -> Reply {
    let mut request = Request::builder().uri(path);
    for cookie in cookies {
        request = request.header(COOKIE, HeaderValue::from_bytes(cookie.as_bytes()).unwrap());
    }
    let response: Result<_, Infallible> = app
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await;
    Reply::of(response.unwrap()).await
}

/// One handler at `/`.
pub fn app<H, T>(config: &SessionConfig, handler: H) -> Router
where
    H: Handler<T, SessionConfig>,
    T: 'static,
{
    Router::new()
        .route("/", get(handler))
        .with_state(config.clone())
}

/// Sends one request with this `Cookie` header to one handler.
pub async fn run<H, T>(config: &SessionConfig, cookie: &str, handler: H) -> Reply
where
    H: Handler<T, SessionConfig>,
    T: 'static,
{
    let cookies: &[&str] = if cookie.is_empty() { &[] } else { &[cookie] };
    send(&app(config, handler), "/", cookies).await
}

/// The `Accept` header of a browser that opens a page.
const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// Method and `Sec-Purpose` of requests whose answer no user may ever see.
pub const UNSEEN: [(&str, &str); 4] = [
    ("HEAD", ""),
    ("GET", "prefetch"),
    ("GET", "prefetch;prerender"),
    ("GET", "prefetch;anonymous-client-ip"),
];

/// A client that stores cookies by name, which is enough for these tests.
#[derive(Clone)]
pub struct Browser {
    app: Router,
    pub jar: BTreeMap<String, String>,
}

impl Browser {
    pub fn new(app: Router) -> Self {
        Self {
            app,
            jar: BTreeMap::new(),
        }
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, PAGE, "", "").await
    }

    /// Requests a page, but not for the user to see. See [`UNSEEN`].
    pub async fn get_unseen(&mut self, (method, purpose): (&str, &str), path: &str) -> Reply {
        self.send(method, path, PAGE, purpose, "").await
    }

    /// Requests a resource that is not a page: an icon, a picture or data for a script.
    pub async fn load(&mut self, path: &str) -> Reply {
        let picture = "image/webp,*/*;q=0.8";
        self.send("GET", path, picture, "", "").await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Reply {
        self.send("POST", path, PAGE, "", form).await
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        accept: &str,
        purpose: &str,
        form: &str,
    ) -> Reply {
        let pairs: Vec<_> = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder().method(method).uri(path);
        if !purpose.is_empty() {
            request = request.header("sec-purpose", purpose);
        }
        let request = request
            .header("accept", accept)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(COOKIE, pairs.join("; "))
            .body(Body::from(form.to_owned()))
            .unwrap();
        let reply = Reply::of(self.app.clone().oneshot(request).await.unwrap()).await;
        for header in reply.set_cookies() {
            let cookie = Cookie::parse(header.to_owned()).unwrap();
            match cookie.max_age().is_some_and(|age| age.is_zero()) {
                true => self.jar.remove(cookie.name()),
                false => self
                    .jar
                    .insert(cookie.name().to_owned(), cookie.value().to_owned()),
            };
        }
        reply
    }
}

/// The keys of the session in the browser's jar, whether or not the token is valid.
pub fn contents(browser: &Browser) -> serde_json::Value {
    let token = browser.jar.get("session").expect("a session in the jar");
    serde_json::from_str(&payload(token)).unwrap()
}

#[track_caller]
pub fn assert_shows(reply: &Reply, text: &str) {
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.body.contains(text), "no {text:?} in:\n{}", reply.body);
}

#[track_caller]
pub fn assert_hides(reply: &Reply, text: &str) {
    assert_eq!(reply.status, StatusCode::OK);
    assert!(!reply.body.contains(text), "{text:?} in:\n{}", reply.body);
}

#[track_caller]
pub fn assert_redirects(reply: &Reply, to: &str) {
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.all("location"), [to]);
}

/// While there is only one subscriber, tracing asks the thread that first reaches a log line for its
/// own. If that is a test without one, the line stays off in all threads.
static SECOND_SUBSCRIBER: LazyLock<Dispatch> =
    LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

/// Everything logged while `work` runs.
pub fn logged(work: impl FnOnce()) -> String {
    LazyLock::force(&SECOND_SUBSCRIBER);
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, work);
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

/// A session cookie with exactly this payload, which does not have to be JSON.
pub fn encoded(payload: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64U;
    use hmac::{Hmac, KeyInit, Mac};
    let mac = |key: &[u8], message: &[u8]| {
        let mac = Hmac::<sha1::Sha1>::new_from_slice(key).unwrap();
        mac.chain_update(message).finalize().into_bytes()
    };
    let secret: [u8; 32] = std::array::from_fn(|i| i as u8);
    let derived = mac(&secret, b"axum-cookie-session v1 session");
    let times = [(START as u32).to_be_bytes(), (START as u32).to_be_bytes()].concat();
    let signed = format!("1.{}.{}", B64U.encode(payload), B64U.encode(times));
    let tag = B64U.encode(&mac(&derived, signed.as_bytes())[..16]);
    format!("session={signed}.{tag}")
}

/// The bytes that hexadecimal digits stand for.
pub fn bytes(hex: &str) -> Vec<u8> {
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.as_bytes().chunks(2).map(byte).collect()
}
