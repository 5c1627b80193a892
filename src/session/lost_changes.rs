//! The warning about changes that are lost because the session was not returned.

use std::collections::HashSet;
use std::marker::PhantomData;

use crate::config::SessionConfig;
use crate::data::change::Change;
use crate::data::typed::SessionData;
use crate::log;
use crate::session::Session;
use crate::session::clones::Restart;
use crate::status::Reason;

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// Nothing is lost from here on, also if only a clone is dropped.
    pub(crate) fn mark_saved(&mut self) {
        self.unsaved = false;
        if !self.clones.is_shared() {
            return;
        }
        let saved = self.owned_changes();
        let restarted = self.restart() != Restart::None;
        self.clones.update(|shared| {
            shared.saved.extend(saved);
            shared.saved_restart |= restarted;
        });
    }

    fn restart(&self) -> Restart {
        match (self.destroyed, self.renewed) {
            (true, _) => Restart::Destroyed,
            (false, true) => Restart::Renewed,
            (false, false) => Restart::None,
        }
    }

    fn owned_changes(&self) -> Vec<Change<'static>> {
        let made = self.changes().unwrap_or_default().made;
        made.iter().cloned().map(Change::into_owned).collect()
    }
}

impl<T: SessionData + Clone, C: AsRef<SessionConfig>> Clone for Session<T, C> {
    fn clone(&self) -> Self {
        Self {
            config: self.config.clone(),
            config_source: PhantomData,
            request: self.request.clone(),
            now: self.now,
            data: self.data.clone(),
            renewed: self.renewed,
            destroyed: self.destroyed,
            cross_site_allowed: self.cross_site_allowed,
            refresh_only: self.refresh_only,
            // The original answers for what was changed so far.
            unsaved: false,
            clones: self.clones.share(),
        }
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> Drop for Session<T, C> {
    fn drop(&mut self) {
        let name = &self.config.attributes().name;
        let object = self.request.object.as_ref();
        if object.is_some_and(|object| object.is_known_invalid()) {
            log::rejected(name, self.request.len(), Reason::InvalidPayload);
        }
        // A `Serialize` of the application must not panic again while unwinding.
        if !cfg!(feature = "tracing") || std::thread::panicking() {
            return;
        }
        let (mut lost, mut restart) = (Vec::new(), Restart::None);
        if self.unsaved {
            match self.changes() {
                Ok(changes) => {
                    lost = changes
                        .made
                        .iter()
                        .cloned()
                        .map(Change::into_owned)
                        .collect()
                }
                Err(error) => return log::lost_not_serializable(name, &error),
            }
            restart = self.restart();
        }
        if self.clones.is_shared() {
            self.clones.update(|shared| {
                shared.dropped.append(&mut lost);
                shared.dropped_restart = shared.dropped_restart.max(restart);
            });
            // The last one warns for all of them.
            let Some(mut shared) = self.clones.take_last() else {
                return;
            };
            let saved: HashSet<_> = shared.saved.iter().collect();
            shared.dropped.retain(|change| !saved.contains(change));
            lost = shared.dropped;
            restart = shared.dropped_restart;
            if shared.saved_restart {
                restart = Restart::None;
            }
        }
        if lost.is_empty() && restart == Restart::None {
            return;
        }
        let ended = self.request.valid_object();
        let ended = ended.filter(|_| restart == Restart::Destroyed);
        let mut seen = HashSet::new();
        let keys = lost.iter().map(|change| &*change.key);
        let keys = keys.chain(ended.iter().flat_map(|origin| origin.keys()));
        let keys: Vec<_> = keys.filter(|key| seen.insert(*key)).collect();
        log::lost(&self.config.attributes().name, &keys);
    }
}
