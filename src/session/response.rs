//! What a returned session does to the response.
//!
//! | the session that is returned | response |
//! |---|---|
//! | no change, no refresh due | no `Set-Cookie` |
//! | changed | `Set-Cookie` with the merged session |
//! | unchanged and valid, and a tenth of the idle timeout has passed, or a fallback key or fallback config verified it | a refresh: `Set-Cookie` with the payload as it came |
//! | keys came in, and none is left | removals: ours, and those of the fallback configs whose cookie came |
//! | `destroy()` was called | the same removals. If keys were set afterwards, ours is set instead |
//! | nothing valid came, and no key is set | nothing |
//! | cannot be written | [`SessionError`], which is a 500. Sessions returned around it add nothing |
//!
//! An earlier return of the same session, by a handler or an inner middleware, is read back from
//! the response's own `Set-Cookie`, and the changes are merged into it.

use std::cell::LazyCell;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};

use crate::config::SessionConfig;
use crate::cookie::response::{self, SetCookie};
use crate::data::change::Change;
use crate::data::object::Object;
use crate::data::typed::{Changes, SessionData};
use crate::error::{SessionError, SessionWriteFailed};
use crate::log;
use crate::session::Session;
use crate::session::request::RequestState;
use crate::token::timestamps::Timestamps;
use crate::token::{Candidate, EncodedCookie, base64};

/// What becomes of our cookie.
enum Outgoing<'a> {
    /// The response stays as it is.
    Unchanged,
    Set {
        cookies: Vec<EncodedCookie<'a>>,
        max_age: Option<u32>,
    },
    Remove,
    /// There is nothing to set, and the browser has nothing to remove.
    TakeBack,
}

/// What an earlier return left in the response.
enum EarlierSetCookie {
    To(Object, Timestamps),
    Removed,
}

