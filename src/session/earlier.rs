//! An earlier return of the same session, in the response, and the merge of the changes into it.

use std::cell::LazyCell;
use std::collections::HashSet;
use std::time::Duration;

use axum::http::HeaderMap;

use crate::config::SessionConfig;
use crate::cookie::response::{self, SetCookie};
use crate::data::change::Change;
use crate::data::object::Object;
use crate::data::typed::{Changes, SessionData};
use crate::error::SessionError;
use crate::session::Session;
use crate::token::timestamps::Timestamps;
use crate::token::{Candidate, base64};

/// The result of an earlier return, in the response.
pub(super) enum EarlierSetCookie {
    To(Object, Timestamps),
    Removed,
}

impl EarlierSetCookie {
    /// A `Set-Cookie` of our name that does not verify is none: it will be replaced.
    pub(super) fn read(config: &SessionConfig, headers: &HeaderMap, now: u64) -> Option<Self> {
        let format = config.format();
        let mut cookies = format.cookie_names().iter();
        let attributes = config.attributes();
        let mut next = || response::last_set_cookie(headers, attributes, cookies.next()?, now);
        let value = match next()? {
            SetCookie::Removed => return Some(Self::Removed),
            SetCookie::To(value) => value,
        };
        let signatures = match next() {
            Some(SetCookie::To(signature)) => base64::decode_url(signature).into_iter().collect(),
            _ => Vec::new(),
        };
        let candidate = Candidate {
            value: &value,
            signatures: &signatures,
        };
        let token = format.verify(&candidate, Duration::from_secs(now)).ok()?;
        let object = Object::new(format.decode(&token)?, format.options().json_style);
        object
            .is_valid()
            .then_some(Self::To(object, token.timestamps))
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// Whether an earlier return has set or removed our cookie.
    pub(super) fn is_written(&self, headers: &HeaderMap, now: u64) -> bool {
        EarlierSetCookie::read(&self.config, headers, now).is_some()
    }

    /// The JSON and timestamps that would be encoded if no other return had been there.
    pub(crate) fn merged_without_response(&self) -> Result<(Object, Timestamps), SessionError> {
        let object = self.merged(self.changes()?, None)?;
        let now = self.config.unix_time().as_secs();
        Ok((object, self.timestamps_after(None, now)))
    }

    /// A session that starts was created when it was extracted, as `created_at()` says.
    pub(super) fn timestamps_after(
        &self,
        earlier: Option<&EarlierSetCookie>,
        now: u64,
    ) -> Timestamps {
        let started = Timestamps::starting(self.now);
        let timestamps = match earlier {
            _ if self.renewed || self.destroyed => started,
            Some(EarlierSetCookie::To(_, timestamps)) => *timestamps,
            Some(EarlierSetCookie::Removed) => started,
            None => self.timestamps(),
        };
        self.bind(timestamps.reissued(now))
    }

    pub(super) fn merged(
        &self,
        changes: Changes<'_>,
        earlier: Option<&EarlierSetCookie>,
    ) -> Result<Object, SessionError> {
        let base = match earlier {
            _ if self.destroyed => Object::empty(),
            Some(EarlierSetCookie::To(object, _)) => object,
            Some(EarlierSetCookie::Removed) => Object::empty(),
            None => self
                .request
                .valid_object()
                .map_or(Object::empty(), |origin| &**origin),
        };
        let Changes { mut made, needed } = changes;
        self.config.check_changes_len(&made)?;
        if let Some(needed) = needed.filter(|_| !made.is_empty()) {
            self.fill_in(&needed, base, made.to_mut());
        }
        base.splice(&made, self.config.format().options().json_style)
    }

    /// Adds the keys that the merged session lacks, and without which the next request could not
    /// read `T`.
    fn fill_in(&self, needed: &Object, base: &Object, made: &mut Vec<Change<'_>>) {
        if base.has_same_keys(needed) {
            return;
        }
        let default = LazyCell::new(|| T::empty().snapshot().unwrap_or_default());
        let origin = self.request.valid_object().filter(|_| !self.destroyed);
        let changed: HashSet<_> = made.iter().map(|change| change.key.clone()).collect();
        for (at, (key, value)) in needed.entries().enumerate() {
            if changed.contains(key) || base.contains_key_near(at, key) {
                continue;
            }
            // A key that came in and is gone was removed by another return, perhaps a sign-out. Its
            // old value would undo that, so it gets the value of the default.
            let value = match origin.and_then(|origin| origin.get(key)) {
                Some(_) => default.get(key),
                None => Some(value),
            };
            made.extend(value.map(|value| Change::set(key, value).into_owned()));
        }
    }
}
