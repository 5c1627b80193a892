//! What can be done to a session.

use arbitrary::Arbitrary;
use serde_json::Value as Json;

pub const KEYS: [&str; 10] = [
    "visits", "user", "tags", "_flashes", "a", "b", "é\"\\", "", "0", " t",
];

#[derive(Arbitrary, Debug, Clone, Copy)]
pub enum Kind {
    Dictionary,
    Typed,
}

#[derive(Arbitrary, Debug, Clone, Copy)]
pub struct Key(u8);

impl Key {
    pub fn name(self) -> &'static str {
        KEYS[usize::from(self.0) % KEYS.len()]
    }
}

#[derive(Arbitrary, Debug, Clone)]
pub enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Small(u8),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Pairs(Vec<(String, String)>),
    Long(u16),
    NotSerializable,
}

impl Value {
    pub fn json(&self) -> Option<Json> {
        Some(match self {
            Self::Null => Json::Null,
            Self::Bool(value) => (*value).into(),
            Self::Integer(value) => (*value).into(),
            Self::Small(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(value) => value.clone().into(),
            Self::Bytes(value) => value.clone().into(),
            Self::Pairs(pairs) => serde_json::to_value(pairs).expect("JSON"),
            Self::Long(len) => "x".repeat(usize::from(*len) % 3000).into(),
            Self::NotSerializable => return None,
        })
    }
}

#[derive(Arbitrary, Debug, Clone)]
pub enum Step {
    Insert(Key, Value),
    Remove(Key),
    TakeNumber(Key),
    TakeText(Key),
    Clear,
    Flash(String, String),
    TakeFlashes,
    Renew,
    Destroy,
    /// Goes on with a clone, and drops the original.
    Clone,
    /// Changes a clone that is dropped.
    ChangeClone(Key),
    Replace(Vec<(Key, Value)>),
    /// With the map of another session of the request.
    CopyFrom(u8),
    SetVisits(u32),
    SetUser(Option<String>),
    PushTag(u8),
    Reset,
}

#[derive(Arbitrary, Debug, Clone, Copy, PartialEq)]
pub enum End {
    Return,
    Discard,
    Drop,
}
