//! A page that a shared cache may store. The header `Act` of the request says what the handler does
//! to the session (`count`, `destroy`, or `sign-in` with a name), because every answer has to have
//! the same address and the same `ETag`.

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, ETAG, IF_NONE_MATCH, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_cookie_session::Session;

use super::{user, with};
use crate::settings::Settings;

const VERSION: HeaderValue = HeaderValue::from_static("\"1\"");
const BYTES: HeaderValue = HeaderValue::from_static("bytes");

/// A page for each way in which an application can set `Cache-Control`. The address has no query,
/// because Apache stores such a page only if it names a time.
pub(super) fn pages<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let layered = Router::new().route(
        "/cached/layer/{cache_control}/{later}/{round}",
        get(layered),
    );
    Router::new()
        .route(
            "/cached/before/{cache_control}/{later}/{round}",
            get(before),
        )
        .route(
            "/cached/no-store/{cache_control}/{later}/{round}",
            get(no_store),
        )
        .route("/cached/after/{cache_control}/{later}/{round}", get(after))
        .merge(layered.layer(from_fn(add_cache_control)))
}

/// The `Cache-Control`, the seconds by which the clock is ahead, and a word that tells pages apart.
type Page = Path<(String, u64, String)>;

/// The header stands before the session in the tuple, as the documentation asks for.
async fn before(Path((cache_control, later, _)): Page, headers: HeaderMap) -> Response {
    answer(
        &later_by(later),
        &headers,
        |session, Answer { status, own, text }| {
            let cache_control = [(CACHE_CONTROL, cache_control)];
            (status, cache_control, own, session, text).into_response()
        },
    )
}

/// The header stands before the session, whose config has `no_store`.
async fn no_store(Path((cache_control, later, _)): Page, headers: HeaderMap) -> Response {
    let settings = Settings {
        no_store: true,
        ..later_by(later)
    };
    answer(
        &settings,
        &headers,
        |session, Answer { status, own, text }| {
            let cache_control = [(CACHE_CONTROL, cache_control)];
            (status, cache_control, own, session, text).into_response()
        },
    )
}

/// The header stands after the session in the tuple.
async fn after(Path((cache_control, later, _)): Page, headers: HeaderMap) -> Response {
    answer(
        &later_by(later),
        &headers,
        |session, Answer { status, own, text }| {
            let cache_control = [(CACHE_CONTROL, cache_control)];
            (status, session, cache_control, own, text).into_response()
        },
    )
}

/// A layer around the handler sets the header.
async fn layered(Path((_, later, _)): Page, headers: HeaderMap) -> Response {
    answer(
        &later_by(later),
        &headers,
        |session, Answer { status, own, text }| (status, own, session, text).into_response(),
    )
}

async fn add_cache_control(
    Path((cache_control, ..)): Page,
    request: Request,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    ([(CACHE_CONTROL, cache_control)], response).into_response()
}

fn later_by(later: u64) -> Settings {
    Settings {
        later,
        ..Settings::default()
    }
}

struct Answer {
    status: StatusCode,
    own: HeaderMap,
    text: String,
}

/// The user's own page: whole, its first bytes, or only the news that it has not changed.
fn answer(
    settings: &Settings,
    headers: &HeaderMap,
    respond: impl FnOnce(Session, Answer) -> Response,
) -> Response {
    with(settings, headers, |mut session| {
        act(&mut session, headers);
        let mut text = format!("page of {}, unabridged", user(&session));
        let mut own = HeaderMap::from_iter([(ETAG, VERSION), (ACCEPT_RANGES, BYTES)]);
        let status = if headers.get(IF_NONE_MATCH) == Some(&VERSION) {
            text.clear();
            StatusCode::NOT_MODIFIED
        } else if headers.contains_key(RANGE) {
            // Every range is the first half, which names the user.
            let range = format!("bytes 0-10/{}", text.len());
            text.truncate(11);
            own.insert(CONTENT_RANGE, range.parse().expect("it is ASCII"));
            StatusCode::PARTIAL_CONTENT
        } else {
            StatusCode::OK
        };
        respond(session, Answer { status, own, text })
    })
}

fn act(session: &mut Session, headers: &HeaderMap) {
    let act = headers.get("act").and_then(|act| act.to_str().ok());
    match act.and_then(|act| act.split_once(' ')) {
        Some(("count", _)) => {
            let visits = session.get("visits").unwrap_or(0) + 1;
            session.insert("visits", visits);
        }
        Some(("sign-in", user)) => session.insert("user", user),
        Some(("destroy", _)) => session.destroy(),
        _ => {}
    }
}
