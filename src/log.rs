//! Log events, with the feature `tracing`: names, lengths and reasons, never a value.

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
    if reason == Reason::BadSignature {
        event!(
            info,
            cookie,
            len,
            ?reason,
            "session cookie rejected: {}",
            reason.explanation()
        );
    } else {
        event!(
            debug,
            cookie,
            len,
            ?reason,
            "session cookie rejected: {}",
            reason.explanation()
        );
    }
}

/// The application called a function that cannot wait for an answer.
pub(crate) fn revocation_not_asked(cookie: &str) {
    event!(
        warn,
        cookie,
        "session not shown: `from_headers` cannot ask the revocation, `load` does"
    );
}

/// The session is valid, and another type may be able to read it.
pub(crate) fn type_mismatch(cookie: &str, len: usize, data: &str) {
    event!(
        debug,
        cookie,
        len,
        reason = ?Reason::TypeMismatch,
        r#type = data,
        "session cannot be read as this type, which is its default now: give new fields a `#[serde(default)]`, and a key whose type changed another name"
    );
}

/// A session that could not be read as `T` was changed, so all fields of `T` are written.
pub(crate) fn overwritten(cookie: &str, keys: &[String]) {
    event!(
        warn,
        cookie,
        ?keys,
        "session keys overwritten: the session could not be read as this type, and was changed; look at `status()` first"
    );
}

pub(crate) fn lost(cookie: &str, keys: &[&str]) {
    event!(
        warn,
        cookie,
        ?keys,
        "session changes lost: the handler did not return the session, or was cancelled before it could. Return `(session, body)`, on errors too, or `discard()` it"
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
        "session not written: the response is a 500, or has no body if the session is in a nested tuple or last after a status"
    );
}

pub(crate) fn not_readable(cookie: &str, data: &str) {
    event!(
        warn,
        cookie,
        r#type = data,
        "session was written, but cannot be read back as this type: the next request gets its default"
    );
}

/// Only in debug builds.
pub(crate) fn somebody_from_nothing(data: &str) {
    event!(
        warn,
        r#type = data,
        "a session without keys is `Some` of this type, so that every visitor counts as signed in: remove `#[serde(default)]` from the struct in the `Option`"
    );
}

pub(crate) fn replaced_unreadable(cookie: &str) {
    event!(
        warn,
        cookie,
        "session replaced whose signature is right but whose payload cannot be read: another program may have written it, for example with pickle"
    );
}

pub(crate) fn not_shared(cookie: &str) {
    event!(
        warn,
        cookie,
        "response kept out of shared caches: it sets a session cookie, so it is `private` now. Do not change a session in a page that is shared"
    );
}

pub(crate) fn started(cookie: &str) {
    event!(info, cookie, "session started");
}

pub(crate) fn renewed(cookie: &str) {
    event!(info, cookie, "session renewed");
}

pub(crate) fn ended(cookie: &str) {
    event!(info, cookie, "session ended");
}

pub(crate) fn several_valid(cookie: &str) {
    event!(
        info,
        cookie,
        "several valid session cookies came: the newest one counts. An earlier deployment may have set one with another Domain, Path or Partitioned attribute"
    );
}

pub(crate) fn withheld(cookie: &str) {
    event!(
        info,
        cookie,
        "session not written: another site sent the request. Call `allow_cross_site()` if you have checked who sent it"
    );
}

pub(crate) fn unproven(cookie: &str) {
    event!(
        info,
        cookie,
        "session not written: it is bound to a device that did not prove itself. Call `destroy()` first to start another"
    );
}

/// The browser says so, or an attacker who sends its header.
#[cfg(feature = "device-bound")]
pub(crate) fn refresh_skipped(cookie: &str, why: &'static str) {
    event!(debug, cookie, why, "browser sent no proof of its device");
}

#[cfg(feature = "device-bound")]
pub(crate) fn device_bound_routes(cookie: &str, path: &str) {
    event!(
        debug,
        cookie,
        path,
        "routes of device-bound sessions were made: merge them into the outermost router"
    );
}

#[cfg(feature = "device-bound")]
pub(crate) fn no_device_bound_routes(cookie: &str) {
    event!(
        warn,
        cookie,
        "no session will be bound to a device: merge `device_bound_routes()` of the config into the router"
    );
}

#[cfg(feature = "device-bound")]
pub(crate) fn short_proof_lifetime(cookie: &str) {
    event!(
        warn,
        cookie,
        "proof lifetime under 3 minutes: browsers refresh it with nearly each request, until they refuse to"
    );
}

#[cfg(feature = "device-bound")]
pub(crate) fn registration_refused(cookie: &str, why: &'static str) {
    event!(debug, cookie, why, "device not registered");
}

#[cfg(feature = "device-bound")]
pub(crate) fn refresh_refused(cookie: &str, why: &'static str) {
    event!(debug, cookie, why, "binding to a device ended");
}
