//! How a returned session changes the response.
//!
//! | the session that is returned | response |
//! |---|---|
//! | changed or destroyed, but another site sent the request | nothing |
//! | no change, no refresh due | no `Set-Cookie` |
//! | changed | `Set-Cookie` with the merged session |
//! | unchanged and valid, and a tenth of the idle timeout has passed, or a fallback key or fallback config verified it | a refresh: `Set-Cookie` with the payload as it came. Not in a response that asks to be shared |
//! | keys came in, and none is left | removals: ours, and those of the fallback configs whose cookie came |
//! | `destroy()` was called | the same removals. If keys were set afterwards, ours is set instead |
//! | nothing valid came, and no key is set | nothing |
//! | changed, but its device did not prove itself, and without `destroy()` | nothing |
//! | not bound, and its device proved itself | a refresh that makes it bound |
//! | cannot be written | [`SessionError`], which is a 500. Sessions returned around it add nothing |
//!
//! With each write, the cookie of a fallback config that has our name at another place is removed.
//!
//! An earlier return of the same session, by a handler or an inner middleware, is read back from
//! the response's own `Set-Cookie`, and the changes are merged into it.

use std::any::type_name;
use std::cell::LazyCell;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};

use crate::config::SessionConfig;
use crate::cookie::response::{self, SetCookie};
use crate::data::change::{Change, ChangeKind};
use crate::data::object::Object;
use crate::data::typed::{Changes, SessionData};
use crate::error::{SessionError, SessionWriteFailed};
use crate::log;
use crate::session::Session;
use crate::session::request::RequestState;
use crate::token::timestamps::Timestamps;
use crate::token::{Candidate, CandidateOrder, CookieLifetime, EncodedCookie, base64};

/// The fate of our cookie.
pub(crate) enum Outgoing<'a> {
    /// The response stays as it is.
    Unchanged,
    Set {
        cookies: Vec<EncodedCookie<'a>>,
        max_age: Option<u32>,
        #[cfg_attr(
            not(feature = "device-bound"),
            expect(dead_code, reason = "no session is bound")
        )]
        timestamps: Timestamps,
    },
    Remove,
    /// There is nothing to set, and the browser has nothing to remove.
    TakeBack,
}

/// The result of an earlier return, in the response.
enum EarlierSetCookie {
    To(Object, Timestamps),
    Removed,
}

