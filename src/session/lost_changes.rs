//! The guard against lost changes.

use crate::data::change::Change;
use crate::data::typed::SessionData;
use crate::log;
use crate::session::Session;
use crate::status::Reason;

/// What had become of a session when it was cloned: the original answers for that.
#[derive(Default)]
pub(crate) struct Inherited {
    changes: Vec<Change<'static>>,
    renewed: bool,
    destroyed: bool,
}

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
            incoming: self.incoming.clone(),
            now: self.now,
            view: self.view.clone(),
            renewed: self.renewed,
            destroyed: self.destroyed,
            unsaved: false,
            inherited: Inherited {
                changes: self.owned_changes(),
                renewed: self.renewed,
                destroyed: self.destroyed,
            },
        }
    }
}

impl<T: SessionData> Drop for Session<T> {
    fn drop(&mut self) {
        if self.incoming.is_payload_found_bad() {
            log::rejected(
                &self.config.attributes().name,
                self.incoming.len(),
                Reason::InvalidPayload,
            );
        }
        // While unwinding, a `Serialize` of the application's must not panic once more.
        if !self.unsaved || !cfg!(feature = "tracing") || std::thread::panicking() {
            return;
        }
        let name = &self.config.attributes().name;
        let mut lost = match self.changes() {
            Ok(changes) => changes.made.into_owned(),
            Err(error) => return log::lost_unwritable(name, &error),
        };
        lost.retain(|change| !self.inherited.changes.contains(change));
        let restarted =
            self.renewed != self.inherited.renewed || self.destroyed != self.inherited.destroyed;
        if !lost.is_empty() || restarted {
            let ended = self.origin().filter(|_| self.destroyed);
            let ended = ended.iter().flat_map(|origin| origin.keys());
            let mut keys: Vec<_> = lost.iter().map(|change| &*change.key).collect();
            keys.extend(ended.filter(|key| !lost.iter().any(|change| change.key == *key)));
            log::lost(name, &keys);
        }
    }
}
