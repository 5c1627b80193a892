//! Values that can be taken once, in memory.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use passkeys::OneTime;
use uuid::Uuid;

const LIFETIME: Duration = Duration::from_secs(60);

/// A store of three values at most, and the seconds by which its clock is ahead.
fn store() -> (OneTime<&'static str>, Arc<AtomicU64>) {
    let ahead = Arc::new(AtomicU64::new(0));
    let (start, seconds) = (Instant::now(), Arc::clone(&ahead));
    let now = move || start + Duration::from_secs(seconds.load(Ordering::SeqCst));
    (OneTime::with_clock(LIFETIME, 3, now), ahead)
}

#[test]
fn a_value_is_taken_once() {
    let (store, _) = store();
    let (a, b) = (store.put("a"), store.put("b"));
    assert_eq!(store.take(a), Some("a"));
    assert_eq!(store.take(a), None);
    assert_eq!(store.take(b), Some("b"));
}

#[test]
fn an_id_that_was_never_given_out_takes_nothing() {
    let (store, _) = store();
    store.put("a");
    assert_eq!(store.take(Uuid::new_v4()), None);
}

#[test]
fn a_value_ends_with_its_lifetime() {
    let (store, ahead) = store();
    let (early, late) = (store.put("early"), store.put("late"));
    ahead.store(59, Ordering::SeqCst);
    assert_eq!(store.take(early), Some("early"));
    ahead.store(60, Ordering::SeqCst);
    assert_eq!(store.take(late), None);
}

#[test]
fn the_oldest_value_is_dropped_if_there_are_too_many() {
    let (store, _) = store();
    let ids = ["a", "b", "c", "d"].map(|value| store.put(value));
    assert_eq!(
        ids.map(|id| store.take(id)),
        [None, Some("b"), Some("c"), Some("d")]
    );
}

#[test]
fn of_threads_at_the_same_time_one_gets_the_value() {
    let (store, _) = store();
    let id = store.put("a");
    let taken = thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| store.take(id))).collect();
        let results = threads.into_iter().map(|thread| thread.join().unwrap());
        results.flatten().count()
    });
    assert_eq!(taken, 1);
}
