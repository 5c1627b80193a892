//! Real sessions, compared with the model.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum_cookie_session::{Session, SessionConfig, SessionData, SessionMap};
use axum_cookie_session_fuzz::clock;
use serde_json::Value as Json;

use crate::map::{Map, Typed, text};
use crate::model::{Contents, Model};
use crate::step::{End, KEYS, Key, Kind, Step, Value};

/// A real session.
pub enum Real {
    Dictionary(Session),
    Typed(Session<Typed>),
}

impl Real {
    pub fn new(kind: Kind, headers: &HeaderMap, config: &SessionConfig) -> Self {
        match kind {
            Kind::Dictionary => Self::Dictionary(Session::from_headers(headers, config)),
            Kind::Typed => Self::Typed(Session::from_headers(headers, config)),
        }
    }

    pub fn end(self, end: End, response: Response) -> Response {
        match (self, end) {
            (Self::Dictionary(session), End::Return) => (session, response).into_response(),
            (Self::Typed(session), End::Return) => (session, response).into_response(),
            (Self::Dictionary(session), End::Discard) => {
                session.discard();
                response
            }
            (Self::Typed(session), End::Discard) => {
                session.discard();
                response
            }
            (_, End::Drop) => response,
        }
    }

    pub fn agrees(&self, model: &Model) {
        match (self, &model.contents) {
            (
                Self::Dictionary(session),
                Contents::Dictionary {
                    map,
                    not_serializable,
                },
            ) => {
                common(session, model);
                dictionary(session, map, not_serializable);
            }
            (Self::Typed(session), Contents::Typed { value, .. }) => {
                common(session, model);
                assert_eq!(&**session, value);
            }
            _ => unreachable!(),
        }
    }
}

pub fn common<T: SessionData>(session: &Session<T>, model: &Model) {
    assert_eq!(session.status(), model.status);
    let (created, issued) = model.times();
    assert_eq!(session.created_at(), clock::at(created));
    assert_eq!(session.issued_at(), clock::at(issued));
    assert_eq!(session.encoded_len().ok(), model.len());
}

pub fn dictionary(session: &Session, map: &Map, not_serializable: &BTreeSet<String>) {
    let keys: BTreeSet<_> = session.keys().collect();
    let expected: BTreeSet<_> = map
        .keys()
        .chain(not_serializable)
        .map(String::as_str)
        .collect();
    assert_eq!(keys, expected);
    assert_eq!(session.len(), expected.len());
    assert_eq!(session.is_empty(), expected.is_empty());
    for key in KEYS {
        assert_eq!(session.contains_key(key), expected.contains(key));
        let value = map.get(key).map(|text| serde_json::from_str::<Json>(text));
        assert_eq!(
            session.get::<Json>(key),
            value.map(|value| value.expect("JSON"))
        );
        let tried = session.try_get::<Json>(key);
        assert_eq!(tried.is_err(), not_serializable.contains(key));
    }
}

/// A dictionary of its own.
pub fn data(members: &[(Key, Value)]) -> SessionMap {
    let mut data = SessionMap::default();
    for (key, value) in members {
        insert(&mut data, key.name(), value);
    }
    data
}

pub fn insert(data: &mut SessionMap, key: &str, value: &Value) {
    match value.json() {
        Some(json) => data.insert(key, json),
        // Only text can be a key in JSON.
        None => data.insert(key, BTreeMap::from([((1, 2), 3)])),
    }
}

pub fn step(
    real: &mut Real,
    model: &mut Model,
    step: &Step,
    other: Option<(SessionMap, Contents)>,
) {
    match (&mut *real, step) {
        (Real::Dictionary(session), Step::Renew) => session.renew(),
        (Real::Typed(session), Step::Renew) => session.renew(),
        (Real::Dictionary(session), Step::Destroy) => session.destroy(),
        (Real::Typed(session), Step::Destroy) => session.destroy(),
        (Real::Dictionary(session), Step::Clone) => *session = session.clone(),
        (Real::Typed(session), Step::Clone) => *session = session.clone(),
        (Real::Dictionary(session), Step::ChangeClone(key)) => {
            session.clone().insert(key.name(), "a clone's");
        }
        (Real::Typed(session), Step::ChangeClone(_)) => session.clone().visits = 99,
        _ => {}
    }
    match step {
        Step::Renew => model.renewed = true,
        Step::Destroy => model.destroy(),
        _ => {}
    }
    match real {
        Real::Dictionary(session) => dictionary_step(session, model, step, other),
        Real::Typed(session) => typed_step(session, model, step),
    }
    real.agrees(model);
}

