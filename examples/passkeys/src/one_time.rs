//! Values that can be taken once, in memory. A file to copy: it needs the crate `uuid` with its
//! feature `v4`, and nothing else.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// Stores values under ids that cannot be guessed. Each value can be taken once, within a lifetime.
///
/// If more values are put within a lifetime than the capacity, the oldest ones are dropped, so that
/// requests cannot fill the memory.
pub struct OneTime<T> {
    lifetime: Duration,
    capacity: usize,
    clock: Box<dyn Fn() -> Instant + Send + Sync>,
    stored: Mutex<Stored<T>>,
}

struct Stored<T> {
    values: HashMap<Uuid, T>,
    /// When each value ends, the oldest first. A value that was taken stays listed until then.
    ends: VecDeque<(Instant, Uuid)>,
}

impl<T> OneTime<T> {
    pub fn new(lifetime: Duration, capacity: usize) -> Self {
        Self::with_clock(lifetime, capacity, Instant::now)
    }

    /// With a clock that tests can move.
    pub fn with_clock(
        lifetime: Duration,
        capacity: usize,
        clock: impl Fn() -> Instant + Send + Sync + 'static,
    ) -> Self {
        Self {
            lifetime,
            capacity,
            clock: Box::new(clock),
            stored: Mutex::new(Stored {
                values: HashMap::new(),
                ends: VecDeque::new(),
            }),
        }
    }

    /// Stores a value, and returns the id under which it can be taken.
    pub fn put(&self, value: T) -> Uuid {
        // From the operating system's random source, 122 bits.
        let id = Uuid::new_v4();
        let now = (self.clock)();
        let mut stored = self.stored();
        stored.drop_ended(now);
        while stored.ends.len() >= self.capacity.max(1) {
            stored.drop_oldest();
        }
        stored.values.insert(id, value);
        stored.ends.push_back((now + self.lifetime, id));
        id
    }

    /// Takes a value out. `None` if it was taken before, has ended, was dropped, or never existed.
    pub fn take(&self, id: Uuid) -> Option<T> {
        let now = (self.clock)();
        let mut stored = self.stored();
        stored.drop_ended(now);
        stored.values.remove(&id)
    }

    fn stored(&self) -> MutexGuard<'_, Stored<T>> {
        // Nothing in here panics halfway through a change.
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Stored<T> {
    fn drop_ended(&mut self, now: Instant) {
        while self.ends.front().is_some_and(|(end, _)| *end <= now) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, id)) = self.ends.pop_front() {
            self.values.remove(&id);
        }
    }
}
