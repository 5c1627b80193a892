//! What every page has around its content.

use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Html;
use axum_cookie_session::{Flash, Reason, Session, Status};

use crate::account;
use crate::cart::Cart;
use crate::look::Look;

pub(crate) struct Shell {
    /// The entry of the navigation that is this page.
    pub(crate) here: &'static str,
    pub(crate) messages: Vec<Flash>,
    pub(crate) user: Option<String>,
    pub(crate) pieces: u32,
    pub(crate) look: Look,
    /// Whether the request carried a cookie that was rejected.
    pub(crate) is_afresh: bool,
}

/// Whether a person sees the response. Neither `HEAD` nor a page that is fetched ahead of time may
/// take a message.
pub(crate) struct Seen(bool);

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let purpose = parts.headers.get("sec-purpose");
        let is_ahead = purpose.is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
        Ok(Self(parts.method == Method::GET && !is_ahead))
    }
}

impl Shell {
    /// Takes the waiting messages if a person sees the page: return the session.
    pub(crate) fn at(here: &'static str, Seen(is_seen): Seen, session: &mut Session) -> Self {
        let messages = match is_seen {
            true => session.take_flashes(),
            false => Vec::new(),
        };
        Self {
            messages,
            ..Self::around(here, session)
        }
    }

    /// Leaves the session as it is.
    pub(crate) fn around(here: &'static str, session: &Session) -> Self {
        Self {
            here,
            messages: Vec::new(),
            user: account::user(session),
            pieces: Cart::from_map(session).pieces(),
            look: Look::from_map(session),
            is_afresh: is_afresh(session.status()),
        }
    }
}

/// The page does not say why the cookie was rejected, because the visitor may be probing.
fn is_afresh(status: Status) -> bool {
    matches!(status, Status::Rejected(reason) if reason != Reason::TypeMismatch)
}

/// Renders a page.
pub(crate) fn html(page: &impl Template) -> Html<String> {
    let page = page.render();
    Html(page.expect("a page is texts and numbers, which always display"))
}
