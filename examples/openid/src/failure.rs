//! What went wrong, and the page that says so.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_cookie_session::SessionError;

use crate::page;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Failure {
    /// The `state` is not one that this browser got, or not any more.
    UnknownState,
    /// The answer names another provider (RFC 9207).
    OtherProvider,
    /// `error=access_denied`
    Declined,
    /// The provider refuses the code: it was used, is too old, or belongs to another attempt.
    RefusedCode,
    /// A logout token that is not one of the provider's.
    LogoutToken,
    /// The provider answers with something that does not verify, or with an error of its own.
    BadAnswer,
    /// The provider does not answer.
    Unavailable,
    /// The same at a sign-out, which has ended the session here.
    SignedOutHere,
    /// A fault of ours.
    Internal,
}

impl Failure {
    fn status(self) -> StatusCode {
        match self {
            Self::UnknownState | Self::OtherProvider | Self::RefusedCode | Self::LogoutToken => {
                StatusCode::BAD_REQUEST
            }
            Self::Declined => StatusCode::FORBIDDEN,
            Self::BadAnswer => StatusCode::BAD_GATEWAY,
            Self::Unavailable | Self::SignedOutHere => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::UnknownState => {
                "This sign-in is over: it was used, it began more than ten minutes ago, or it began in another browser."
            }
            Self::OtherProvider => "The answer comes from another provider.",
            Self::Declined => "You are not signed in, because you declined.",
            Self::RefusedCode => "The provider does not accept this sign-in any more.",
            Self::LogoutToken => "This is not a logout token of the provider.",
            Self::BadAnswer => "The provider's answer cannot be used.",
            Self::Unavailable => "The provider does not answer. Try again later.",
            Self::SignedOutHere => {
                "You are signed out here. The provider does not answer: you may still be signed in there."
            }
            Self::Internal => "Something went wrong on our side.",
        }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        eprintln!("{error}");
        Self::Internal
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let content = format!(
            "<h1>{}</h1>\n<p><a href=\"/\">Back to the start</a></p>",
            self.text()
        );
        (self.status(), page(&content)).into_response()
    }
}
