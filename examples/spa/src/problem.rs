//! Errors in JSON.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tower_http::csrf::ProtectionError;

#[derive(Clone, Copy)]
pub(crate) struct Problem(StatusCode, &'static str);

impl Problem {
    pub(crate) const ANONYMOUS: Self = Self(StatusCode::UNAUTHORIZED, "sign in first");
    pub(crate) const WRONG_PASSWORD: Self =
        Self(StatusCode::UNAUTHORIZED, "wrong name or password");
    pub(crate) const CROSS_ORIGIN: Self = Self(StatusCode::FORBIDDEN, "this origin is not trusted");
    pub(crate) const NOT_FOUND: Self = Self(StatusCode::NOT_FOUND, "not found");
    pub(crate) const LENGTH: Self = Self(
        StatusCode::UNPROCESSABLE_ENTITY,
        "a message has 1 to 500 characters",
    );

    pub(crate) fn cross_origin(_: ProtectionError) -> Response {
        Self::CROSS_ORIGIN.into_response()
    }

    pub(crate) fn text(self) -> &'static str {
        self.1
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// Replaces the body of an error that is not JSON: of a panic, a timeout, a body that axum rejects,
/// or a session that is too large. The other headers stay.
pub(crate) async fn in_json(response: impl IntoResponse) -> Response {
    let response = response.into_response();
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let kind = response.headers().get(CONTENT_TYPE);
    if !is_error || kind.is_some_and(|kind| kind == "application/json") {
        return response;
    }
    let mut headers = response.into_parts().0.headers;
    headers.remove(CONTENT_LENGTH);
    headers.remove(CONTENT_TYPE);
    let text = status.canonical_reason().unwrap_or("error");
    (headers, Problem(status, text)).into_response()
}
