//! A model, in maps, of the sessions of a request and of its response.

use std::collections::BTreeSet;

use axum_cookie_session::{Reason, Status};

use crate::map::{Changes, Map, Stored, Typed, changes, cookie_len, fits, text, with};
use crate::step::{Kind, Value};

pub const NAME: &str = "session";
pub const IDLE: u64 = 1000;
pub const ABSOLUTE: u64 = 3000;

/// The `Set-Cookie` that the response holds so far.
#[derive(Clone, Debug, PartialEq)]
pub enum ResponseCookie {
    Nothing,
    Set(Stored),
    Removed,
    Failed,
}

/// A session that a handler has loaded, as the model has it.
#[derive(Clone)]
pub struct Model {
    /// When the session was extracted.
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
        /// Keys whose value is not JSON.
        not_serializable: BTreeSet<String>,
    },
    Typed {
        value: Typed,
        before: Typed,
        mismatch: bool,
    },
}

impl Model {
    pub fn new(kind: Kind, jar: Option<&Stored>, now: u64) -> Self {
        let (mut status, origin) = match jar {
            None => (Status::New, None),
            Some(stored) => match rejection(stored, now) {
                Some(reason) => (Status::Rejected(reason), None),
                None => (Status::Valid, Some(stored.clone())),
            },
        };
        let map = origin.as_ref().map(|origin| origin.map.clone());
        let map = map.unwrap_or_default();
        let contents = match kind {
            Kind::Dictionary => Contents::Dictionary {
                map,
                not_serializable: BTreeSet::new(),
            },
            Kind::Typed => {
                let read = Typed::from_map(&map);
                let mismatch = read.is_none();
                if mismatch {
                    status = Status::Rejected(Reason::TypeMismatch);
                }
                let value = read.unwrap_or_default();
                Contents::Typed {
                    before: value.clone(),
                    value,
                    mismatch,
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
            Contents::Dictionary {
                map,
                not_serializable,
            } => {
                map.clear();
                not_serializable.clear();
            }
            Contents::Typed {
                value,
                before,
                mismatch,
            } => {
                *value = Typed::default();
                *before = Typed::default();
                *mismatch = false;
            }
        }
    }

    pub fn set(&mut self, key: &str, value: &Value) {
        let Contents::Dictionary {
            map,
            not_serializable,
        } = &mut self.contents
        else {
            return;
        };
        map.remove(key);
        not_serializable.remove(key);
        match value.json() {
            Some(json) => {
                map.insert(key.to_owned(), text(&json));
            }
            None => {
                not_serializable.insert(key.to_owned());
            }
        }
    }

    pub fn map(&self) -> Option<&Map> {
        match &self.contents {
            Contents::Dictionary { map, .. } => Some(map),
            Contents::Typed { .. } => None,
        }
    }

    /// When the session was created and issued.
    pub fn times(&self) -> (u64, u64) {
        match &self.origin {
            Some(origin) if !self.renewed && !self.destroyed => (origin.created, origin.issued),
            _ => (self.now, self.now),
        }
    }

    /// The contents that the changes are counted from.
    pub fn base(&self) -> Map {
        match &self.origin {
            Some(origin) if !self.destroyed => origin.map.clone(),
            _ => Map::new(),
        }
    }

    /// `None` if a value is not JSON.
    pub fn changes(&self) -> Option<Changes> {
        match &self.contents {
            Contents::Dictionary {
                map,
                not_serializable,
            } => not_serializable
                .is_empty()
                .then(|| changes(&self.base(), map)),
            Contents::Typed {
                value,
                before,
                mismatch,
            } => {
                let mut made = changes(&before.map(), &value.map());
                if *mismatch && !made.is_empty() {
                    made = changes(&Map::new(), &value.map());
                }
                Some(made)
            }
        }
    }

    /// The changes laid over `base`, with the keys that a changed typed session needs.
    pub fn merged(&self, base: &Map, made: &Changes) -> Map {
        let mut merged = with(base, made);
        if let Contents::Typed { value, .. } = &self.contents
            && !made.is_empty()
        {
            let default = Typed::default().map();
            let came = self.base();
            for (key, value) in value.map() {
                if merged.contains_key(&key) {
                    continue;
                }
                // Another session of the request removed the old value, which must not come back.
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

    /// `now` is the time of the return.
    pub fn returned(&self, cookie: ResponseCookie, now: u64) -> ResponseCookie {
        if cookie == ResponseCookie::Failed {
            return cookie;
        }
        let Some(made) = self.changes() else {
            return ResponseCookie::Failed;
        };
        if made.is_empty() && !self.renewed && !self.destroyed {
            return match (cookie, &self.origin) {
                (ResponseCookie::Nothing, Some(origin)) => refreshed(origin, now),
                (cookie, _) => cookie,
            };
        }
        let base = match &cookie {
            _ if self.destroyed => Map::new(),
            ResponseCookie::Set(stored) => stored.map.clone(),
            ResponseCookie::Removed => Map::new(),
            _ => self.base(),
        };
        let map = self.merged(&base, &made);
        let came_with_keys = self
            .origin
            .as_ref()
            .is_some_and(|came| !came.map.is_empty());
        if map.is_empty() {
            if self.destroyed || came_with_keys || cookie == ResponseCookie::Removed {
                return ResponseCookie::Removed;
            }
            if self.origin.is_none() {
                return ResponseCookie::Nothing;
            }
        }
        if !fits(&map) {
            return ResponseCookie::Failed;
        }
        let created = match &cookie {
            _ if self.renewed || self.destroyed => self.now,
            ResponseCookie::Set(stored) => stored.created,
            ResponseCookie::Removed => self.now,
            _ => self.times().0,
        };
        ResponseCookie::Set(Stored {
            map,
            created,
            issued: now.max(created),
        })
    }
}

fn refreshed(origin: &Stored, now: u64) -> ResponseCookie {
    if now.saturating_sub(origin.issued) < IDLE / 10 {
        return ResponseCookie::Nothing;
    }
    ResponseCookie::Set(Stored {
        issued: now.max(origin.created),
        ..origin.clone()
    })
}

pub fn rejection(stored: &Stored, now: u64) -> Option<Reason> {
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