pub fn dictionary_step(
    session: &mut Session,
    model: &mut Model,
    step: &Step,
    other: Option<(SessionMap, Contents)>,
) {
    let Contents::Dictionary {
        map,
        not_serializable,
    } = &mut model.contents
    else {
        unreachable!();
    };
    match step {
        Step::Insert(key, value) => {
            insert(session, key.name(), value);
            model.set(key.name(), value);
        }
        Step::Remove(key) => {
            let there = map.remove(key.name()).is_some() | not_serializable.remove(key.name());
            assert_eq!(session.remove(key.name()), there);
        }
        Step::TakeNumber(key) => {
            let number = map
                .get(key.name())
                .and_then(|text| text.parse::<i64>().ok());
            assert_eq!(session.take::<i64>(key.name()), number);
            if number.is_some() {
                map.remove(key.name());
            }
        }
        Step::TakeText(key) => {
            let json = map.get(key.name()).map(|text| serde_json::from_str(text));
            let text = json.and_then(|json| match json {
                Ok(Json::String(text)) => Some(text),
                _ => None,
            });
            assert_eq!(session.take::<String>(key.name()), text);
            if text.is_some() {
                map.remove(key.name());
            }
        }
        Step::Clear => {
            session.clear();
            map.clear();
            not_serializable.clear();
        }
        Step::Flash(category, message) => {
            session.flash(category, message);
            let pair = Json::from(vec![category.clone(), message.clone()]);
            let mut list = waiting(map);
            // What waits already is not added again, and at most 8 wait: the oldest goes.
            if !list.contains(&pair) {
                let is_flash = |item: &Json| flash(item).is_some();
                while list.iter().filter(|item| is_flash(item)).count() >= 8 {
                    let oldest = list.iter().position(is_flash);
                    list.remove(oldest.expect("one of 8"));
                }
                list.push(pair);
                not_serializable.remove("_flashes");
                map.insert("_flashes".to_owned(), text(&list.into()));
            }
        }
        Step::TakeFlashes => {
            let taken: Vec<_> = session
                .take_flashes()
                .into_iter()
                .map(|flash| (flash.category, flash.message))
                .collect();
            let pairs: Vec<_> = waiting(map).iter().filter_map(flash).collect();
            assert_eq!(taken, pairs);
            map.remove("_flashes");
            not_serializable.remove("_flashes");
        }
        Step::Replace(members) => {
            **session = data(members);
            map.clear();
            not_serializable.clear();
            for (key, value) in members {
                model.set(key.name(), value);
            }
        }
        Step::CopyFrom(_) => {
            if let Some((data, contents)) = other {
                **session = data;
                model.contents = contents;
            }
        }
        _ => {}
    }
}

/// The list of the flash messages, with what else may be in it.
fn waiting(map: &Map) -> Vec<Json> {
    let list = map.get("_flashes").map(|text| serde_json::from_str(text));
    list.and_then(Result::ok).unwrap_or_default()
}

/// A category and a message. No step makes one that is not text.
fn flash(item: &Json) -> Option<(String, String)> {
    let [category, message] = item.as_array()?.as_slice() else {
        return None;
    };
    Some((category.as_str()?.to_owned(), message.as_str()?.to_owned()))
}

pub fn typed_step(session: &mut Session<Typed>, model: &mut Model, step: &Step) {
    let Contents::Typed { value, .. } = &mut model.contents else {
        unreachable!();
    };
    match step {
        Step::SetVisits(visits) => {
            session.visits = *visits;
            value.visits = *visits;
        }
        Step::SetUser(user) => {
            session.user.clone_from(user);
            value.user.clone_from(user);
        }
        Step::PushTag(tag) => {
            session.tags.push(*tag);
            value.tags.push(*tag);
        }
        Step::Reset => {
            **session = Typed::default();
            *value = Typed::default();
        }
        _ => {}
    }
}
