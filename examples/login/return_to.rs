//! Where a login goes back to: the page that the user had asked for.
//!
//! Copy this file into your application. A guard calls [`keep`] before it redirects to the login, and
//! the login calls [`redirect`] before `destroy()`.

use axum::extract::OriginalUri;
use axum::http::Method;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::response::Redirect;
use axum_cookie_session::Session;

const KEY: &str = "next";

/// In bytes. The link that a user followed can have a query of any length, and a session has 4096.
const MAX_LEN: usize = 500;

/// Keeps the page that was asked for, if it is one to go back to.
///
/// Browsers ask for `/favicon.ico` and pictures by themselves, and scripts for data. Only if a user
/// goes to a page, browsers ask for HTML.
pub(crate) fn keep(session: &mut Session, parts: &Parts) {
    let accept = parts.headers.get(ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    let is_page = accept.is_some_and(|accept| accept.contains("text/html"));
    // `parts.uri` lacks what `Router::nest` took off.
    let uri = parts.extensions.get::<OriginalUri>();
    let uri = uri.map_or(&parts.uri, |OriginalUri(uri)| uri);
    let page = uri.path_and_query().map_or("/", |page| page.as_str());
    if is_page && is_seen(parts) && is_own(page) {
        session.insert(KEY, page);
    }
}

/// Goes back to the page that was kept, or to the front page.
///
/// The session may have been planted, so it is checked again.
pub(crate) fn redirect(session: &Session) -> Redirect {
    let page = session.get(KEY).filter(|page: &String| is_own(page));
    Redirect::to(page.as_deref().unwrap_or("/"))
}

/// Whether a person sees the response. Browsers also fetch pages ahead of time, and axum answers
/// `HEAD` with the handler of `GET`: neither may take a message, or become the page to go back to.
pub(crate) fn is_seen(parts: &Parts) -> bool {
    let purpose = parts.headers.get("sec-purpose");
    let is_ahead = purpose.is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
    parts.method == Method::GET && !is_ahead
}

/// Whether this leads to a page of this site.
///
/// Browsers take `//evil.example` for another host. They read `\` as `/`, and leave out tabs and line
/// breaks, so `/\evil.example` and `/<tab>/evil.example` are the same address.
fn is_own(page: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    page.len() <= MAX_LEN
        && page.starts_with('/')
        && !page.starts_with("//")
        && page.bytes().all(is_plain)
}
