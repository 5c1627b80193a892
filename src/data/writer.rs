//! Writes a JSON object, member by member.

use crate::data::change::{Change, ChangeKind};
use crate::data::json_style::JsonStyle;
use crate::error::SessionError;

/// The text of an object that is being written.
pub(super) struct Writer {
    text: String,
    style: &'static JsonStyle,
}

impl Writer {
    pub(super) fn new(capacity: usize, style: &'static JsonStyle) -> Self {
        let mut text = String::with_capacity(capacity);
        text.push('{');
        Self { text, style }
    }

    /// Writes members, or the key of one, as they are.
    pub(super) fn members(&mut self, members: &str) {
        if self.text.len() > 1 && !members.is_empty() {
            self.text.push_str(self.style.comma);
        }
        self.text.push_str(members);
    }

    /// Writes a changed member. A key that was there keeps its text, which is `quoted`.
    pub(super) fn change(
        &mut self,
        quoted: Option<&str>,
        change: &Change<'_>,
    ) -> Result<(), SessionError> {
        let value = match &change.kind {
            ChangeKind::Set(value) => value,
            ChangeKind::Removed | ChangeKind::Undone => return Ok(()),
            ChangeKind::NotSerializable(value) => {
                return Err(SessionError::not_serializable(&change.key, value));
            }
        };
        let refused = |why| SessionError::serialize(&change.key, why);
        if !change.is_quoted {
            (self.style.check_member)(&change.key, value).map_err(refused)?;
        }
        match quoted {
            Some(key) => self.members(key),
            None if change.is_quoted => self.members(&change.key),
            None => self.members(&self.style.string(&change.key)),
        }
        let value = self.style.value(value).map_err(refused)?;
        self.text.push_str(self.style.colon);
        self.text.push_str(&value);
        Ok(())
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}