impl EarlierSetCookie {
    /// A `Set-Cookie` of our name that does not verify is none: it will be replaced.
    fn read(config: &SessionConfig, headers: &HeaderMap, now: u64) -> Option<Self> {
        let format = config.format();
        let mut cookies = format.cookie_names().iter();
        let mut next = || response::last_set_cookie(headers, config.attributes(), cookies.next()?);
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

impl<T: SessionData> IntoResponseParts for Session<T> {
    type Error = SessionError;

    fn into_response_parts(mut self, mut res: ResponseParts) -> Result<ResponseParts, Self::Error> {
        self.mark_saved();
        if res.extensions().get::<SessionWriteFailed>().is_some() {
            return Ok(res);
        }
        match self.write(res.headers_mut()) {
            Ok(()) => Ok(res),
            Err(error) => {
                log::write_failed(&self.config.attributes().name, &error);
                Err(error.write_failed())
            }
        }
    }
}

impl<T: SessionData> IntoResponse for Session<T> {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

impl<T: SessionData> Session<T> {
    fn write(&self, headers: &mut HeaderMap) -> Result<(), SessionError> {
        let earlier = EarlierSetCookie::read(&self.config, headers, self.now);
        let outgoing = self.outgoing(earlier)?;
        response::vary(headers);
        let attributes = self.config.attributes();
        match &outgoing {
            Outgoing::Unchanged => return Ok(()),
            Outgoing::Set { cookies, max_age } => {
                let suffix = &self.config.settings.set_cookie_suffix;
                for EncodedCookie { name, value } in cookies {
                    response::set(headers, attributes, suffix, name, value, *max_age);
                }
            }
            Outgoing::Remove => {
                for name in self.config.cookie_names() {
                    response::remove(headers, attributes, name);
                }
            }
            Outgoing::TakeBack => {
                for name in self.config.cookie_names() {
                    response::take_back(headers, attributes, name);
                }
            }
        }
        if self.destroyed || matches!(outgoing, Outgoing::Remove) {
            self.remove_fallback_cookies(headers);
        }
        if !matches!(outgoing, Outgoing::TakeBack) {
            response::keep_private(headers);
        }
        Ok(())
    }

    /// Otherwise the cookie of a fallback config would bring the session back.
    fn remove_fallback_cookies(&self, headers: &mut HeaderMap) {
        let ours = self.config.attributes();
        for fallback in &self.request.fallback_cookies {
            let attributes = fallback.attributes();
            for name in fallback.cookie_names() {
                let is_ours =
                    attributes.same_cookie(ours) && self.config.cookie_names().contains(name);
                if !is_ours {
                    response::remove(headers, attributes, name);
                }
            }
        }
    }

    /// Decides by the table above.
    fn outgoing(&self, earlier: Option<EarlierSetCookie>) -> Result<Outgoing<'_>, SessionError> {
        let changes = self.changes()?;
        if changes.made.is_empty() && !self.renewed && !self.destroyed {
            return Ok(match earlier {
                Some(_) => Outgoing::Unchanged,
                None => self.refresh(),
            });
        }
        if self.request.is_revocation_unknown() {
            return self.refuse_write(&changes);
        }
        let overwritten = self.overwritten(&changes);
        let timestamps = self.timestamps_after(earlier.as_ref());
        let object = self.merged(changes, earlier.as_ref())?;
        if object.is_empty() {
            let came_with_keys = self
                .request
                .valid_object()
                .is_some_and(|origin| !origin.is_empty());
            if self.destroyed || came_with_keys {
                return Ok(Outgoing::Remove);
            }
            if matches!(earlier, Some(EarlierSetCookie::Removed)) {
                return Ok(Outgoing::Unchanged);
            }
            // A valid session without keys can be renewed. Otherwise no keys are no session.
            if self.request.valid_object().is_none() {
                return Ok(Outgoing::TakeBack);
            }
        }
        let set = self.set(&object, timestamps)?;
        if !overwritten.is_empty() {
            log::overwritten(&self.config.attributes().name, &overwritten);
        }
        Ok(set)
    }

    /// A session that may have been revoked is removed when the user leaves, and never replaced.
    fn refuse_write(&self, changes: &Changes<'_>) -> Result<Outgoing<'_>, SessionError> {
        if self.destroyed && changes.made.is_empty() {
            return Ok(Outgoing::Remove);
        }
        Err(SessionError::revocation_unknown(
            &self.config.attributes().name,
        ))
    }

    /// The keys that a changed typed session overwrites with its defaults, because it could not be
    /// read.
    fn overwritten(&self, changes: &Changes<'_>) -> Vec<String> {
        if !self.data.is_type_mismatch() || self.destroyed {
            return Vec::new();
        }
        let Some(origin) = self.request.valid_object() else {
            return Vec::new();
        };
        let default = T::empty().snapshot().unwrap_or_default();
        let untouched = changes.made.iter().filter(|change| {
            let value = default.get(&change.key);
            value.is_some_and(|value| **change == Change::set(&change.key, value))
        });
        untouched
            .filter(|change| origin.get(&change.key).is_some())
            .map(|change| change.key.clone().into_owned())
            .collect()
    }

    /// Keeps a valid session alive that was not changed.
    fn refresh(&self) -> Outgoing<'_> {
        let RequestState::Verified(verified) = self.request.state else {
            return Outgoing::Unchanged;
        };
        let timeouts = &self.config.settings.timeouts;
        let due =
            !verified.by_signing_key || timeouts.refresh_is_due(verified.timestamps, self.now);
        if verified.revocation_unknown || !due {
            return Outgoing::Unchanged;
        }
        let Some(origin) = self.request.valid_object() else {
            return Outgoing::Unchanged;
        };
        origin
            .splice(&[], self.config.format().options().json_style)
            .and_then(|object| self.set(&object, verified.timestamps.reissued(self.now)))
            .unwrap_or_else(|error| {
                log::not_refreshed(&self.config.attributes().name, &error);
                Outgoing::Unchanged
            })
    }

    fn set(&self, object: &Object, timestamps: Timestamps) -> Result<Outgoing<'_>, SessionError> {
        let options = self.config.format().options();
        let timestamps = if options.has_created_at {
            timestamps
        } else {
            Timestamps::starting(self.now)
        };
        let max_age = self.config.settings.timeouts.max_age(timestamps, self.now);
        let persistent = self.config.settings.persistent && (options.is_persistent)(object);
        Ok(Outgoing::Set {
            cookies: self.config.encode_object(object, timestamps)?,
            max_age: persistent.then_some(max_age),
        })
    }

    /// The JSON and timestamps that would be encoded if no other return had been there.
    pub(crate) fn merged_without_response(&self) -> Result<(Object, Timestamps), SessionError> {
        let object = self.merged(self.changes()?, None)?;
        Ok((object, self.timestamps_after(None)))
    }

    fn timestamps_after(&self, earlier: Option<&EarlierSetCookie>) -> Timestamps {
        if self.renewed || self.destroyed {
            return Timestamps::starting(self.now);
        }
        match earlier {
            Some(EarlierSetCookie::To(_, timestamps)) => timestamps.reissued(self.now),
            Some(EarlierSetCookie::Removed) => Timestamps::starting(self.now),
            None => self.timestamps().reissued(self.now),
        }
    }

    fn merged(
        &self,
        changes: Changes<'_>,
        earlier: Option<&EarlierSetCookie>,
    ) -> Result<Object, SessionError> {
        let nothing = Object::default();
        let base = match earlier {
            _ if self.destroyed => &nothing,
            Some(EarlierSetCookie::To(object, _)) => object,
            Some(EarlierSetCookie::Removed) => &nothing,
            None => self
                .request
                .valid_object()
                .map_or(&nothing, |origin| &**origin),
        };
        let Changes { mut made, needed } = changes;
        if let Some(needed) = needed.filter(|_| !made.is_empty()) {
            self.fill_in(&needed, base, made.to_mut());
        }
        base.splice(&made, self.config.format().options().json_style)
    }

    /// Adds the keys that the merged session lacks, and without which the next request could not
    /// read `T`.
    fn fill_in(&self, needed: &Object, base: &Object, made: &mut Vec<Change<'_>>) {
        let default = LazyCell::new(|| T::empty().snapshot().unwrap_or_default());
        let origin = self.request.valid_object().filter(|_| !self.destroyed);
        for (at, (key, value)) in needed.entries().enumerate() {
            let kept = base.get_with_hint(at, key).is_some();
            if kept || made.iter().any(|change| change.key == key) {
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
