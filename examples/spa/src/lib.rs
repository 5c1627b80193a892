//! A JSON API for a page of another origin, with the layers in the right order. See README.md.

mod account;
mod board;
mod faults;
mod live;
mod origins;
mod problem;

use std::error::Error;
use std::time::Duration;

use axum::extract::FromRef;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use axum_cookie_session::{SessionConfig, refresh_session};
use serde_json::json;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::sensitive_headers::{
    SetSensitiveRequestHeadersLayer, SetSensitiveResponseHeadersLayer,
};
use tower_http::services::ServeDir;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer};
use tracing::Level;

use board::Board;
use origins::Origins;
use problem::Problem;

/// How long a handler may take until it returns its response. The body of the response may take
/// longer, so streams and WebSockets stay open.
pub const TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Clone, FromRef)]
struct AppState {
    session: SessionConfig,
    board: Board,
    origins: Origins,
}

/// The server of the API, which has the page too. Origins are, for example, `http://localhost:3000`.
///
/// # Errors
///
/// If one of the two is not an origin.
pub fn app(
    session: SessionConfig,
    api_origin: &str,
    page_origin: &str,
) -> Result<Router, Box<dyn Error>> {
    let cors = CorsLayer::new()
        .allow_origin(page_origin.parse::<HeaderValue>()?)
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([CONTENT_TYPE]);
    let csrf = CsrfLayer::new()
        .add_trusted_origin(page_origin)?
        .with_rejection_response(Problem::cross_origin);
    let state = AppState {
        session: session.clone(),
        board: Board::default(),
        origins: Origins::new([api_origin, page_origin])?,
    };

    let routes = Router::new()
        .route("/login", post(account::login))
        .route("/logout", post(account::logout))
        .route("/me", get(account::me))
        .route("/messages", post(board::post))
        .route("/events", get(live::events))
        .route("/socket", any(live::socket))
        .route("/panic", post(faults::panic))
        .route("/slow", post(faults::slow))
        // Keeps the session of a user alive who calls nothing but handlers that only read it. This
        // is around the API alone: caches cannot keep a file of `ServeDir` with a cookie.
        .route_layer(from_fn_with_state(session, refresh_session))
        .fallback(async || Problem::NOT_FOUND)
        // The first layer is the outermost: the last one to see a response.
        .layer(
            ServiceBuilder::new()
                // Around all layers that respond themselves, or scripts could not read their errors.
                .layer(cors)
                // Around the layers below and axum, whose errors have text or an empty body.
                .layer(map_response(problem::in_json))
                .layer(CatchPanicLayer::new())
                .layer(TimeoutLayer::with_status_code(
                    StatusCode::SERVICE_UNAVAILABLE,
                    TIMEOUT,
                ))
                .layer(csrf),
        )
        .with_state(state);

    Ok(outer(page(api_origin).nest("/api", routes)))
}

/// The layers around the whole server.
pub fn outer(router: Router) -> Router {
    let trace = TraceLayer::new_for_http()
        .make_span_with(
            DefaultMakeSpan::new()
                .level(Level::INFO)
                .include_headers(true),
        )
        .on_response(
            DefaultOnResponse::new()
                .level(Level::INFO)
                .include_headers(true),
        );
    router.layer(
        ServiceBuilder::new()
            // Outside of `TraceLayer`, which reads the request first: anyone who reads a cookie in
            // a log can use it.
            .layer(SetSensitiveRequestHeadersLayer::new([
                AUTHORIZATION,
                COOKIE,
            ]))
            // Around all layers that respond themselves, so that it logs their errors too.
            .layer(trace)
            // Inside of `TraceLayer`, which reads the response last. The session marks its own
            // `Set-Cookie`; this is for all others.
            .layer(SetSensitiveResponseHeadersLayer::new([SET_COOKIE]))
            // Around `in_json`, which replaces a body but not its `Content-Encoding`. By default it
            // leaves `text/event-stream` alone, or events would wait in its buffer. No body has a
            // secret next to text of a request: its compressed length would give it away (BREACH).
            .layer(CompressionLayer::new()),
    )
}

/// The page, for both servers. Its script asks for the address of the API.
pub fn page(api_origin: &str) -> Router {
    let config = json!({ "api": format!("{api_origin}/api") });
    Router::new()
        .route("/config.json", get(async || Json(config)))
        .fallback_service(ServeDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/page")))
}
