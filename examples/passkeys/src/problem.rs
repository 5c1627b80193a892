//! What the page is told if a request is refused.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use webauthn_rs::prelude::WebauthnError;

#[derive(Debug)]
pub(crate) struct Problem(StatusCode, &'static str);

impl Problem {
    pub(crate) fn new(status: StatusCode, text: &'static str) -> Self {
        Self(status, text)
    }

    /// A ceremony that was never started, was finished already, or took too long.
    pub(crate) fn over() -> Self {
        let text = "This took too long, or was finished before. Please start again.";
        Self(StatusCode::GONE, text)
    }

    /// The answer of a passkey is wrong. The page is not told why, except for the origin, which is
    /// most often a setting of the server.
    pub(crate) fn refused(error: &WebauthnError) -> Self {
        tracing::info!(%error, "passkey refused");
        let text = match error {
            WebauthnError::InvalidRPOrigin => "The passkey was used on another site.",
            _ => "The passkey is not the right one. Please start again.",
        };
        Self(StatusCode::FORBIDDEN, text)
    }

    /// The ceremony could not be started.
    pub(crate) fn internal(error: &WebauthnError) -> Self {
        tracing::error!(%error, "ceremony not started");
        let text = "Something went wrong here. Please try again in a minute.";
        Self(StatusCode::INTERNAL_SERVER_ERROR, text)
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self(
            rejection.status(),
            "The request is not what this page sends.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Body {
            error: &'static str,
        }
        (self.0, Json(Body { error: self.1 })).into_response()
    }
}
