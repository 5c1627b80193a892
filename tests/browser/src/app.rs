//! The pages of the site. Each takes the settings of its session from the query.

mod cached;
pub(crate) mod forms;
mod worker;

use std::sync::mpsc::Sender;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum_cookie_session::{Session, SessionConfig};
use serde::Deserialize;

use crate::settings::Settings;

/// `seen` is told of the cookies that came along with each request for `/sent`.
pub(crate) fn app(seen: Sender<String>) -> Router {
    let pages = Router::new()
        .route("/", get(|| async { page("empty") }))
        .route("/login", get(login).post(forms::login))
        .route("/who", get(who))
        .route("/peek", get(peek))
        .route("/visits", get(visits))
        .route("/logout", get(logout).post(forms::logout))
        .route("/callback", post(forms::callback))
        .route("/clear", get(clear))
        .route("/raw", get(raw))
        .route("/worker.js", get(worker::script))
        .merge(cached::pages())
        .route("/sent", get(sent).post(sent));
    pages.clone().nest("/app", pages).with_state(seen)
}

/// What a page is asked besides the settings.
#[derive(Deserialize)]
#[serde(default)]
struct Asked {
    user: String,
    /// Bytes that the session holds besides.
    pad: usize,
    cache_control: Option<String>,
    /// A `Set-Cookie` to send as it is.
    raw: String,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            user: "ada".to_owned(),
            pad: 0,
            cache_control: None,
            raw: String::new(),
        }
    }
}

type Question = (Query<Settings>, Query<Asked>);

fn page(heading: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><title>page</title><h1>{heading}</h1>"
    ))
}

fn config(settings: &Settings) -> Result<SessionConfig, (StatusCode, String)> {
    let build = settings.build();
    build.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}

fn user(session: &Session) -> String {
    session.get("user").unwrap_or("nobody".to_owned())
}

/// With the headers that a handler of the application adds.
fn answer(session: Session, asked: &Asked, heading: &str) -> Response {
    match cache_control(asked) {
        Some(header) => (session, header, page(heading)).into_response(),
        None => (session, page(heading)).into_response(),
    }
}

fn cache_control(asked: &Asked) -> Option<[(http::HeaderName, String); 1]> {
    Some([(CACHE_CONTROL, asked.cache_control.clone()?)])
}

/// Signs the visitor in; the page is what was set.
async fn login((Query(settings), Query(asked)): Question, headers: HeaderMap) -> Response {
    let config = match config(&settings) {
        Ok(config) => config,
        Err(error) => return error.into_response(),
    };
    let mut session: Session = Session::from_headers(&headers, &config);
    session.destroy();
    session.insert("user", asked.user);
    if asked.pad > 0 {
        session.insert("pad", "x".repeat(asked.pad));
    }
    shown(session.into_response())
}

/// A response whose text is its own `Set-Cookie`s.
fn shown(response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let set = response.headers().get_all(SET_COOKIE).iter();
    let text: Vec<_> = set
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let text = text.join("\n");
    let (parts, _) = response.into_parts();
    (parts, text).into_response()
}

/// Says who the visitor is, and returns the session.
async fn who((Query(settings), Query(asked)): Question, headers: HeaderMap) -> Response {
    with(&settings, &headers, |session| {
        let user = user(&session);
        answer(session, &asked, &user)
    })
}

/// Says who the visitor is, and does **not** return the session: what the documentation warns of.
async fn peek((Query(settings), Query(asked)): Question, headers: HeaderMap) -> Response {
    with(&settings, &headers, |session| {
        let page = page(&user(&session));
        match cache_control(&asked) {
            Some(header) => (header, page).into_response(),
            None => page.into_response(),
        }
    })
}

/// Counts in the session.
async fn visits((Query(settings), Query(asked)): Question, headers: HeaderMap) -> Response {
    with(&settings, &headers, |mut session| {
        let visits = session.get("visits").unwrap_or(0) + 1;
        session.insert("visits", visits);
        let heading = format!("{} {visits}", user(&session));
        answer(session, &asked, &heading)
    })
}

/// Ends the session, with all its keys.
async fn logout(Query(settings): Query<Settings>, headers: HeaderMap) -> Response {
    with(&settings, &headers, |mut session| {
        session.destroy();
        shown(session.into_response())
    })
}

/// Takes the last key out of the session.
async fn clear(Query(settings): Query<Settings>, headers: HeaderMap) -> Response {
    with(&settings, &headers, |mut session| {
        session.clear();
        shown(session.into_response())
    })
}

fn with(
    settings: &Settings,
    headers: &HeaderMap,
    answer: impl FnOnce(Session) -> Response,
) -> Response {
    match config(settings) {
        Ok(config) => answer(Session::from_headers(headers, &config)),
        Err(error) => error.into_response(),
    }
}

/// Sends a `Set-Cookie` that no library has seen.
async fn raw(Query(asked): Query<Asked>) -> Response {
    match HeaderValue::from_bytes(asked.raw.as_bytes()) {
        Ok(value) => ([(SET_COOKIE, value)], page("raw")).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// Tells the names of the cookies that came with the request, in their order.
async fn sent(State(seen): State<Sender<String>>, headers: HeaderMap) -> Html<String> {
    let mut names = Vec::new();
    for header in headers.get_all(COOKIE) {
        let text = String::from_utf8_lossy(header.as_bytes());
        let name = |pair: &str| pair.split('=').next().unwrap_or_default().to_owned();
        names.extend(text.split("; ").map(name));
    }
    // Nobody listens when the site is being shut down.
    let _ = seen.send(names.join(" "));
    page("sent")
}
