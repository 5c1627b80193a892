//! What the views of a session and a response hold, in maps.

use std::collections::BTreeSet;

use axum_cookie_session::{Reason, Status};

use crate::map::{Changes, Map, Stored, Typed, changes, cookie_len, fits, text, with};
use crate::step::{Kind, Value};

pub const NAME: &str = "session";
pub const IDLE: u64 = 1000;
pub const ABSOLUTE: u64 = 3000;
/// What a request has left in its response so far.
#[derive(Clone, Debug, PartialEq)]
pub enum Pending {
    Nothing,
    Set(Stored),
    Removed,
    Failed,
}

/// A view of the session, as the model has it.
#[derive(Clone)]
pub struct Model {
    pub now: u64,
    pub status: Status,
    pub origin: Option<Stored>,
    pub contents: Contents,
    pub renewed: bool,
    pub destroyed: bool,
}

#[derive(Clone)]
pub enum Contents {
    Dictionary {
        map: Map,
        /// Keys whose value is no JSON.
        unwritable: BTreeSet<String>,
    },
    Typed {
        view: Typed,
        before: Typed,
        misfit: bool,
    },
}

impl Model {
    pub fn new(kind: Kind, jar: Option<&Stored>, now: u64) -> Self {
        let (mut status, origin) = match jar {
            None => (Status::New, None),
            Some(stored) => match refusal(stored, now) {
                Some(reason) => (Status::Rejected(reason), None),
                None => (Status::Valid, Some(stored.clone())),
            },
        };
        let map = origin.as_ref().map(|origin| origin.map.clone());
        let map = map.unwrap_or_default();
        let contents = match kind {
            Kind::Dictionary => Contents::Dictionary {
                map,
                unwritable: BTreeSet::new(),
            },
            Kind::Typed => {
                let read = Typed::of(&map);
                let misfit = read.is_none();
                if misfit {
                    status = Status::Rejected(Reason::TypeMismatch);
                }
                let view = read.unwrap_or_default();
                Contents::Typed {
                    before: view.clone(),
                    view,
                    misfit,
                }
            }
        };
        Self {
            now,
            status,
            origin,
            contents,
            renewed: false,
            destroyed: false,
        }
    }

    pub fn destroy(&mut self) {
        self.destroyed = true;
        match &mut self.contents {
            Contents::Dictionary { map, unwritable } => {
                map.clear();
                unwritable.clear();
            }
            Contents::Typed {
                view,
                before,
                misfit,
            } => {
                *view = Typed::default();
                *before = Typed::default();
                *misfit = false;
            }
        }
    }

    pub fn set(&mut self, key: &str, value: &Value) {
        let Contents::Dictionary { map, unwritable } = &mut self.contents else {
            return;
        };
        map.remove(key);
        unwritable.remove(key);
        match value.json() {
            Some(json) => {
                map.insert(key.to_owned(), text(&json));
            }
            None => {
                unwritable.insert(key.to_owned());
            }
        }
    }

    pub fn map(&self) -> Option<&Map> {
        match &self.contents {
            Contents::Dictionary { map, .. } => Some(map),
            Contents::Typed { .. } => None,
        }
    }

    /// When the session that this view sees was created and issued.
    pub fn times(&self) -> (u64, u64) {
        match &self.origin {
            Some(origin) if !self.renewed && !self.destroyed => (origin.created, origin.issued),
            _ => (self.now, self.now),
        }
    }

    /// What came in, for the changes of this view.
    pub fn base(&self) -> Map {
        match &self.origin {
            Some(origin) if !self.destroyed => origin.map.clone(),
            _ => Map::new(),
        }
    }

    /// None where a value is no JSON.
    pub fn changes(&self) -> Option<Changes> {
        match &self.contents {
            Contents::Dictionary { map, unwritable } => {
                unwritable.is_empty().then(|| changes(&self.base(), map))
            }
            Contents::Typed {
                view,
                before,
                misfit,
            } => {
                let mut made = changes(&before.map(), &view.map());
                if *misfit && !made.is_empty() {
                    made = changes(&Map::new(), &view.map());
                }
                Some(made)
            }
        }
    }

    /// The changes laid over `base`, with the keys that a changed typed view needs.
    pub fn merged(&self, base: &Map, made: &Changes) -> Map {
        let mut merged = with(base, made);
        if let Contents::Typed { view, .. } = &self.contents
            && !made.is_empty()
        {
            let default = Typed::default().map();
            let came = self.base();
            for (key, value) in view.map() {
                if merged.contains_key(&key) {
                    continue;
                }
                // Another view removed what came in, and it must not come back.
                let value = match came.contains_key(&key) {
                    true => default.get(&key).cloned(),
                    false => Some(value),
                };
                merged.extend(value.map(|value| (key, value)));
            }
        }
        merged
    }

    /// `encoded_len`, where the contents are JSON.
    pub fn len(&self) -> Option<usize> {
        let made = self.changes()?;
        Some(cookie_len(&self.merged(&self.base(), &made)))
    }

    pub fn returned(&self, pending: Pending) -> Pending {
        if pending == Pending::Failed {
            return pending;
        }
        let Some(made) = self.changes() else {
            return Pending::Failed;
        };
        if made.is_empty() && !self.renewed && !self.destroyed {
            return match (pending, &self.origin) {
                (Pending::Nothing, Some(origin)) => self.refreshed(origin),
                (pending, _) => pending,
            };
        }
        let base = match &pending {
            _ if self.destroyed => Map::new(),
            Pending::Set(stored) => stored.map.clone(),
            Pending::Removed => Map::new(),
            _ => self.base(),
        };
        let map = self.merged(&base, &made);
        let came_with_keys = self
            .origin
            .as_ref()
            .is_some_and(|came| !came.map.is_empty());
        if map.is_empty() {
            if self.destroyed || came_with_keys || pending == Pending::Removed {
                return Pending::Removed;
            }
            if self.origin.is_none() {
                return Pending::Nothing;
            }
        }
        if !fits(&map) {
            return Pending::Failed;
        }
        let created = match &pending {
            _ if self.renewed || self.destroyed => self.now,
            Pending::Set(stored) => stored.created,
            Pending::Removed => self.now,
            _ => self.times().0,
        };
        Pending::Set(Stored {
            map,
            created,
            issued: self.now.max(created),
        })
    }

    pub fn refreshed(&self, origin: &Stored) -> Pending {
        if self.now.saturating_sub(origin.issued) < IDLE / 10 {
            return Pending::Nothing;
        }
        Pending::Set(Stored {
            issued: self.now.max(origin.created),
            ..origin.clone()
        })
    }
}

pub fn refusal(stored: &Stored, now: u64) -> Option<Reason> {
    if stored.issued > now + 60 {
        Some(Reason::IssuedInFuture)
    } else if now.saturating_sub(stored.issued) > IDLE {
        Some(Reason::IdleTimeout)
    } else if now.saturating_sub(stored.created) > ABSOLUTE {
        Some(Reason::AbsoluteTimeout)
    } else {
        None
    }
}
