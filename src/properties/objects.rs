//! The members of an object, and splicing changes in.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::data::change::{Change, ChangeKind};
use crate::data::json_style::SERDE;
use crate::data::object::Object;
use crate::data::recorder;
use crate::properties::texts;

/// A text is a session exactly if serde_json reads it as an object, and then each key has the value
/// that it has there.
fn members_are_those_of_serde_json(text: &str) {
    let object = Object::new(text.to_owned(), &SERDE);
    let parsed: Result<BTreeMap<Cow<'_, str>, Box<RawValue>>, _> = serde_json::from_str(text);
    // serde reads a map from nothing else. Keys that are not Rust strings are in no short text.
    assert_eq!(object.is_valid(), parsed.is_ok(), "{text}");
    let Ok(parsed) = parsed else { return };
    assert_eq!(object.is_empty(), parsed.is_empty(), "{text}");
    assert_eq!(object.keys().count(), parsed.len(), "{text}");
    for (key, value) in parsed {
        assert_eq!(object.get(&key), Some(value.get()), "{text}");
    }
}

#[test]
fn every_short_text_has_the_members_that_serde_json_reads() {
    for text in texts("{}\"a:1, ", 5) {
        members_are_those_of_serde_json(&text);
        members_are_those_of_serde_json(&format!("{{{text}}}"));
        members_are_those_of_serde_json(&format!("{{\"a\":1{text}"));
    }
}

type Pairs = Vec<(String, String)>;

fn object(pairs: &Pairs, blank: &str) -> Object {
    let members: Vec<_> = pairs
        .iter()
        .map(|(key, value)| {
            format!(
                "{blank}{}{blank}:{blank}{value}{blank}",
                serde_json::to_string(key).unwrap()
            )
        })
        .collect();
    Object::new(format!("{blank}{{{}}}{blank}", members.join(",")), &SERDE)
}

/// Splicing sets, removes and appends keys as on a list of pairs; each key keeps the place of its
/// first member and, if it does not change, its text.
fn splice_is_a_list_of_pairs(before: &Pairs, changes: &[(String, Option<String>)], blank: &str) {
    let from = object(before, blank);
    let made: Vec<_> = changes
        .iter()
        .map(|(key, value)| {
            let kind = match value {
                Some(value) => ChangeKind::Set(value.into()),
                None => ChangeKind::Removed,
            };
            Change::new(key, kind)
        })
        .collect();
    let after = from.splice(&made, &SERDE).unwrap();
    assert!(after.is_valid(), "{}", after.text());
    if made.is_empty() {
        assert_eq!(after.text(), from.text());
    }

    let changed = |key: &str| changes.iter().find(|(changed, _)| changed == key);
    let mut expected: Pairs = Vec::new();
    for (key, value) in before {
        match changed(key) {
            None => expected.push((key.clone(), value.clone())),
            Some((_, Some(new))) if !expected.iter().any(|(there, _)| there == key) => {
                expected.push((key.clone(), new.clone()));
            }
            Some(_) => {}
        }
    }
    for (key, value) in changes {
        let is_new = !before.iter().any(|(there, _)| there == key);
        expected.extend(
            value
                .clone()
                .filter(|_| is_new)
                .map(|value| (key.clone(), value)),
        );
    }
    let entries: Vec<_> = after
        .entries()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    assert_eq!(entries, expected, "{} {changes:?}", from.text());

    // And back: the changes between both texts make one of the other.
    let back = after.splice(&from.changes_since(&after), &SERDE).unwrap();
    assert!(from.changes_since(&back).is_empty() && back.changes_since(&from).is_empty());
}

#[test]
fn small_objects_are_spliced_like_lists_of_pairs() {
    let values = [None, Some("1".to_owned()), Some("\"x\"".to_owned())];
    let keys = ["a", "b", "é"];
    let mut objects: Vec<Pairs> = vec![Vec::new()];
    for len in 0..3 {
        let shorter: Vec<_> = objects
            .iter()
            .filter(|pairs| pairs.len() == len)
            .cloned()
            .collect();
        for pairs in shorter {
            for key in keys {
                for value in ["1", "{\"b\":[2]}"] {
                    let mut longer = pairs.clone();
                    longer.push((key.to_owned(), value.to_owned()));
                    objects.push(longer);
                }
            }
        }
    }
    for before in &objects {
        for first in &values {
            for second in &values {
                let changes = [
                    ("a".to_owned(), first.clone()),
                    ("é".to_owned(), second.clone()),
                ];
                for changes in [&changes[..0], &changes[..1], &changes[..]] {
                    for blank in ["", " "] {
                        splice_is_a_list_of_pairs(before, changes, blank);
                    }
                }
            }
        }
    }
}

#[test]
fn white_space_before_a_comma_is_not_kept_if_the_object_is_written() {
    let from = Object::new("{\"a\":1 ,\"b\":2,\"c\":3}".to_owned(), &SERDE);
    let after = from.splice(&[Change::set("d", "4")], &SERDE).unwrap();
    assert_eq!(after.text(), "{\"a\":1,\"b\":2,\"c\":3,\"d\":4}");
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("null".to_owned()),
        Just("1.50e+3".to_owned()),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            vec((any::<String>(), inner), 0..4)
                .prop_map(|pairs| object(&pairs, "").text().to_owned()),
        ]
    })
}

