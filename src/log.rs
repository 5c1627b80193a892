//! What the crate logs, with the feature `tracing`: names, lengths and reasons, never a value.

#![cfg_attr(
    not(feature = "tracing"),
    expect(unused_variables, reason = "nothing is logged")
)]

use crate::error::SessionError;
use crate::status::Reason;

/// An event of `tracing`, or nothing without the feature.
macro_rules! event {
    ($level:ident, $($field:tt)*) => {
        #[cfg(feature = "tracing")]
        tracing::$level!(target: "axum_cookie_session", $($field)*);
    };
}

pub(crate) fn rejected(cookie: &str, len: usize, reason: Reason) {
    event!(
        debug,
        cookie,
        len,
        ?reason,
        "session cookie rejected: {}",
        reason.explanation()
    );
}

/// Somebody called what cannot wait for an answer.
pub(crate) fn revocation_not_asked(cookie: &str) {
    event!(
        warn,
        cookie,
        "session not shown: `from_headers` cannot ask the revocation, `load` does"
    );
}

/// The session is valid, and another view may fit it.
pub(crate) fn type_mismatch(cookie: &str, len: usize, view: &str) {
    event!(
        debug,
        cookie,
        len,
        reason = ?Reason::TypeMismatch,
        view,
        "session does not fit its view, which shows the default: give new fields a `#[serde(default)]`, and a key whose type changed another name"
    );
}

/// A view that did not fit was changed, so all of its fields are written.
pub(crate) fn overwritten(cookie: &str, keys: &[String]) {
    event!(
        warn,
        cookie,
        ?keys,
        "session keys overwritten with their defaults: the view did not fit, and was changed; look at `status()` first"
    );
}

pub(crate) fn lost(cookie: &str, keys: &[&str]) {
    event!(
        warn,
        cookie,
        ?keys,
        "session changes lost: return the session beside the body, `(session, body)`, on errors too, or `discard()` it"
    );
}

pub(crate) fn lost_not_serializable(cookie: &str, error: &SessionError) {
    event!(warn, cookie, %error, "session changes lost, and they could not have been written");
}

pub(crate) fn not_refreshed(cookie: &str, error: &SessionError) {
    event!(warn, cookie, %error, "session not refreshed: it stays in the cookie that it came in, until that expires");
}

pub(crate) fn write_failed(cookie: &str, error: &SessionError) {
    event!(
        error,
        cookie,
        %error,
        "session not written: the response is a 500, or one without its body where the session is in a nested tuple"
    );
}
