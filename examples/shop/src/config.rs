//! What the shop is started with, and the state that its handlers share.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::extract::FromRef;
use axum_cookie_session::{Key, SessionConfig};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a session lives that nobody uses.
pub(crate) const IDLE: Duration = Duration::from_secs(14 * DAY.as_secs());
/// How long a session lives at most.
pub(crate) const ABSOLUTE: Duration = Duration::from_secs(90 * DAY.as_secs());

/// Where the time comes from.
pub(crate) type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Settings of the shop.
pub struct Config {
    key: Key,
    insecure: bool,
    clock: Clock,
}

impl Config {
    /// Sessions are signed with this key.
    pub fn new(key: Key) -> Self {
        Self {
            key,
            insecure: false,
            clock: Arc::new(SystemTime::now),
        }
    }

    /// Sends the cookie over plain HTTP, for a phone in the same network. Not for the internet.
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.insecure = insecure;
        self
    }

    /// Sets the time, for tests.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How sessions are signed, named and timed.
    pub fn sessions(&self) -> SessionConfig {
        let clock = self.clock.clone();
        let mut builder = SessionConfig::builder(self.key.clone())
            .idle_timeout(IDLE)
            .absolute_timeout(ABSOLUTE)
            .clock(move || clock());
        if self.insecure {
            // `__Host-` would need Secure.
            builder = builder.cookie_name("session").secure(false);
        }
        builder.build().expect("both configs are tested")
    }
}

#[derive(Clone, FromRef)]
pub(crate) struct State {
    pub(crate) sessions: SessionConfig,
    pub(crate) clock: Clock,
}

impl State {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            sessions: config.sessions(),
            clock: config.clock,
        }
    }
}
