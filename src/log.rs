//! What the crate logs, with the feature `tracing`: names, lengths and reasons, never a value.

use crate::error::SessionError;
use crate::status::Reason;

#[cfg(feature = "tracing")]
const TARGET: &str = "axum_cookie_session";

pub(crate) fn rejected(cookie: &str, len: usize, reason: Reason) {
    #[cfg(feature = "tracing")]
    tracing::debug!(
        target: TARGET,
        cookie,
        len,
        ?reason,
        "session cookie rejected: {}",
        reason.explanation()
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, len, reason);
}

/// Somebody called what cannot wait for an answer.
pub(crate) fn unasked(cookie: &str) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: TARGET,
        cookie,
        "session not shown: `from_headers` cannot ask the revocation, `load` does"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = cookie;
}

/// The session is valid, and another view may fit it.
pub(crate) fn misfit(cookie: &str, len: usize, view: &str) {
    #[cfg(feature = "tracing")]
    tracing::debug!(
        target: TARGET,
        cookie,
        len,
        reason = ?Reason::TypeMismatch,
        view,
        "session does not fit its view, which shows the default: give new fields a `#[serde(default)]`, and a key whose type changed another name"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, len, view);
}

/// A view that did not fit was changed, so all of its fields are written.
pub(crate) fn overwritten(cookie: &str, keys: &[String]) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: TARGET,
        cookie,
        ?keys,
        "session keys overwritten with their defaults: the view did not fit, and was changed; look at `status()` first"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, keys);
}

pub(crate) fn lost(cookie: &str, keys: &[&str]) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: TARGET,
        cookie,
        ?keys,
        "session changes lost: return the session beside the body, `(session, body)`, on errors too, or `discard()` it"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, keys);
}

pub(crate) fn lost_unwritable(cookie: &str, error: &SessionError) {
    #[cfg(feature = "tracing")]
    tracing::warn!(target: TARGET, cookie, %error, "session changes lost, and they could not have been written");
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, error);
}

pub(crate) fn not_refreshed(cookie: &str, error: &SessionError) {
    #[cfg(feature = "tracing")]
    tracing::warn!(target: TARGET, cookie, %error, "session not refreshed: it stays in the cookie that it came in, until that expires");
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, error);
}

pub(crate) fn unwritten(cookie: &str, error: &SessionError) {
    #[cfg(feature = "tracing")]
    tracing::error!(
        target: TARGET,
        cookie,
        %error,
        "session not written: the response is a 500, or one without its body where the session is in a nested tuple"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, error);
}