impl EarlierSetCookie {
    /// A `Set-Cookie` of our name that does not verify is none: it will be replaced.
    fn read(config: &SessionConfig, headers: &HeaderMap, now: u64) -> Option<Self> {
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

impl<T: SessionData, C: AsRef<SessionConfig>> IntoResponseParts for Session<T, C> {
    type Error = SessionError;

    fn into_response_parts(mut self, mut res: ResponseParts) -> Result<ResponseParts, Self::Error> {
        if res.extensions().get::<SessionWriteFailed>().is_some() {
            self.mark_saved();
            return Ok(res);
        }
        match self.write_to(res.headers_mut()) {
            Ok(()) => Ok(res),
            Err(error) => Err(error.write_failed()),
        }
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> IntoResponse for Session<T, C> {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// Writes the session into the headers of a response, as returning it does.
    ///
    /// For code that has no response to return it in, such as a resolver of async-graphql or a
    /// server function of Leptos. Everywhere else return the session.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("user", "ada");
    ///
    /// let mut headers = HeaderMap::new();
    /// session.write_to(&mut headers)?;
    /// let session: Session = Session::from_set_cookie(&headers, &config);
    /// assert_eq!(session.get("user"), Some("ada".to_owned()));
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The session cannot be written, for the reasons of [`SessionError`]. The headers stay as they
    /// were: answer with an error, and with no other session.
    pub fn write_to(&mut self, headers: &mut HeaderMap) -> Result<(), SessionError> {
        self.mark_saved();
        self.write(headers)
            .inspect_err(|error| log::write_failed(&self.config.attributes().name, error))
    }

    fn write(&self, headers: &mut HeaderMap) -> Result<(), SessionError> {
        // An upload may take longer than the idle timeout, so this is not the time of the request.
        let now = self.config.unix_time().as_secs();
        let outgoing = if self.is_withheld() {
            self.withhold(log::withheld)
        } else if self.request.is_unproven() && !self.destroyed && !self.is_written(headers, now) {
            self.withhold(log::unproven)
        } else {
            self.outgoing(headers, now)?
        };
        if self.refresh_only && matches!(outgoing, Outgoing::Unchanged) {
            let in_use = self.request.valid_object().is_some();
            if !in_use || response::asks_to_share(headers) {
                return Ok(());
            }
        }
        response::vary(headers);
        if self.config.settings.no_store {
            response::no_store(headers);
        }
        let attributes = self.config.attributes();
        let name = &attributes.name;
        match &outgoing {
            Outgoing::Unchanged => return Ok(()),
            Outgoing::Set {
                cookies, max_age, ..
            } => {
                for EncodedCookie { name, value } in cookies {
                    response::set(headers, attributes, name, value, *max_age);
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
                self.write_binding(headers, &outgoing, now);
                return Ok(());
            }
        }
        self.write_binding(headers, &outgoing, now);
        self.remove_fallback_cookies(headers, matches!(outgoing, Outgoing::Remove));
        if response::keep_private(headers) {
            log::not_shared(name);
        }
        if self.request.is_unreadable() {
            log::replaced_unreadable(name);
        }
        Ok(())
    }

    fn withhold(&self, log: fn(&str)) -> Outgoing<'_> {
        let changed = self
            .changes()
            .map_or(true, |changes| !changes.made.is_empty());
        if changed || self.renewed || self.destroyed {
            log(&self.config.attributes().name);
        }
        Outgoing::Unchanged
    }

    /// The cookies of fallback configs would bring an ended session back. One of our name at
    /// another place would hide what is written now.
    fn remove_fallback_cookies(&self, headers: &mut HeaderMap, removed: bool) {
        let ours = self.config.attributes();
        for fallback in &self.request.fallback_cookies {
            let attributes = fallback.attributes();
            let same_cookie = attributes.same_cookie(ours);
            for name in fallback.cookie_names() {
                let is_our_name = self.config.cookie_names().contains(name);
                let is_ours = is_our_name && same_cookie;
                if (removed || self.destroyed || is_our_name) && !is_ours {
                    response::remove(headers, attributes, name);
                }
            }
        }
    }

    /// Whether an earlier return has set or removed our cookie.
    fn is_written(&self, headers: &HeaderMap, now: u64) -> bool {
        EarlierSetCookie::read(&self.config, headers, now).is_some()
    }

    /// Decides by the table above.
    fn outgoing(&self, headers: &HeaderMap, now: u64) -> Result<Outgoing<'_>, SessionError> {
        let changes = self.changes()?;
        if changes.made.is_empty() && !self.renewed && !self.destroyed {
            return Ok(self.refresh(headers, now));
        }
        if self.request.is_revocation_unknown() {
            return self.refuse_write(&changes);
        }
        let earlier = EarlierSetCookie::read(&self.config, headers, now);
        let name = &self.config.attributes().name;
        let overwritten = self.overwritten(&changes);
        let timestamps = self.timestamps_after(earlier.as_ref(), now);
        let object = self.merged(changes, earlier.as_ref())?;
        let came = self.request.valid_object();
        if object.is_empty() {
            if self.destroyed || came.is_some_and(|origin| !origin.is_empty()) {
                log::ended(name);
                return Ok(Outgoing::Remove);
            }
            if matches!(earlier, Some(EarlierSetCookie::Removed)) {
                return Ok(Outgoing::Unchanged);
            }
            // A valid session without keys can be renewed. A new one without keys is not set.
            if came.is_none() {
                return Ok(Outgoing::TakeBack);
            }
        }
        let set = self.set(&object, timestamps, now)?;
        if !overwritten.is_empty() {
            log::overwritten(name, &overwritten);
        }
        if cfg!(debug_assertions) && !self.data.get().is_readable_from(&Arc::new(object)) {
            log::not_readable(name, type_name::<T>());
        }
        if came.is_none() || self.destroyed {
            log::started(name);
        } else if self.renewed {
            log::renewed(name);
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

    /// The keys whose old values a changed typed session overwrites, because it could not be read.
    fn overwritten(&self, changes: &Changes<'_>) -> Vec<String> {
        let origin = self.request.valid_object();
        let Some(origin) = origin.filter(|_| self.data.is_type_mismatch() && !self.destroyed)
        else {
            return Vec::new();
        };
        let lost = changes.made.iter().filter(|change| match &change.kind {
            ChangeKind::Set(value) => {
                origin.get(&change.key).is_some() && !origin.holds(&change.key, value)
            }
            _ => false,
        });
        lost.map(|change| change.key.clone().into_owned()).collect()
    }

    /// Keeps a valid session alive that was not changed.
    fn refresh(&self, headers: &HeaderMap, now: u64) -> Outgoing<'_> {
        let RequestState::Verified(verified) = self.request.state else {
            return Outgoing::Unchanged;
        };
        if verified.revocation_unknown {
            return Outgoing::Unchanged;
        }
        let timestamps = verified.timestamps;
        let timeouts = &self.config.settings.timeouts;
        let options = self.config.format().options();
        // Whether the framework set a lifetime of its own shows only in the parsed session.
        let must_be_written = !verified.by_signing_key || self.becomes_bound();
        let may_be_due = options.order != CandidateOrder::Newest
            || must_be_written
            || timeouts.refresh_is_due(timestamps, now);
        let Some(origin) = self.request.valid_object().filter(|_| may_be_due) else {
            return Outgoing::Unchanged;
        };
        let due = match (options.lifetime)(origin, now) {
            CookieLifetime::Seconds { seconds, issued } => {
                let age = now.saturating_sub(issued.unwrap_or(timestamps.issued));
                age.saturating_mul(10) >= seconds
            }
            _ => options.has_issued_at && timeouts.refresh_is_due(timestamps, now),
        };
        let is_due = must_be_written || due;
        if !is_due || self.is_written(headers, now) || response::asks_to_share(headers) {
            return Outgoing::Unchanged;
        }
        origin
            .splice(&[], options.json_style)
            .and_then(|object| self.set(&object, self.bind(timestamps.reissued(now)), now))
            .unwrap_or_else(|error| {
                log::not_refreshed(&self.config.attributes().name, &error);
                Outgoing::Unchanged
            })
    }

    fn set(
        &self,
        object: &Object,
        timestamps: Timestamps,
        now: u64,
    ) -> Result<Outgoing<'_>, SessionError> {
        let options = self.config.format().options();
        let timestamps = if options.has_created_at {
            timestamps
        } else {
            Timestamps::starting(now)
        };
        Ok(Outgoing::Set {
            cookies: self.config.encode_object(object, timestamps)?,
            max_age: self.max_age(object, timestamps, now),
            timestamps,
        })
    }

    /// The seconds for which the browser should keep the cookie: at least 1. `None` until it
    /// closes.
    fn max_age(&self, object: &Object, timestamps: Timestamps, now: u64) -> Option<u32> {
        let settings = &self.config.settings;
        let options = self.config.format().options();
        match (options.lifetime)(object, now) {
            CookieLifetime::BrowserSession => None,
            CookieLifetime::Seconds { seconds, .. } => {
                Some(u32::try_from(seconds).unwrap_or(u32::MAX).max(1))
            }
            CookieLifetime::Config if !options.has_issued_at => settings.max_age,
            CookieLifetime::Config => {
                let max_age = settings.timeouts.max_age(timestamps, now);
                settings.persistent.then_some(max_age)
            }
        }
    }

    /// The JSON and timestamps that would be encoded if no other return had been there.
    pub(crate) fn merged_without_response(&self) -> Result<(Object, Timestamps), SessionError> {
        let object = self.merged(self.changes()?, None)?;
        let now = self.config.unix_time().as_secs();
        Ok((object, self.timestamps_after(None, now)))
    }

    /// A session that starts was created when it was extracted, as `created_at()` says.
    fn timestamps_after(&self, earlier: Option<&EarlierSetCookie>, now: u64) -> Timestamps {
        let started = Timestamps::starting(self.now);
        let timestamps = match earlier {
            _ if self.renewed || self.destroyed => started,
            Some(EarlierSetCookie::To(_, timestamps)) => *timestamps,
            Some(EarlierSetCookie::Removed) => started,
            None => self.timestamps(),
        };
        self.bind(timestamps.reissued(now))
    }

    fn merged(
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
