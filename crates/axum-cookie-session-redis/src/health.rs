//! Whether Redis answered last, so that a change is logged once and not with each request.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::error::RevocationError;

/// An event of `tracing`, or nothing without the feature.
macro_rules! event {
    ($level:ident, $($field:tt)*) => {
        #[cfg(feature = "tracing")]
        tracing::$level!(target: "axum_cookie_session_redis", $($field)*);
    };
}

pub(crate) struct Health(AtomicU8);

const GOOD: u8 = 0;
const EMPTY: u8 = 1;
const SILENT: u8 = 2;

impl Health {
    pub(crate) fn new() -> Self {
        Self(AtomicU8::new(GOOD))
    }

    pub(crate) fn good(&self) {
        // A request that finds nothing to change only reads.
        if self.0.load(Ordering::Relaxed) != GOOD && self.becomes(GOOD) {
            event!(info, "Redis knows the ended sessions again");
        }
    }

    pub(crate) fn bad(&self, error: &RevocationError) {
        let state = if error.is_uninitialized() {
            EMPTY
        } else {
            SILENT
        };
        if self.becomes(state) {
            event!(warn, "sessions cannot be checked: {error}");
        }
    }

    fn becomes(&self, state: u8) -> bool {
        self.0.swap(state, Ordering::Relaxed) != state
    }
}
