//! A site whose sessions are bound to the visitor's device, with a clock, keys and faults that a
//! check sets while it runs.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_cookie_session::{DeviceBound, Key, Session, SessionConfig};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use http::StatusCode;
use serde::Deserialize;
use tokio::runtime::Builder;
use tower_http::csrf::CsrfLayer;

use crate::certificate::Certificate;
use crate::site::{ELSEWHERE, SHOP};

/// Short, so that a check sees many refreshes. Chromium's own limit of them is off.
const PROOF_LIFETIME: Duration = Duration::from_secs(10);

pub(crate) const SESSION: &str = "__Host-session";
pub(crate) const PROOF: &str = "__Host-session-proof";

/// A thread that serves until this is dropped.
pub(crate) struct BoundSite {
    port: u16,
    control: Arc<Control>,
    handle: Handle<SocketAddr>,
}

struct Control {
    router: Mutex<Router>,
    /// Seconds by which the server's clock is ahead.
    ahead: AtomicU64,
    /// The status of each answer to a refresh; 0 for the library's.
    fault: AtomicU16,
    /// Method, path and status of each request.
    seen: Mutex<Vec<String>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl BoundSite {
    /// Serves with the first of these keys; the others verify.
    pub(crate) fn start(certificate: &Certificate, keys: &[&str]) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let (chain, key) = (vec![certificate.certificate_der()], certificate.key_der());
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = Handle::new();
        let stop = handle.clone();
        let control = Arc::new(Control {
            router: Mutex::new(Router::new()),
            ahead: AtomicU64::new(0),
            fault: AtomicU16::new(0),
            seen: Mutex::default(),
        });
        let site = Self {
            port,
            control: Arc::clone(&control),
            handle,
        };
        site.restart(keys)?;
        thread::spawn(move || {
            runtime.block_on(async {
                let tls = RustlsConfig::from_der(chain, key).await?;
                let app = Router::new().fallback(answer).with_state(control);
                from_tcp_rustls(listener, tls)?
                    .handle(stop)
                    .serve(app.into_make_service())
                    .await
            })
        });
        Ok(site)
    }

    /// A server that knows nothing of the one before, with these keys.
    pub(crate) fn restart(&self, keys: &[&str]) -> Result<()> {
        let (first, others) = keys.split_first().context("no key")?;
        let clock = Arc::clone(&self.control);
        let settings = DeviceBound::new()
            .proof_lifetime(PROOF_LIFETIME)
            .exclude("/static");
        let mut builder = SessionConfig::builder(Key::new(first)?)
            .clock(move || {
                let ahead = clock.ahead.load(Ordering::SeqCst);
                SystemTime::now() + Duration::from_secs(ahead)
            })
            .device_bound(settings);
        for key in others {
            builder = builder.fallback_key(Key::new(key)?);
        }
        *lock(&self.control.router) = pages(&builder.build()?, self.port);
        Ok(())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{SHOP}:{}{path}", self.port)
    }

    /// The same server under the name of another site.
    pub(crate) fn elsewhere(&self, path: &str) -> String {
        format!("https://{ELSEWHERE}:{}{path}", self.port)
    }

    /// For curl.
    pub(crate) fn resolve(&self) -> String {
        format!("{SHOP}:{}:127.0.0.1", self.port)
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.control.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Answers refreshes with this status from now on, or as the library does with 0.
    pub(crate) fn answer_refreshes_with(&self, status: u16) {
        self.control.fault.store(status, Ordering::SeqCst);
    }

    /// How many requests began with this, `POST /dbsc/refresh 200` for example.
    pub(crate) fn seen(&self, request: &str) -> usize {
        let seen = lock(&self.control.seen);
        seen.iter().filter(|it| it.starts_with(request)).count()
    }

    pub(crate) fn log(&self) -> String {
        lock(&self.control.seen).join("\n")
    }
}

impl Drop for BoundSite {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}

async fn answer(State(control): State<Arc<Control>>, request: Request) -> Response {
    let line = format!("{} {}", request.method(), request.uri().path());
    let skipped = request.headers().get("secure-session-skipped").cloned();
    let fault = control.fault.load(Ordering::SeqCst);
    let response = if fault != 0 && line == "POST /dbsc/refresh" {
        StatusCode::from_u16(fault)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response()
    } else {
        use tower::ServiceExt;
        let router = lock(&control.router).clone();
        let Ok(response) = router.oneshot(request).await;
        response
    };
    let mut line = format!("{line} {}", response.status().as_u16());
    if let Some(skipped) = skipped {
        line.push_str(&format!(
            " skipped {}",
            String::from_utf8_lossy(skipped.as_bytes())
        ));
    }
    lock(&control.seen).push(line);
    response
}

fn pages(config: &SessionConfig, port: u16) -> Router {
    Router::new()
        .route("/", get(who))
        .route(
            "/api/{n}",
            get(async |Path(_): Path<u32>, session: Session| text(session)),
        )
        .route("/login", get(login))
        .route("/logout", get(logout))
        .route("/count", get(count))
        .route("/post", post(posted))
        .route(
            "/static/{file}",
            get(async |Path(_): Path<String>, session: Session| text(session)),
        )
        // A sign-in by way of another site, and that site.
        .route(
            "/oidc",
            get(async move || Redirect::to(&format!("https://{ELSEWHERE}:{port}/authorize"))),
        )
        .route(
            "/authorize",
            get(async move || Redirect::to(&format!("https://{SHOP}:{port}/login?user=grace"))),
        )
        .route(
            "/link",
            get(async move || {
                Html(format!(
                    "<!doctype html><a href=\"https://{SHOP}:{port}/\">to the shop</a>"
                ))
            }),
        )
        .merge(config.device_bound_routes())
        // It lets the browser's own requests through.
        .layer(CsrfLayer::new())
        .with_state(config.clone())
}

fn says(session: &Session) -> String {
    match session.get::<String>("user") {
        Some(user) if session.is_device_bound() => format!("{user} bound"),
        Some(user) => format!("{user} unbound"),
        None => format!("nobody {:?}", session.status()),
    }
}

fn text(session: Session) -> (Session, String) {
    let text = says(&session);
    (session, text)
}

fn page(session: Session) -> (Session, Html<String>) {
    let page = format!(
        "<!doctype html><link rel=icon href=data:,><h1>{}</h1>
         <form method=post action=/post><textarea name=text></textarea><button>send</button></form>",
        says(&session)
    );
    (session, Html(page))
}

async fn who(session: Session) -> (Session, Html<String>) {
    page(session)
}

#[derive(Deserialize)]
#[serde(default)]
struct Asked {
    user: String,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            user: "ada".to_owned(),
        }
    }
}

async fn login(mut session: Session, Query(asked): Query<Asked>) -> (Session, Redirect) {
    session.destroy();
    session.insert("user", asked.user);
    (session, Redirect::to("/"))
}

async fn logout(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    (session, Redirect::to("/"))
}

async fn count(mut session: Session) -> (Session, Html<String>) {
    let count = session.get("count").unwrap_or(0) + 1;
    session.insert("count", count);
    page(session)
}

async fn posted(session: Session, body: String) -> (Session, Html<String>) {
    let page = format!(
        "<!doctype html><h1>{} sent {} bytes</h1>",
        says(&session),
        body.len()
    );
    (session, Html(page))
}
