//! The warning about changes that are lost because the session was not returned.

use crate::data::change::Change;
use crate::data::typed::SessionData;
use crate::log;
use crate::session::{BeforeClone, Session};
use crate::status::Reason;

impl<T: SessionData> Session<T> {
    fn owned_changes(&self) -> Vec<Change<'static>> {
        let made = self.changes().unwrap_or_default().made;
        made.iter().cloned().map(Change::into_owned).collect()
    }
}

impl<T: SessionData + Clone> Clone for Session<T> {
    fn clone(&self) -> Self {
        Self {
            config: self.config.clone(),
            request: self.request.clone(),
            now: self.now,
            data: self.data.clone(),
            renewed: self.renewed,
            destroyed: self.destroyed,
            unsaved: false,
            before_clone: BeforeClone {
                changes: self.owned_changes(),
                renewed: self.renewed,
                destroyed: self.destroyed,
            },
        }
    }
}

impl<T: SessionData> Drop for Session<T> {
    fn drop(&mut self) {
        if self
            .request
            .object
            .as_ref()
            .is_some_and(|object| object.is_known_invalid())
        {
            log::rejected(
                &self.config.attributes().name,
                self.request.len(),
                Reason::InvalidPayload,
            );
        }
        // A `Serialize` of the application must not panic again while unwinding.
        if !self.unsaved || !cfg!(feature = "tracing") || std::thread::panicking() {
            return;
        }
        let name = &self.config.attributes().name;
        let mut lost = match self.changes() {
            Ok(changes) => changes.made.into_owned(),
            Err(error) => return log::lost_not_serializable(name, &error),
        };
        lost.retain(|change| !self.before_clone.changes.contains(change));
        let restarted = self.renewed != self.before_clone.renewed
            || self.destroyed != self.before_clone.destroyed;
        if !lost.is_empty() || restarted {
            let ended = self.request.valid_object().filter(|_| self.destroyed);
            let ended = ended.iter().flat_map(|origin| origin.keys());
            let mut keys: Vec<_> = lost.iter().map(|change| &*change.key).collect();
            keys.extend(ended.filter(|key| !lost.iter().any(|change| change.key == *key)));
            log::lost(name, &keys);
        }
    }
}
