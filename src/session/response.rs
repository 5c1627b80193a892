//! What the return of a session does to the response.

use std::cell::LazyCell;
use std::time::Duration;

use crate::config::SessionConfig;
use crate::cookie::Source;
use crate::data::change::Change;
use crate::data::object::Object;
use crate::data::typed::{Changes, SessionData};
use crate::error::SessionError;
use crate::log;
use crate::session::Session;
use crate::session::request::Arrival;
use crate::token::timestamps::Times;
use crate::token::{Candidate, Sealed};

/// What an earlier return left in the response for our cookie.
pub(crate) enum Pending {
    Set(Object, Times),
    Removed,
}

impl Pending {
    /// Reads the `Set-Cookie`s of a response. One that is not ours is none: it will be replaced.
    pub(crate) fn read(config: &SessionConfig, response: Source<'_>, now: u64) -> Option<Self> {
        if response.removes(config) {
            return Some(Self::Removed);
        }
        let format = config.format();
        response.find(config, |value, signatures| {
            let value = std::str::from_utf8(value).ok()?;
            let candidate = Candidate { value, signatures };
            let opened = format.open(&candidate, Duration::from_secs(now)).ok()?;
            let object = Object::spelt(format.json(opened.payload)?, format.dialect());
            object.is_valid().then_some(Self::Set(object, opened.times))
        })
    }
}

/// What becomes of our cookie.
pub(crate) enum Outgoing {
    /// What the response says so far stands.
    Keep,
    Set {
        sealed: Sealed,
        max_age: Option<u32>,
    },
    Remove,
    /// There is nothing to set, and nothing in the browser to remove.
    Withdraw,
}

impl<T: SessionData> Session<T> {
    /// Lays the changes of this view over what is pending, or over what came in.
    pub(crate) fn outgoing(&self, pending: Option<Pending>) -> Result<Outgoing, SessionError> {
        let changes = self.changes()?;
        if changes.made.is_empty() && !self.renewed && !self.destroyed {
            return Ok(match pending {
                Some(_) => Outgoing::Keep,
                None => self.refresh(),
            });
        }
        if self.incoming.is_unknown() {
            return self.unanswered(&changes);
        }
        let overwritten = self.overwritten(&changes);
        let times = self.times_over(pending.as_ref());
        let object = self.merged(changes, pending.as_ref())?;
        let came_with_keys = self.origin().is_some_and(|origin| !origin.is_empty());
        match object.text() {
            // A valid session without keys may be renewed; else no keys are no session.
            "{}" if self.destroyed || came_with_keys => Ok(Outgoing::Remove),
            "{}" if matches!(pending, Some(Pending::Removed)) => Ok(Outgoing::Keep),
            "{}" if self.origin().is_none() => Ok(Outgoing::Withdraw),
            _ => {
                let set = self.set(&object, times)?;
                if !overwritten.is_empty() {
                    log::overwritten(&self.config.attributes().name, &overwritten);
                }
                Ok(set)
            }
        }
    }

    /// The keys that a changed view writes its defaults over, as it could not show them.
    fn overwritten(&self, changes: &Changes<'_>) -> Vec<String> {
        let Some(origin) = self
            .origin()
            .filter(|_| self.view.is_misfit() && !self.destroyed)
        else {
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

    /// What may have been revoked is removed where the visitor leaves, and never replaced.
    fn unanswered(&self, changes: &Changes<'_>) -> Result<Outgoing, SessionError> {
        match self.destroyed && changes.made.is_empty() {
            true => Ok(Outgoing::Remove),
            false => Err(SessionError::revocation_unknown(
                &self.config.attributes().name,
            )),
        }
    }

    /// The contents and times that would be sealed if this view were returned alone.
    pub(crate) fn alone(&self) -> Result<(Object, Times), SessionError> {
        Ok((self.merged(self.changes()?, None)?, self.times_over(None)))
    }

    /// Keeps a valid session alive that nobody changed. The payload goes out as it came.
    fn refresh(&self) -> Outgoing {
        let Arrival::Opened {
            times,
            current,
            unknown: false,
            ..
        } = self.incoming.arrival
        else {
            return Outgoing::Keep;
        };
        if current && !self.config.lifetime().refresh_is_due(times, self.now) {
            return Outgoing::Keep;
        }
        let Some(origin) = self.origin() else {
            return Outgoing::Keep;
        };
        origin
            .splice(&[], self.config.format().dialect())
            .and_then(|object| self.set(&object, times.reissued(self.now)))
            .unwrap_or_else(|error| {
                log::not_refreshed(&self.config.attributes().name, &error);
                Outgoing::Keep
            })
    }

    fn set(&self, object: &Object, times: Times) -> Result<Outgoing, SessionError> {
        let format = self.config.format();
        let times = match format.habits().knows_creation {
            true => times,
            false => Times::starting(self.now),
        };
        let max_age = self.config.lifetime().max_age(times, self.now);
        let kept = self.config.persistent() && format.outlives_browser(object);
        Ok(Outgoing::Set {
            sealed: self.config.sealed(object, times)?,
            max_age: kept.then_some(max_age),
        })
    }

    fn times_over(&self, pending: Option<&Pending>) -> Times {
        match pending {
            _ if self.renewed || self.destroyed => Times::starting(self.now),
            Some(Pending::Set(_, times)) => times.reissued(self.now),
            Some(Pending::Removed) => Times::starting(self.now),
            None => self.times().reissued(self.now),
        }
    }

    fn merged(
        &self,
        changes: Changes<'_>,
        pending: Option<&Pending>,
    ) -> Result<Object, SessionError> {
        let nothing = Object::default();
        let base = match pending {
            _ if self.destroyed => &nothing,
            Some(Pending::Set(object, _)) => object,
            Some(Pending::Removed) => &nothing,
            None => self.origin().map_or(&nothing, |origin| &**origin),
        };
        let Changes { mut made, needed } = changes;
        if let Some(needed) = needed.filter(|_| !made.is_empty()) {
            self.fill_in(&needed, base, made.to_mut());
        }
        base.splice(&made, self.config.format().dialect())
    }

    /// Adds the keys that a changed typed view needs to be read again and that the merged session
    /// would lack.
    fn fill_in(&self, needed: &Object, base: &Object, made: &mut Vec<Change<'_>>) {
        // A key that came in and is gone was removed by another view. Its old value would undo
        // that, a sign-out perhaps, so it comes back as the default.
        let default = LazyCell::new(|| T::empty().snapshot().unwrap_or_default());
        let origin = self.origin().filter(|_| !self.destroyed);
        for (at, (key, value)) in needed.entries().enumerate() {
            let kept = base.get_near(at, key).is_some();
            if kept || made.iter().any(|change| change.key == key) {
                continue;
            }
            let value = match origin.and_then(|origin| origin.get(key)) {
                Some(_) => default.get(key),
                None => Some(value),
            };
            made.extend(value.map(|value| Change::set(key, value).into_owned()));
        }
    }
}
