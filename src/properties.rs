//! Properties of the pure functions that everything hangs on: over all small inputs, and over random
//! large ones.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::value::RawValue;

use crate::config::timeouts::Timeouts;
use crate::cookie::request::candidates;
use crate::data::change::{Change, ChangeKind};
use crate::data::json_style::SERDE;
use crate::data::object::Object;
use crate::status::Reason;
use crate::token::binding::Binding;
use crate::token::timestamps::{LEEWAY, Timestamps};

/// All texts of at most `len` of these characters.
fn texts(alphabet: &str, len: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..len {
        let longer = all[from..]
            .iter()
            .flat_map(|text| alphabet.chars().map(move |c| format!("{text}{c}")));
        let longer: Vec<_> = longer.collect();
        from = all.len();
        all.extend(longer);
    }
    all
}

fn timestamps(created: u32, issued: u32, binding: Option<(u64, bool)>) -> Timestamps {
    Timestamps {
        created: created.into(),
        issued: issued.into(),
        binding: binding.map(|(id, bound)| Binding {
            id: id.to_be_bytes(),
            bound,
        }),
    }
}

fn encoded(timestamps: Timestamps) -> String {
    let mut text = String::new();
    timestamps.encode(&mut text);
    text
}

/// Timestamps that are written are read back as they were.
fn timestamps_round_trip(created: u32, issued: u32, binding: Option<(u64, bool)>) {
    let before = timestamps(created, issued, binding);
    assert_eq!(Timestamps::decode(&encoded(before)), Some(before));
}

#[test]
fn small_timestamps_are_read_as_they_were_written() {
    for created in 0..40 {
        for issued in 0..40 {
            for binding in [
                None,
                Some((0, false)),
                Some((1, true)),
                Some((u64::MAX, true)),
            ] {
                timestamps_round_trip(created, issued, binding);
            }
        }
    }
}

/// A text that is read as timestamps is the one that writes them: no two texts mean the same.
fn timestamps_have_one_text(text: &str) {
    if let Some(timestamps) = Timestamps::decode(text) {
        assert_eq!(encoded(timestamps), text);
    }
}

#[test]
fn every_last_character_of_timestamps_is_canonical_or_refused() {
    for binding in [None, Some((7, true))] {
        let text = encoded(timestamps(1_700_000_000, 1_700_000_001, binding));
        for last in 0..=127_u8 {
            timestamps_have_one_text(&format!("{}{}", &text[..text.len() - 1], char::from(last)));
        }
        for len in 0..text.len() {
            timestamps_have_one_text(&text[..len]);
        }
    }
}

/// A session is accepted exactly if it was not issued more than the leeway ahead, not issued before
/// it was created, and is not older than a timeout; the reasons come in this order.
fn timeouts_are_as_documented(created: u64, issued: u64, now: u64, idle: u64, absolute: u64) {
    let [c, i, n] = [created, issued, now].map(i128::from);
    let expected = if i > n + i128::from(LEEWAY) {
        Err(Reason::IssuedInFuture)
    } else if c > i {
        Err(Reason::Malformed)
    } else if n - i > idle.into() {
        Err(Reason::IdleTimeout)
    } else if n - c > absolute.into() {
        Err(Reason::AbsoluteTimeout)
    } else {
        Ok(())
    };
    let timeouts = Timeouts {
        idle: Duration::from_secs(idle),
        absolute: Duration::from_secs(absolute),
    };
    let timestamps = Timestamps {
        created,
        issued,
        binding: None,
    };
    let checked = timeouts.check(timestamps, Duration::from_secs(now), false);
    assert_eq!(
        checked, expected,
        "{created} {issued} {now} {idle} {absolute}"
    );
    // Half a second over a timeout counts only if the format counts it.
    let later = Duration::new(now, 500_000_000);
    assert_eq!(timeouts.check(timestamps, later, false), expected);
    if expected.is_ok() {
        let is_over = n - i == idle.into() || n - c == absolute.into();
        assert_eq!(timeouts.check(timestamps, later, true).is_err(), is_over);
        // The browser forgets the cookie no later than the server, but for a second.
        let max_age = u64::from(timeouts.max_age(timestamps, now));
        let left = i128::from(absolute) - (n - c).max(0);
        assert_eq!(
            i128::from(max_age),
            left.min(idle.into()).clamp(1, u32::MAX.into())
        );
    }
    let age = (n - i).max(0);
    assert_eq!(
        timeouts.refresh_is_due(timestamps, now),
        age * 10 >= i128::from(idle)
    );
}

#[test]
fn small_times_pass_the_timeouts_as_documented() {
    let times = [0, 1, 2, 9, 10, 59, 60, 61, 62, 70];
    for created in times {
        for issued in times {
            for now in times {
                for idle in [1, 2, 9, 10, 60] {
                    for absolute in [1, 9, 60, 61] {
                        timeouts_are_as_documented(created, issued, now, idle, absolute);
                    }
                }
            }
        }
    }
}

/// The values of a name are those of the pairs between semicolons, without the blanks around each
/// pair, in the order of the headers.
fn pairs_are_found(headers: &[String], name: &str) {
    let map: HeaderMap = headers
        .iter()
        .map(|header| (COOKIE, HeaderValue::from_str(header).unwrap()))
        .collect();
    let pairs = headers.iter().flat_map(|header| header.split(';'));
    let pairs = pairs.map(|pair| pair.trim_matches([' ', '\t']));
    let values = pairs.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let mut expected: Vec<_> = values.map(str::as_bytes).collect();
    assert_eq!(
        candidates(&map, name, false).collect::<Vec<_>>(),
        expected,
        "{headers:?}"
    );
    expected.reverse();
    assert_eq!(
        candidates(&map, name, true).collect::<Vec<_>>(),
        expected,
        "{headers:?}"
    );
}

#[test]
fn the_pairs_of_every_short_cookie_header_are_found() {
    for text in texts("ab=; \t", 6) {
        pairs_are_found(&[text], "a");
    }
    for first in texts("a=; ", 3) {
        for second in texts("a=; ", 3) {
            pairs_are_found(&[first.clone(), second], "a");
        }
    }
}

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
    fn any_timestamps_are_read_as_they_were_written(created: u32, issued: u32, binding: Option<(u64, bool)>) {
        timestamps_round_trip(created, issued, binding);
    }

    #[test]
    fn any_text_means_timestamps_only_if_it_is_theirs(text in "[A-Za-z0-9_-]{10,24}") {
        timestamps_have_one_text(&text);
    }

    #[test]
    fn any_times_pass_the_timeouts_as_documented(
        created: u32, issued: u32, now: u32, idle in 1..u64::MAX / 2, absolute in 1..u64::MAX / 2,
        near in 0..200_u64,
    ) {
        timeouts_are_as_documented(created.into(), issued.into(), now.into(), idle, absolute);
        let [created, issued] = [u64::from(created), u64::from(created) + near];
        timeouts_are_as_documented(created, issued, issued + near, near.max(1), near * 2 + 1);
    }

    #[test]
    fn the_pairs_of_any_cookie_headers_are_found(headers in vec("([ab]?=?[;= \ta-c]{0,40}){0,8}", 0..4)) {
        pairs_are_found(&headers, "a");
        pairs_are_found(&headers, "ab");
    }

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
