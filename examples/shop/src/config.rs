//! How sessions are signed, named and timed.

use std::time::Duration;

use axum_cookie_session::{Key, SessionConfig, SessionConfigBuilder};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long an unused session lives.
pub(crate) const IDLE: Duration = Duration::from_secs(14 * DAY.as_secs());
/// How long a session lives at most.
pub(crate) const ABSOLUTE: Duration = Duration::from_secs(90 * DAY.as_secs());

/// The settings of the shop's sessions. An insecure one sends the cookie over plain HTTP, for a phone
/// in the same network: not for the internet.
pub fn sessions(key: Key, insecure: bool) -> SessionConfigBuilder {
    let builder = SessionConfig::builder(key)
        .idle_timeout(IDLE)
        .absolute_timeout(ABSOLUTE)
        // Each page shows whose it is: the Back button must not show it after a sign-out.
        .no_store(true);
    match insecure {
        // `__Host-` would need Secure.
        true => builder.cookie_name("session").secure(false),
        false => builder,
    }
}
