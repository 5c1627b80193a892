//! The service worker of the site.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

pub(super) async fn script() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/javascript")],
        include_str!("worker.js"),
    )
}