/// A few keys, so that some repeat, and any others.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![2 => "[abc]", 1 => any::<String>()]
}

proptest! {
    #[test]
    fn any_object_has_the_members_that_serde_json_reads(pairs in vec((key(), json()), 0..40)) {
        members_are_those_of_serde_json(object(&pairs, " ").text());
    }

    #[test]
    fn any_object_is_spliced_like_a_list_of_pairs(
        before in vec((key(), json()), 0..40),
        changes in proptest::collection::btree_map(key(), proptest::option::of(json()), 0..24),
    ) {
        let changes: Vec<_> = changes.into_iter().collect();
        splice_is_a_list_of_pairs(&before, &changes, "");
    }
}

/// The members that are noted while a value is written are those that parsing its text finds.
/// Returns whether they were noted.
fn recorded_members_are_those_of_the_text(value: &impl Serialize) -> bool {
    let recorded = recorder::write(value).unwrap();
    let is_recorded = recorded.is_indexed();
    let parsed = Object::from_serde(serde_json::to_string(value).unwrap());
    assert_eq!(recorded.text(), parsed.text());
    assert_eq!(recorded.is_valid(), parsed.is_valid());
    assert!(recorded.raw_entries().eq(parsed.raw_entries()));
    is_recorded
}

#[test]
fn values_of_every_kind_are_recorded_as_they_are_parsed() {
    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(u8),
        Struct { nested: BTreeMap<&'static str, u8> },
    }

    #[derive(Serialize)]
    struct Flattened {
        before: Option<u8>,
        #[serde(flatten)]
        rest: BTreeMap<&'static str, Shape>,
        after: [[u8; 1]; 2],
    }

    assert!(recorded_members_are_those_of_the_text(&Flattened {
        before: None,
        rest: BTreeMap::from([
            ("\"", Shape::Unit),
            ("b", Shape::Newtype(1)),
            (
                "\u{1}",
                Shape::Struct {
                    nested: BTreeMap::from([("c", 2)]),
                },
            ),
        ]),
        after: [[1], [2]],
    }));
    assert!(recorded_members_are_those_of_the_text(&Shape::Newtype(1)));
    assert!(recorded_members_are_those_of_the_text(&json!({ "a": {} })));
    assert!(recorded_members_are_those_of_the_text(&json!({})));

    // serde_json does not write the members of these itself, or it writes no object.
    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    let members = BTreeMap::from([("a", raw("{ \"inner\" : 1 }"))]);
    assert!(!recorded_members_are_those_of_the_text(&members));
    let raw = raw("{ \"a\" : 1, \"\\ud800\": 2 }");
    assert!(!recorded_members_are_those_of_the_text(&raw));
    assert!(!recorded_members_are_those_of_the_text(&[json!({})]));
    assert!(!recorded_members_are_those_of_the_text(&Value::Null));
}

/// Breaks the contract of `Serialize`.
enum Broken {
    FieldOfAnEmptyStruct,
    ItemOfAnEmptyArray,
    KeyWithoutValue,
    ValueWithoutKey,
    RawText,
}

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::FieldOfAnEmptyStruct => {
                let mut broken = serializer.serialize_struct("Broken", 0)?;
                broken.serialize_field("a", &1)?;
                broken.end()
            }
            Self::ItemOfAnEmptyArray => {
                let mut broken = serializer.serialize_seq(Some(0))?;
                broken.serialize_element(&1)?;
                broken.end()
            }
            Self::KeyWithoutValue => {
                let mut broken = serializer.serialize_map(None)?;
                broken.serialize_key("a")?;
                broken.end()
            }
            Self::ValueWithoutKey => {
                let mut broken = serializer.serialize_map(None)?;
                broken.serialize_value(&1)?;
                broken.end()
            }
            Self::RawText => {
                let name = "$serde_json::private::RawValue";
                let mut broken = serializer.serialize_struct(name, 1)?;
                broken.serialize_field(name, "{]")?;
                broken.end()
            }
        }
    }
}

#[test]
fn text_that_is_not_json_is_refused_although_serde_json_wrote_it() {
    let all = || {
        [
            Broken::FieldOfAnEmptyStruct,
            Broken::ItemOfAnEmptyArray,
            Broken::KeyWithoutValue,
            Broken::ValueWithoutKey,
            Broken::RawText,
        ]
    };
    for broken in all() {
        assert!(!recorded_members_are_those_of_the_text(&broken));
        assert!(!recorder::write(&broken).unwrap().is_valid());
    }
    for broken in all() {
        let nested = BTreeMap::from([("a", BTreeMap::from([("b", [broken])]))]);
        recorded_members_are_those_of_the_text(&nested);
        assert!(!recorder::write(&nested).unwrap().is_valid());
    }
}

proptest! {
    #[test]
    fn random_objects_are_recorded_as_they_are_parsed(
        pairs in vec((key(), json()), 0..8),
        inner in vec((key(), json()), 0..4),
    ) {
        let mut map: BTreeMap<String, Value> = pairs
            .into_iter()
            .map(|(key, value)| (key, serde_json::from_str(&value).unwrap()))
            .collect();
        let inner: BTreeMap<String, String> = inner.into_iter().collect();
        map.insert("inner".to_owned(), json!([inner]));
        recorded_members_are_those_of_the_text(&map);
    }
}
