//! Changes of single keys since the request came in.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::data::members::Members;

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Change<'a> {
    pub(crate) key: Cow<'a, str>,
    /// Whether `key` is JSON, in quotes, because the key is not a Rust string.
    pub(crate) is_quoted: bool,
    pub(crate) kind: ChangeKind<'a>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum ChangeKind<'a> {
    /// Set to this JSON text.
    Set(Cow<'a, str>),
    Removed,
    /// Set to a value of the named type that serde_json could not write.
    NotSerializable(&'static str),
    /// Changed, and then changed back.
    Undone,
}

impl<'a> Change<'a> {
    pub(crate) fn new(key: impl Into<Cow<'a, str>>, kind: ChangeKind<'a>) -> Self {
        Self {
            key: key.into(),
            is_quoted: false,
            kind,
        }
    }

    pub(crate) fn set(key: &'a str, value: &'a str) -> Self {
        Self::new(key, ChangeKind::Set(Cow::Borrowed(value)))
    }

    pub(crate) fn quoted(key: &'a str, kind: ChangeKind<'a>) -> Self {
        Self {
            is_quoted: true,
            ..Self::new(key, kind)
        }
    }

    pub(crate) fn into_owned<'any>(self) -> Change<'any> {
        Change {
            key: Cow::Owned(self.key.into_owned()),
            is_quoted: self.is_quoted,
            kind: match self.kind {
                ChangeKind::Set(value) => ChangeKind::Set(Cow::Owned(value.into_owned())),
                ChangeKind::Removed => ChangeKind::Removed,
                ChangeKind::NotSerializable(value) => ChangeKind::NotSerializable(value),
                ChangeKind::Undone => ChangeKind::Undone,
            },
        }
    }

    fn is_of(&self, members: Members<'_, '_>, at: usize) -> bool {
        if self.is_quoted {
            members.key(at).is_none() && members.quoted(at) == self.key
        } else {
            members.is_key(at, &self.key)
        }
    }
}

/// Finds the changes of members, in linear time for all members together.
pub(crate) struct ChangeFinder<'a> {
    changes: &'a [Change<'a>],
    /// Behind the last change that was found. Many changes mostly come in the order of the members.
    next: usize,
    /// Only for many changes: a few are compared faster than hashed.
    by_key: HashMap<(&'a str, bool), usize>,
}

/// The number of entries up to which a search compares all of them.
pub(crate) const FEW: usize = 16;

impl<'a> ChangeFinder<'a> {
    pub(crate) fn new(changes: &'a [Change<'a>]) -> Self {
        let many = changes.iter().enumerate().filter(|_| changes.len() > FEW);
        Self {
            changes,
            next: 0,
            by_key: many
                .map(|(at, change)| ((&*change.key, change.is_quoted), at))
                .collect(),
        }
    }

    pub(crate) fn find(&mut self, members: Members<'_, '_>, at: usize) -> Option<usize> {
        let is_next = |change: &Change<'_>| change.is_of(members, at);
        let found = if self.changes.get(self.next).is_some_and(is_next) {
            Some(self.next)
        } else if self.changes.len() <= FEW {
            self.changes
                .iter()
                .position(|change| change.is_of(members, at))
        } else {
            let key = members
                .key(at)
                .map_or((members.quoted(at), true), |key| (key, false));
            self.by_key.get(&key).copied()
        };
        self.next = found.map_or(self.next, |found| found + 1);
        found
    }
}
