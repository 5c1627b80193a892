//! Clones of a session answer together for their changes: one that is returned saves them for all.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::data::change::Change;

/// State that a session shares with its clones, from the first clone on.
#[derive(Default)]
pub(crate) struct Clones(OnceLock<Arc<Mutex<SharedChanges>>>);

/// The changes of all of them so far.
#[derive(Default)]
pub(crate) struct SharedChanges {
    pub(crate) saved: Vec<Change<'static>>,
    pub(crate) dropped: Vec<Change<'static>>,
    pub(crate) saved_restart: bool,
    pub(crate) dropped_restart: Restart,
}

/// Whether `renew()` or `destroy()` was called.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Restart {
    #[default]
    None,
    Renewed,
    Destroyed,
}

impl Clones {
    /// The same shared changes, for a new clone.
    pub(crate) fn share(&self) -> Self {
        let shared = self.0.get_or_init(Arc::default);
        Self(OnceLock::from(Arc::clone(shared)))
    }

    /// Changes what is shared. Does nothing if there is no clone.
    pub(crate) fn update(&self, update: impl FnOnce(&mut SharedChanges)) {
        if let Some(shared) = self.0.get() {
            update(&mut shared.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Takes what is shared, if this is the last one that has it.
    pub(crate) fn take_last(&mut self) -> Option<SharedChanges> {
        let shared = Arc::into_inner(self.0.take()?)?;
        Some(shared.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn is_shared(&self) -> bool {
        self.0.get().is_some()
    }
}
