//! The settings of how long a session lives.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::config::builder::SessionConfigBuilder;

impl SessionConfigBuilder {
    /// Sets after how long without use a session ends, at least one second. Defaults to 14 days, or
    /// to the absolute timeout if that is shorter.
    ///
    /// Returning a session counts as use. An unchanged session is sent again only after a tenth of
    /// this time, so a session can end up to a tenth earlier than its last use suggests.
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// Sets after how long a session ends even if it is in use, at least one second. Defaults to 90
    /// days.
    pub fn absolute_timeout(mut self, absolute_timeout: Duration) -> Self {
        self.absolute_timeout = Some(absolute_timeout);
        self
    }

    /// Sets the clock. Defaults to [`SystemTime::now`]; another one is for tests.
    ///
    /// It is read once for each extraction and once for each return.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// use axum_cookie_session::{Key, SessionConfig};
    ///
    /// let start = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    /// let config = SessionConfig::builder(Key::generate()).clock(move || start).build()?;
    /// assert_eq!(config.now(), start);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}
