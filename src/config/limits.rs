//! How long a session may be: 64 KiB of JSON, and 4096 bytes of name and value.

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
        self.check_json_len(object.text().len(), || object.largest(3))?;
        let cookies = self.format().encode(object.text(), timestamps);
        match cookies.iter().map(EncodedCookie::len).max() {
            Some(len) if len > MAX_COOKIE_LEN => {
                let name = &self.attributes().name;
                let largest = object.largest(3);
                Err(SessionError::too_large(
                    name,
                    "",
                    len,
                    MAX_COOKIE_LEN,
                    largest,
                ))
            }
            _ => Ok(cookies),
        }
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
