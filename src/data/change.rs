//! Changes of single keys since the request came in.

use std::borrow::Cow;

#[derive(Clone, PartialEq)]
pub(crate) struct Change<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) kind: ChangeKind<'a>,
}

#[derive(Clone, PartialEq)]
pub(crate) enum ChangeKind<'a> {
    /// Set to this JSON text.
    Set(Cow<'a, str>),
    Removed,
    /// Set to a value of the named type that serde_json could not write.
    NotSerializable(&'static str),
}

impl<'a> Change<'a> {
    pub(crate) fn set(key: &'a str, value: &'a str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            kind: ChangeKind::Set(Cow::Borrowed(value)),
        }
    }

    pub(crate) fn remove(key: &'a str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            kind: ChangeKind::Removed,
        }
    }

    pub(crate) fn into_owned<'any>(self) -> Change<'any> {
        Change {
            key: Cow::Owned(self.key.into_owned()),
            kind: match self.kind {
                ChangeKind::Set(value) => ChangeKind::Set(Cow::Owned(value.into_owned())),
                ChangeKind::Removed => ChangeKind::Removed,
                ChangeKind::NotSerializable(value) => ChangeKind::NotSerializable(value),
            },
        }
    }
}
