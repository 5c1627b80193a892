//! What a request costs, with the alternatives in turns.

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, Response, StatusCode};
use axum::routing::get;
use axum_cookie_session::{Key, MemoryRevocation, Session, SessionConfig, SessionMap};
use axum_cookie_session_redis::RedisRevocation;
use harness::{Keeps, Redis};
use tokio::runtime::{Builder, Runtime};
use tower::Service;
use tower_sessions::{Expiry, SessionManagerLayer};
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};

use crate::dir;

const ROUNDS: usize = 301;

/// How long each case has in each round.
const SLICE: Duration = Duration::from_millis(4);

struct Case {
    name: &'static str,
    router: Router,
    cookie: String,
    /// Requests that fill a slice.
    times: u32,
    /// In ns.
    requests: Vec<f64>,
}

pub(crate) fn run() -> Result<()> {
    ensure!(
        !cfg!(debug_assertions),
        "measure what is released: cargo run --release -p revocation -- measure"
    );
    let redis = Redis::start(dir("measure")?, Keeps::Nothing)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    println!("{}, {ROUNDS} rounds, medians", Redis::version()?);
    for path in ["/read", "/change"] {
        let mut cases = runtime.block_on(cases(&redis.url()))?;
        for case in &mut cases {
            case.warm_up(&runtime, path)?;
        }
        for _ in 0..ROUNDS {
            for case in &mut cases {
                let took = case.time(&runtime, path, case.times)?;
                case.requests.push(took);
            }
        }
        report(path, &mut cases);
    }
    Ok(())
}

fn report(path: &str, cases: &mut [Case]) {
    let medians: Vec<f64> = cases.iter_mut().map(Case::median).collect();
    let base = medians[0];
    let signed = medians[1] - base;
    println!(
        "\n| {path} | ns a request | ns above no session | x no revocation |\n|---|---|---|---|"
    );
    for (case, median) in cases.iter().zip(medians) {
        let net = median - base;
        println!(
            "| {} | {median:.0} | {net:.0} | {:.2} |",
            case.name,
            net / signed
        );
    }
}

async fn cases(url: &str) -> Result<Vec<Case>> {
    let key = Key::generate();
    let config = || SessionConfig::builder(key.clone());
    let memory = MemoryRevocation::new();
    memory.revoke("user", "somebody else", SystemTime::now())?;
    let kept = RedisRevocation::new(url)?;
    kept.initialize().await?;
    let asked = RedisRevocation::builder(url)
        .cache_ttl(Duration::ZERO)
        .build()?;
    asked.end_user("somebody else").await?;
    let ours = [
        ("no revocation", config().build()?),
        ("MemoryRevocation", config().revocation(memory).build()?),
        ("Redis, answers kept", config().revocation(kept).build()?),
        (
            "Redis, asked each time",
            config().revocation(asked).build()?,
        ),
    ];
    let nothing = Router::new()
        .route("/read", get(async || StatusCode::OK))
        .route("/change", get(async || StatusCode::OK));
    let mut cases = vec![Case::new("no session", nothing, String::new())];
    for (name, config) in ours {
        let cookie = config.encode(&data())?;
        let router = Router::new()
            .route("/read", get(read))
            .route("/change", get(change))
            .with_state(config);
        cases.push(Case::new(name, router, cookie));
    }
    cases.push(tower_sessions(url).await?);
    Ok(cases)
}

async fn tower_sessions(url: &str) -> Result<Case> {
    let pool = Pool::new(Config::from_url(url)?, None, None, None, 1)?;
    pool.init().await?;
    let layer = SessionManagerLayer::new(RedisStore::new(pool)).with_expiry(Expiry::OnInactivity(
        tower_sessions::cookie::time::Duration::days(14),
    ));
    let mut router = Router::new()
        .route("/fill", get(stored_fill))
        .route("/read", get(stored_read))
        .route("/change", get(stored_change))
        .layer(layer);
    let response = send(&mut router, "/fill", "").await?;
    let cookie = response.headers().get(SET_COOKIE);
    let cookie = cookie.context("it sets a cookie")?.to_str()?;
    let cookie = cookie.split(';').next().unwrap_or(cookie).to_owned();
    Ok(Case::new("tower-sessions with Redis", router, cookie))
}

impl Case {
    fn new(name: &'static str, router: Router, cookie: String) -> Self {
        Self {
            name,
            router,
            cookie,
            times: 8,
            requests: Vec::new(),
        }
    }

    fn warm_up(&mut self, runtime: &Runtime, path: &str) -> Result<()> {
        while self.time(runtime, path, self.times)? * f64::from(self.times)
            < SLICE.as_nanos() as f64
        {
            self.times *= 2;
        }
        Ok(())
    }

    /// Of one request, in ns.
    fn time(&mut self, runtime: &Runtime, path: &str, times: u32) -> Result<f64> {
        runtime.block_on(async {
            let start = Instant::now();
            for _ in 0..times {
                let response = send(&mut self.router, path, &self.cookie).await?;
                ensure!(
                    response.status() == StatusCode::OK,
                    "{}: {}",
                    self.name,
                    response.status()
                );
            }
            Ok(start.elapsed().as_nanos() as f64 / f64::from(times))
        })
    }

    fn median(&mut self) -> f64 {
        self.requests.sort_by(f64::total_cmp);
        self.requests[self.requests.len() / 2]
    }
}

async fn send(router: &mut Router, path: &str, cookie: &str) -> Result<Response<Body>> {
    let mut request = Request::get(path);
    if !cookie.is_empty() {
        request = request.header(COOKIE, cookie);
    }
    Ok(router.call(request.body(Body::empty())?).await?)
}

/// 500 bytes of JSON or so.
fn entries() -> Vec<(String, String)> {
    let text = |n| (format!("key{n}"), "x".repeat(40));
    (0..9).map(text).collect()
}

fn data() -> SessionMap {
    let mut data = SessionMap::default();
    data.insert("user", "ada");
    data.insert("login", "0b6b7a2e-5a2c-4d3f-9a55-2f1f6f0c9a11");
    data.insert("visits", 7);
    for (key, value) in entries() {
        data.insert(key, value);
    }
    data
}

fn answer(is_right: bool) -> StatusCode {
    match is_right {
        true => StatusCode::OK,
        false => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn read(session: Session) -> StatusCode {
    answer(session.get("visits") == Some(7))
}

async fn change(mut session: Session) -> (Session, StatusCode) {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    (session, answer(visits == 8))
}

async fn stored_fill(session: tower_sessions::Session) -> Result<(), StatusCode> {
    let failed = |_| StatusCode::INTERNAL_SERVER_ERROR;
    session.insert("user", "ada").await.map_err(failed)?;
    session.insert("visits", 7).await.map_err(failed)?;
    for (key, value) in entries() {
        session.insert(&key, value).await.map_err(failed)?;
    }
    Ok(())
}

async fn stored_read(session: tower_sessions::Session) -> StatusCode {
    answer(matches!(session.get::<u64>("visits").await, Ok(Some(7..))))
}

async fn stored_change(session: tower_sessions::Session) -> StatusCode {
    let visits = session.get("visits").await.ok().flatten().unwrap_or(0) + 1;
    answer(visits > 7 && session.insert("visits", visits).await.is_ok())
}
