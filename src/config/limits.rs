//! How long a session may be: 64 KiB of JSON (16 KiB compressed), and 4096 bytes of name and value.

use std::cmp::Reverse;

use crate::config::SessionConfig;
use crate::cookie::attributes::MAX_COOKIE_LEN;
use crate::data::change::{Change, ChangeKind};
use crate::data::object::Object;
use crate::error::SessionError;
use crate::token::EncodedCookie;
use crate::token::timestamps::Timestamps;

impl SessionConfig {
    /// Encodes a session, if it fits into a cookie.
    pub(crate) fn encode_object(
        &self,
        object: &Object,
        timestamps: Timestamps,
    ) -> Result<Vec<EncodedCookie<'_>>, SessionError> {
        let (cookies, len) = self.encode_any_len(object, timestamps)?;
        if len <= MAX_COOKIE_LEN {
            return Ok(cookies);
        }
        let name = &self.attributes().name;
        let largest = self.largest(object, timestamps, len);
        Err(SessionError::too_large(
            name,
            "",
            len,
            MAX_COOKIE_LEN,
            largest,
        ))
    }

    /// Encodes a session, however long its cookies are, and tells the length of the longer one.
    pub(crate) fn encode_any_len(
        &self,
        object: &Object,
        timestamps: Timestamps,
    ) -> Result<(Vec<EncodedCookie<'_>>, usize), SessionError> {
        self.check_json_len(object.text().len(), || object.largest(3))?;
        let cookies = self.format().encode(object.text(), timestamps);
        let name = &self.attributes().name;
        let cookies = cookies.map_err(|_| SessionError::no_random_bytes(name))?;
        let len = cookies.iter().map(EncodedCookie::len).max();
        Ok((cookies, len.unwrap_or(0)))
    }

    /// The largest keys, with the bytes by which the session would be shorter without each.
    fn largest(&self, object: &Object, timestamps: Timestamps, len: usize) -> Vec<(String, usize)> {
        let mut largest = object.largest(3);
        if !self.format().options().compresses {
            return largest;
        }
        for (key, bytes) in &mut largest {
            let removal = object.removals().find(|removal| removal.key == *key);
            let rest = object.splice(removal.as_slice(), object.style());
            let rest_len = rest.and_then(|rest| Ok(self.encode_any_len(&rest, timestamps)?.1));
            *bytes = len.saturating_sub(rest_len.unwrap_or(len));
        }
        largest.sort_by_key(|(_, bytes)| Reverse(*bytes));
        largest
    }

    /// Refuses changes that are too long together, before they are rewritten in the style of the
    /// format.
    pub(crate) fn check_changes_len(&self, changes: &[Change<'_>]) -> Result<(), SessionError> {
        let len = |change: &Change<'_>| match &change.kind {
            ChangeKind::Set(value) => change.key.len() + value.len(),
            _ => 0,
        };
        self.check_json_len(changes.iter().map(len).sum(), || {
            let sizes = changes
                .iter()
                .map(|change| (change.key.to_string(), len(change)));
            let mut sizes: Vec<_> = sizes.collect();
            sizes.sort_by_key(|(_, bytes)| Reverse(*bytes));
            sizes.truncate(3);
            sizes
        })
    }

    /// Refuses JSON that is longer than the readers of the format read.
    pub(crate) fn check_json_len(
        &self,
        len: usize,
        largest: impl FnOnce() -> Vec<(String, usize)>,
    ) -> Result<(), SessionError> {
        let limit = self.format().options().max_json_len;
        if len <= limit {
            return Ok(());
        }
        let name = &self.attributes().name;
        Err(SessionError::too_large(
            name,
            " of JSON",
            len,
            limit,
            largest(),
        ))
    }
}
