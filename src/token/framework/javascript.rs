//! JSON as `JSON.stringify` writes it.

use std::borrow::Cow;

use crate::data::json_style::{JsonStyle, Member, SERDE};
use crate::data::object::Object;
use crate::token::base64;
use crate::token::framework::number;

pub(super) const JAVASCRIPT: JsonStyle = JsonStyle {
    number: number::javascript,
    object: |members| {
        indices_first(members);
        Ok(None)
    },
    ..JsonStyle::PLAIN
};

/// The JSON of a payload. Express and React Router read `null` as an empty session.
pub(super) fn decode(payload: &str) -> Option<String> {
    let json = String::from_utf8(base64::decode_standard(payload)?).ok()?;
    Some(if json == "null" {
        "{}".to_owned()
    } else {
        json
    })
}

/// JavaScript's objects have their array indices first, in ascending order (ECMA-262, section
/// 10.1.11.1).
fn indices_first(members: &mut [Member<'_>]) {
    members.sort_by_key(|(key, _)| index(key.trim_matches('"')).unwrap_or(u32::MAX));
}

/// The same for the session itself, whose members are not rewritten.
pub(super) fn indices_first_in_root(json: &str) -> Cow<'_, str> {
    let session = Object::new(json.to_owned(), &SERDE);
    if session.entries().all(|(key, _)| index(key).is_none()) {
        return Cow::Borrowed(json);
    }
    // The keys of the root keep their escapes, which do not matter for the order.
    let mut members: Vec<_> = session.raw_entries().collect();
    members.sort_by_key(|(key, ..)| key.and_then(index).unwrap_or(u32::MAX));
    let members = members
        .iter()
        .map(|(_, quoted, value)| format!("{quoted}:{value}"));
    Cow::Owned(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
}

fn index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok().filter(|index| *index != u32::MAX)?;
    (index.to_string() == key).then_some(index)
}
