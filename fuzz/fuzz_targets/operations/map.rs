//! The contents of a session, and of a typed session, in maps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

#[derive(Default, Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    pub visits: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    pub tags: Vec<u8>,
}

/// JSON text by key.
pub type Map = BTreeMap<String, String>;

/// What a cookie holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub map: Map,
    pub created: u64,
    pub issued: u64,
}

pub fn text(json: &Json) -> String {
    json.to_string()
}

pub fn object(map: &Map) -> String {
    let members: Vec<_> = map
        .iter()
        .map(|(key, value)| format!("{}:{value}", Json::from(key.as_str())))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// Of the cookie's name and value.
pub fn cookie_len(map: &Map) -> usize {
    let base64 = (object(map).len() * 4).div_ceil(3);
    "session".len() + "1.".len() + base64 + ".".len() + 11 + ".".len() + 22
}

pub fn fits(map: &Map) -> bool {
    cookie_len(map) <= 4096
}

/// What turns one map into another; none is a removal.
pub type Changes = BTreeMap<String, Option<String>>;

pub fn changes(before: &Map, after: &Map) -> Changes {
    let set = after
        .iter()
        .filter(|(key, value)| before.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), Some(value.clone())));
    let removed = before
        .keys()
        .filter(|key| !after.contains_key(*key))
        .map(|key| (key.clone(), None));
    set.chain(removed).collect()
}

pub fn with(base: &Map, changes: &Changes) -> Map {
    let mut map = base.clone();
    for (key, value) in changes {
        match value {
            Some(value) => map.insert(key.clone(), value.clone()),
            None => map.remove(key),
        };
    }
    map
}

impl Typed {
    pub fn map(&self) -> Map {
        let mut map = Map::new();
        map.insert("visits".to_owned(), self.visits.to_string());
        map.insert("tags".to_owned(), text(&self.tags.clone().into()));
        if let Some(user) = &self.user {
            map.insert("user".to_owned(), text(&user.clone().into()));
        }
        map
    }

    pub fn from_map(map: &Map) -> Option<Self> {
        let json = |text: &String| serde_json::from_str::<Json>(text).expect("JSON");
        let map = map.iter().map(|(key, value)| (key.clone(), json(value)));
        serde_json::from_value(Json::Object(map.collect())).ok()
    }
}
