//! An instance of a site, and cookies of its users.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::{Body, to_bytes};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use axum::{Router, routing::get};
use axum_cookie_session::{Key, Session, SessionConfig, SessionMap};
use axum_cookie_session_redis::{RedisRevocation, RedisRevocationBuilder};
use harness::{Keeps, Redis};
use tower::ServiceExt;

/// Long enough for a loaded machine, and short enough to notice that a request waited.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) const UNKNOWN: &str = "Rejected(RevocationUnknown)";
pub(crate) const REVOKED: &str = "Rejected(Revoked)";

/// A server with the list, in a folder of the test.
pub(crate) async fn redis(test: &str) -> Redis {
    let redis = Redis::start(folder(test), Keeps::Everything).unwrap();
    let revocation = RedisRevocation::builder(redis.url())
        .timeout(TIMEOUT * 4)
        .build();
    revocation.unwrap().initialize().await.unwrap();
    redis
}

pub(crate) fn folder(test: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test)
}

/// Seconds that stand still until a test moves them.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicU64>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(2_000_000_000)))
    }

    pub(crate) fn tick(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    fn read(&self) -> impl Fn() -> SystemTime + Send + Sync + 'static {
        let clock = Arc::clone(&self.0);
        move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed))
    }
}

pub(crate) struct Site {
    pub(crate) revocation: RedisRevocation,
    config: SessionConfig,
    router: Router,
}

/// Asks with each request.
pub(crate) fn asking(url: String, clock: &Clock) -> RedisRevocationBuilder {
    let builder = RedisRevocation::builder(url).timeout(TIMEOUT);
    builder.cache_ttl(Duration::ZERO).clock(clock.read())
}

impl Site {
    pub(crate) fn new(redis: &Redis, clock: &Clock) -> Self {
        Self::with(asking(redis.url(), clock), clock, false)
    }

    pub(crate) fn with(revocation: RedisRevocationBuilder, clock: &Clock, fail_open: bool) -> Self {
        let revocation = revocation.build().unwrap();
        let config = SessionConfig::builder(Key::new([7; 32]).unwrap())
            .clock(clock.read())
            .revocation(revocation.clone())
            .fail_open(fail_open);
        let config = config.build().unwrap();
        let router = Router::new()
            .route("/", get(home).post(visit))
            .with_state(config.clone());
        Self {
            revocation,
            config,
            router,
        }
    }

    /// The cookie of a session that begins now.
    pub(crate) fn cookie(&self, data: &SessionMap) -> String {
        self.config.encode(data).unwrap()
    }

    pub(crate) fn sign_in(&self, user: &str, login: &str) -> String {
        self.cookie(&SessionMap::from_iter([("user", user), ("login", login)]))
    }

    /// What the page says: the user, or the status of the session.
    pub(crate) async fn get(&self, cookie: &str) -> String {
        let (_, has_set_cookie, body) = self.send("GET", cookie).await;
        assert!(!has_set_cookie);
        body
    }

    /// Status, and whether a cookie was set.
    pub(crate) async fn post(&self, cookie: &str) -> (StatusCode, bool) {
        let (status, has_set_cookie, _) = self.send("POST", cookie).await;
        (status, has_set_cookie)
    }

    async fn send(&self, method: &str, cookie: &str) -> (StatusCode, bool, String) {
        let request = Request::builder()
            .method(method)
            .uri("/")
            .header(COOKIE, cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1024).await.unwrap();
        let body = String::from_utf8(body.into()).unwrap();
        (parts.status, parts.headers.contains_key(SET_COOKIE), body)
    }
}

async fn home(session: Session) -> (Session, String) {
    let status = session.status();
    let body = match session.get::<serde_json::Value>("user") {
        Some(user) => user.as_str().map_or(user.to_string(), str::to_owned),
        None => format!("{status:?}"),
    };
    (session, body)
}

async fn visit(mut session: Session) -> (Session, &'static str) {
    session.insert("visits", 1);
    (session, "")
}
