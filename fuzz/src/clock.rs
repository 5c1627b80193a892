//! The clock of every config, which only a target moves.

use std::cell::Cell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When most tokens of the corpora were issued.
pub const START: u64 = 1_700_000_000;

thread_local! {
    static NOW: Cell<SystemTime> = const { Cell::new(UNIX_EPOCH) };
}

pub fn now() -> SystemTime {
    NOW.get()
}

pub fn set(time: SystemTime) {
    NOW.set(time);
}

pub fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}
