//! What went wrong, and the page that says so.

use askama::Template;
use axum::body::Body;
use axum::extract::Request;
use axum::extract::rejection::FormRejection;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum_cookie_session::Session;
use tower_http::csrf::ProtectionError;

use crate::shell::{Shell, html};

/// An error of the visitor's. Handlers return it without the session, which therefore stays as it
/// was; [`dress`] makes the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem {
    status: StatusCode,
    title: &'static str,
    text: &'static str,
}

impl Problem {
    pub(crate) const NO_PAGE: Self = Self {
        status: StatusCode::NOT_FOUND,
        title: "Nothing at this address",
        text: "The tide has taken this page, or it was never here.",
    };
    pub(crate) const NO_PIECE: Self = Self {
        status: StatusCode::NOT_FOUND,
        title: "No such piece",
        text: "We make twelve pieces, and this is none of them. Your cart is as it was.",
    };
    pub(crate) const QUANTITY: Self = Self {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "How many, please?",
        text: "A quantity is a whole number from 1 to 9. Your cart is as it was.",
    };
    pub(crate) const NOTE: Self = Self {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "The note is too long",
        text: "A card holds 500 characters. Go back to shorten what you wrote: your browser still \
               has it. Your cart is as it was.",
    };
    pub(crate) const FULL: Self = Self {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "Your session is full",
        text: "It is a cookie, and holds no more. Take something out of your cart first. Nothing \
               was changed.",
    };
    const FIELDS: Self = Self {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: "The form is not complete",
        text: "A field is missing, or holds what it cannot hold. Nothing was changed.",
    };
    const TOO_LARGE: Self = Self {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        title: "That is too much",
        text: "What was sent is longer than any form of ours. Nothing was changed.",
    };
    const CROSS_SITE: Self = Self {
        status: StatusCode::FORBIDDEN,
        title: "Sent by another site",
        text: "This form was not sent from our own pages, so it was not followed. Nothing was \
               changed.",
    };
    const METHOD: Self = Self {
        status: StatusCode::METHOD_NOT_ALLOWED,
        title: "Not like this",
        text: "This address answers another kind of request. Nothing was changed.",
    };

    pub(crate) fn cross_site(_: ProtectionError) -> Response<Body> {
        Self::CROSS_SITE.into_response()
    }

    /// For a response that the framework made.
    fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::METHOD_NOT_ALLOWED => Self::METHOD,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TOO_LARGE,
            StatusCode::UNPROCESSABLE_ENTITY => Self::FIELDS,
            _ if status.is_client_error() => Self {
                status,
                title: "We could not read that",
                text: "The request is not one that this shop understands. Nothing was changed.",
            },
            _ => Self {
                status,
                title: "Something broke",
                text: "This is our fault, not yours. Nothing was changed.",
            },
        }
    }
}

impl From<FormRejection> for Problem {
    // Not the rejection's own text: it quotes what was sent.
    fn from(rejection: FormRejection) -> Self {
        Self::from_status(rejection.status())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    shell: Shell,
    problem: Problem,
}

/// Gives every error its page, those of the framework too.
pub(crate) async fn dress(session: Session, request: Request, next: Next) -> Response<Body> {
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let said = response.extensions().get::<Problem>().copied();
    let page = Page {
        shell: Shell::around("", &session),
        problem: said.unwrap_or(Problem::from_status(status)),
    };
    // `Allow` and its like stay.
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.remove(CONTENT_TYPE);
    // The page shows the user, but does not return the session, so `no_store` of the config does not
    // apply.
    let no_store = HeaderValue::from_static("no-store");
    parts.headers.insert(CACHE_CONTROL, no_store);
    (parts, html(&page)).into_response()
}
