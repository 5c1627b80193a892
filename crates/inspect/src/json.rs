//! JSON as it is written: keys in their order, numbers with all their digits.

use std::fmt;

use indexmap::IndexMap;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The keys of a session; of a repeated one the last counts.
pub(crate) type Members = IndexMap<String, Member>;

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) value: Box<RawValue>,
    /// Of JSON: the key as it is written, the colon and the value.
    pub(crate) bytes: usize,
}

/// Why a text has no members.
#[derive(Debug)]
pub(crate) struct NoMembers {
    /// The end of a sentence that begins with "the payload" or "the session".
    pub(crate) why: &'static str,
    /// Line and column from which on it is not read; none of a value that is not an object.
    pub(crate) from: Option<(usize, usize)>,
}

/// Reads the text of an object.
pub(crate) fn members(json: &str) -> Result<Members, NoMembers> {
    let written = serde_json::from_str(json).map(|Written(members)| members);
    written.map_err(|error| {
        let from = Some((error.line(), error.column()));
        let (why, from) = match serde_json::from_str::<&RawValue>(json) {
            // A key may hold half a pair of surrogates (RFC 8259, section 8.2), and a `String` none.
            Ok(value) if value.get().starts_with('{') => {
                ("is not a JSON object that is read here", from)
            }
            Ok(_) => ("is JSON, but not a JSON object", None),
            Err(_) => ("is not JSON", from),
        };
        NoMembers { why, from }
    })
}

struct Written(Members);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Measured).map(Self)
    }
}

/// Reads members, and measures them.
struct Measured;

impl<'de> Visitor<'de> for Measured {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::new();
        // With its escapes, in which some frameworks write all keys that are not ASCII.
        while let Some(written) = map.next_key::<&RawValue>()? {
            let key = serde_json::from_str(written.get()).map_err(A::Error::custom)?;
            let value: Box<RawValue> = map.next_value()?;
            let bytes = written.get().len() + ":".len() + value.get().len();
            members.insert(key, Member { value, bytes });
        }
        Ok(members)
    }
}

/// Deeper values are written as they came: each level takes stack, and an attacker writes them.
const MAX_DEPTH: usize = 64;

/// A value whose members are laid out again, and whose scalars keep their text.
pub(crate) struct Exact<'a> {
    value: &'a RawValue,
    depth: usize,
}

impl<'a> Exact<'a> {
    pub(crate) fn new(value: &'a RawValue) -> Self {
        Self { value, depth: 1 }
    }
}

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.value.get();
        let depth = self.depth + 1;
        if depth <= MAX_DEPTH {
            if let Ok(members) = serde_json::from_str::<IndexMap<String, &RawValue>>(text) {
                let members = members.into_iter();
                return serializer
                    .collect_map(members.map(|(key, value)| (key, Exact { value, depth })));
            }
            if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) {
                let items = items.into_iter();
                return serializer.collect_seq(items.map(|value| Exact { value, depth }));
            }
        }
        self.value.serialize(serializer)
    }
}

/// The members of a session, to be written so.
pub(crate) fn exact(members: &Members) -> IndexMap<&str, Exact<'_>> {
    let members = members.iter();
    members
        .map(|(key, member)| (key.as_str(), Exact::new(&member.value)))
        .collect()
}

/// A key with the bytes of JSON that it takes, with its colon and its value.
#[derive(Debug, Serialize)]
pub(crate) struct KeySize<'a> {
    pub(crate) key: &'a str,
    pub(crate) bytes: usize,
}

/// The keys of a session with their sizes, in their order.
pub(crate) fn sizes(members: &Members) -> Vec<KeySize<'_>> {
    members
        .iter()
        .map(|(key, member)| KeySize {
            key,
            bytes: member.bytes,
        })
        .collect()
}
