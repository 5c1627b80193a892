//! What the return of a session does to the response.

use crate::config::SessionConfig;
use crate::error::SessionError;
use crate::incoming::Arrival;
use crate::json::{Change, Object};
use crate::lifetime::Times;
use crate::log;
use crate::session::Session;
use crate::view::{Changes, View};

/// What an earlier return left in the response for our cookie.
pub(crate) enum Pending {
    Set(Object, Times),
    Removed,
}

impl Pending {
    /// Reads the value of a `Set-Cookie`. One that is not ours is none: it will be replaced.
    pub(crate) fn read(config: &SessionConfig, value: &str) -> Option<Self> {
        if value.is_empty() {
            return Some(Self::Removed);
        }
        let opened = config.format().open(value).ok()?;
        let object = Object::new(config.format().json(opened.payload)?);
        object.is_valid().then_some(Self::Set(object, opened.times))
    }
}

/// What becomes of our cookie.
pub(crate) enum Outgoing {
    /// What the response says so far stands.
    Keep,
    Set {
        token: String,
        max_age: Option<u32>,
    },
    Remove,
    /// There is nothing to set, and nothing in the browser to remove.
    Withdraw,
}

impl<T: View> Session<T> {
    /// Lays the changes of this view over what is pending, or over what came in.
    pub(crate) fn outgoing(&self, pending: Option<Pending>) -> Result<Outgoing, SessionError> {
        let changes = self.changes()?;
        if changes.made.is_empty() && !self.renewed && !self.destroyed {
            return Ok(match pending {
                Some(_) => Outgoing::Keep,
                None => self.refresh(),
            });
        }
        let times = self.times_over(pending.as_ref());
        let object = self.merged(changes, pending.as_ref());
        let came_with_keys = self.origin().is_some_and(|origin| !origin.is_empty());
        match object.text() {
            // A valid session without keys may be renewed; else no keys are no session.
            "{}" if self.destroyed || came_with_keys => Ok(Outgoing::Remove),
            "{}" if matches!(pending, Some(Pending::Removed)) => Ok(Outgoing::Keep),
            "{}" if self.origin().is_none() => Ok(Outgoing::Withdraw),
            _ => self.set(&object, times),
        }
    }

    /// The contents and times that would be sealed if this view were returned alone.
    pub(crate) fn alone(&self) -> Result<(Object, Times), SessionError> {
        Ok((self.merged(self.changes()?, None), self.times_over(None)))
    }

    /// Keeps a valid session alive that nobody changed. The payload goes out as it came.
    fn refresh(&self) -> Outgoing {
        let Arrival::Opened { times, current, .. } = self.incoming.arrival else {
            return Outgoing::Keep;
        };
        if current && !self.config.lifetime().refresh_is_due(times, self.now) {
            return Outgoing::Keep;
        }
        let Some(origin) = self.origin() else {
            return Outgoing::Keep;
        };
        self.set(origin, times.reissued(self.now))
            .unwrap_or_else(|error| {
                log::not_refreshed(&self.config.attributes().name, &error);
                Outgoing::Keep
            })
    }

    fn set(&self, object: &Object, times: Times) -> Result<Outgoing, SessionError> {
        let max_age = self.config.lifetime().max_age(times, self.now);
        Ok(Outgoing::Set {
            token: self.config.token(object, times)?,
            max_age: (!self.config.browser_session()).then_some(max_age),
        })
    }

    fn times_over(&self, pending: Option<&Pending>) -> Times {
        match pending {
            Some(Pending::Set(_, times)) if !self.renewed && !self.destroyed => *times,
            _ => self.times(),
        }
        .reissued(self.now)
    }

    fn merged(&self, changes: Changes, pending: Option<&Pending>) -> Object {
        let nothing = Object::default();
        let base = match pending {
            _ if self.destroyed => &nothing,
            Some(Pending::Set(object, _)) => object,
            Some(Pending::Removed) => &nothing,
            None => self.origin().map_or(&nothing, |origin| &**origin),
        };
        let missing = self.missing(&changes, base);
        let made = [changes.made, missing].concat();
        Object::new(base.splice(&made))
    }

    /// The keys that a changed typed view needs to be read again and that the merged session
    /// would lack.
    fn missing(&self, changes: &Changes, base: &Object) -> Vec<Change> {
        let Some(needed) = changes.needed.as_ref().filter(|_| !changes.made.is_empty()) else {
            return Vec::new();
        };
        let lacking = needed.entries().enumerate().filter(|(at, (key, _))| {
            base.get_near(*at, key).is_none()
                && !changes.made.iter().any(|change| change.key == *key)
        });
        // A key that came in and is gone was removed by another view. Its old value would undo
        // that, a sign-out perhaps, so it comes back as the default.
        let default = T::empty().snapshot().unwrap_or_default();
        lacking
            .filter_map(|(_, (key, value))| match self.origin() {
                Some(origin) if !self.destroyed && origin.get(key).is_some() => {
                    default.get(key).map(|value| Change::set(key, value))
                }
                _ => Some(Change::set(key, value)),
            })
            .collect()
    }
}
