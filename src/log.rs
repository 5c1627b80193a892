//! What the crate logs, with the feature `tracing`: names, lengths and reasons, never a value.

use crate::error::SessionError;
use crate::status::Reason;

#[cfg(feature = "tracing")]
const TARGET: &str = "axum_cookie_session";

pub(crate) fn rejected(cookie: &str, len: usize, reason: Reason) {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: TARGET, cookie, len, ?reason, "session cookie rejected");
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, len, reason);
}

pub(crate) fn lost(cookie: &str, keys: &[&str]) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: TARGET,
        cookie,
        ?keys,
        "session changes lost: return the session from the handler, or discard() it"
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
    tracing::warn!(target: TARGET, cookie, %error, "session not refreshed");
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, error);
}

pub(crate) fn unwritten(cookie: &str, error: &SessionError) {
    #[cfg(feature = "tracing")]
    tracing::error!(target: TARGET, cookie, %error, "session not written");
    #[cfg(not(feature = "tracing"))]
    let _ = (cookie, error);
}
