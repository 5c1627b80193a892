//! What became of one key since the request came in.

use std::borrow::Cow;

/// One key that was set, or removed.
#[derive(Clone, PartialEq)]
pub(crate) struct Change<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) edit: Edit<'a>,
}

#[derive(Clone, PartialEq)]
pub(crate) enum Edit<'a> {
    /// To this JSON text.
    Set(Cow<'a, str>),
    Removed,
    /// To a value of the named type that serde could not write.
    Unwritable(&'static str),
}

impl<'a> Change<'a> {
    pub(crate) fn set(key: &'a str, value: &'a str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            edit: Edit::Set(Cow::Borrowed(value)),
        }
    }

    pub(crate) fn remove(key: &'a str) -> Self {
        Self {
            key: Cow::Borrowed(key),
            edit: Edit::Removed,
        }
    }

    pub(crate) fn into_owned<'any>(self) -> Change<'any> {
        Change {
            key: Cow::Owned(self.key.into_owned()),
            edit: match self.edit {
                Edit::Set(value) => Edit::Set(Cow::Owned(value.into_owned())),
                Edit::Removed => Edit::Removed,
                Edit::Unwritable(value) => Edit::Unwritable(value),
            },
        }
    }
}
