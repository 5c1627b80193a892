//! How a map records its changes, so that unchanged keys keep their bytes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::data::SessionMap;
use crate::data::change::{Change, ChangeKind, FEW};
use crate::data::json_style::SERDE;
use crate::data::object::Object;
use crate::error::SessionError;

impl SessionMap {
    /// The JSON text of a key.
    pub(crate) fn raw(&self, key: &str) -> Option<&str> {
        match self.change(key) {
            Some(ChangeKind::Set(text)) => Some(text),
            Some(ChangeKind::Removed | ChangeKind::NotSerializable(_)) => None,
            Some(ChangeKind::Undone) | None => self.original(key),
        }
    }

    /// The changes that turn `origin` into this map.
    pub(crate) fn changes_since(
        &self,
        origin: Option<&Arc<Object>>,
    ) -> Result<Cow<'_, [Change<'_>]>, SessionError> {
        let same = match (&self.origin, origin) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (None, None) => true,
            _ => false,
        };
        if !same {
            // The whole map was replaced by another one.
            let now = self.to_object()?;
            let changes = now.changes_since(origin.map_or(Object::empty(), |origin| &**origin));
            return Ok(changes.into_iter().map(Change::into_owned).collect());
        }
        if !self.cleared
            && self
                .changes
                .iter()
                .all(|change| change.kind != ChangeKind::Undone)
        {
            return Ok(Cow::Borrowed(&self.changes));
        }
        Ok(self.all_changes().collect())
    }

    /// The changes, with the removals of a cleared map.
    fn all_changes(&self) -> impl Iterator<Item = Change<'_>> {
        let cleared = self.origin.iter().filter(|_| self.cleared);
        let removals = cleared
            .flat_map(|origin| origin.removals())
            .filter(|removal| removal.is_quoted || self.change(&removal.key).is_none());
        let is_set_back = |change: &Change<'_>| match &change.kind {
            ChangeKind::Set(text) => self.is_original(&change.key, text),
            ChangeKind::Undone => true,
            ChangeKind::Removed | ChangeKind::NotSerializable(_) => false,
        };
        let changes = self
            .changes
            .iter()
            .filter(move |change| !is_set_back(change));
        removals.chain(changes.cloned())
    }

    pub(crate) fn to_object(&self) -> Result<Object, SessionError> {
        let (origin, style) = match &self.origin {
            Some(origin) => (&**origin, origin.style()),
            None => (Object::empty(), &SERDE),
        };
        origin.splice(&self.all_changes().collect::<Vec<_>>(), style)
    }

    pub(super) fn original(&self, key: &str) -> Option<&str> {
        self.origin.as_ref().filter(|_| !self.cleared)?.get(key)
    }

    fn is_original(&self, key: &str, value: &str) -> bool {
        let origin = self.origin.as_ref();
        origin.is_some_and(|origin| origin.holds(key, value))
    }

    pub(super) fn change(&self, key: &str) -> Option<&ChangeKind<'static>> {
        self.position(key).map(|at| &self.changes[at].kind)
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.changes.len() <= FEW {
            return self.changes.iter().position(|change| change.key == key);
        }
        self.positions.get(key).copied()
    }

    pub(super) fn record(&mut self, key: String, mut kind: ChangeKind<'static>) {
        let undone = match &kind {
            ChangeKind::Set(text) => !self.cleared && self.is_original(&key, text),
            // Also in a cleared map: this takes the place of the removal that clearing implies.
            ChangeKind::Removed => self
                .origin
                .as_ref()
                .is_none_or(|came| came.get(&key).is_none()),
            ChangeKind::NotSerializable(_) | ChangeKind::Undone => false,
        };
        if undone {
            kind = ChangeKind::Undone;
        }
        match self.position(&key) {
            Some(at) => self.changes[at].kind = kind,
            None if undone => {}
            None => {
                self.changes.push(Change::new(key, kind));
                let new = match self.changes.len() {
                    ..=FEW => 0..0,
                    len if self.positions.is_empty() => 0..len,
                    len => len - 1..len,
                };
                let positions = new.map(|at| (self.changes[at].key.clone().into_owned(), at));
                self.positions.extend(positions);
            }
        }
    }
}
