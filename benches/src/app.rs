//! An application under test: requests in, responses out.

use std::convert::Infallible;
use std::rc::Rc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use http_body_util::BodyExt;
use tokio::runtime::Runtime;
use tower::Service;

/// The routes that every application has.
pub(crate) const OPERATION: &str = "/";
pub(crate) const FILL: &str = "/fill";
pub(crate) const DUMP: &str = "/dump";

pub(crate) struct Reply {
    pub(crate) is_ok: bool,
    pub(crate) set_cookies: Vec<String>,
    pub(crate) body: String,
}

impl Reply {
    /// The `Cookie` header of a browser that had no cookies before.
    pub(crate) fn cookies(&self) -> String {
        let pairs = self.set_cookies.iter().map(|cookie| {
            let end = cookie.find(';').unwrap_or(cookie.len());
            &cookie[..end]
        });
        pairs.collect::<Vec<_>>().join("; ")
    }
}

pub(crate) trait App {
    fn send(&mut self, path: &str, cookies: &str) -> Reply;

    /// Sends the operation's request so often, built anew each time.
    ///
    /// # Panics
    ///
    /// Where an answer is wrong.
    fn repeat(&mut self, cookies: &str, times: u32);

    /// What axum serves; none where it is not an application of axum.
    fn router(&self) -> Option<Router> {
        None
    }
}

/// What a handler answers: whether it saw what it should.
pub(crate) fn answer(is_right: bool) -> StatusCode {
    match is_right {
        true => StatusCode::OK,
        false => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

pub(crate) struct AxumApp {
    runtime: Rc<Runtime>,
    router: Router,
}

impl AxumApp {
    pub(crate) fn new(runtime: &Rc<Runtime>, router: Router) -> Self {
        Self {
            runtime: Rc::clone(runtime),
            router,
        }
    }

    /// The same routes without a session.
    pub(crate) fn baseline(runtime: &Rc<Runtime>) -> Self {
        let nothing = || get(async || answer(true));
        Self::new(runtime, routes(nothing(), nothing(), nothing()))
    }

    /// Sends the operation's request, as [`App::repeat`] does.
    pub(crate) async fn operate(router: &mut Router, cookies: &str) {
        let response = Self::call(router, OPERATION, cookies).await;
        assert!(response.status().is_success(), "a wrong answer");
    }

    async fn call(router: &mut Router, path: &str, cookies: &str) -> Response {
        let mut request = Request::get(path);
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        let request = request.body(Body::empty()).expect("a request");
        let answered: Result<_, Infallible> = router.call(request).await;
        answered.expect("infallible")
    }
}

pub(crate) fn routes<S: Clone + Send + Sync + 'static>(
    operation: MethodRouter<S>,
    fill: MethodRouter<S>,
    dump: MethodRouter<S>,
) -> Router<S> {
    Router::new()
        .route(OPERATION, operation)
        .route(FILL, fill)
        .route(DUMP, dump)
}

impl App for AxumApp {
    fn send(&mut self, path: &str, cookies: &str) -> Reply {
        self.runtime.block_on(async {
            let response = Self::call(&mut self.router, path, cookies).await;
            let (parts, body) = response.into_parts();
            let body = body.collect().await.expect("a body").to_bytes();
            Reply {
                is_ok: parts.status.is_success(),
                set_cookies: set_cookies(&parts.headers),
                body: String::from_utf8_lossy(&body).into_owned(),
            }
        })
    }

    fn repeat(&mut self, cookies: &str, times: u32) {
        self.runtime.block_on(async {
            for _ in 0..times {
                Self::operate(&mut self.router, cookies).await;
            }
        });
    }

    fn router(&self) -> Option<Router> {
        Some(self.router.clone())
    }
}

fn set_cookies(headers: &HeaderMap) -> Vec<String> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.get_all(SET_COOKIE).iter().map(text).collect()
}
