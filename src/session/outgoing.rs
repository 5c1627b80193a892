//! Whether a returned session sets our cookie, removes it, or leaves it.

use std::any::type_name;
use std::sync::Arc;

use axum::http::HeaderMap;

use crate::config::SessionConfig;
use crate::cookie::response;
use crate::data::change::ChangeKind;
use crate::data::object::Object;
use crate::data::typed::{Changes, SessionData};
use crate::error::SessionError;
use crate::log;
use crate::session::Session;
use crate::session::earlier::EarlierSetCookie;
use crate::session::request::RequestState;
use crate::token::timestamps::Timestamps;
use crate::token::{CandidateOrder, CookieLifetime, EncodedCookie};

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

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// Decides by the table of `response`.
    pub(super) fn outgoing(
        &self,
        headers: &HeaderMap,
        now: u64,
    ) -> Result<Outgoing<'_>, SessionError> {
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
}
