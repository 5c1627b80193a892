//! Every public call of a map with thousands of keys, whatever the format.

use std::collections::BTreeMap;
use std::hint::black_box;

use axum_cookie_session::{MemoryRevocation, Session, SessionMap};

use super::headers::session;
use super::{Cases, Work};
use crate::configs::{native, now};

/// A call, with its name.
type Call = (&'static str, fn(&mut SessionMap, &[String]));

const CALLS: [Call; 9] = [
    ("set and listed", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        assert_eq!(map.keys().count(), keys.len());
        assert_eq!(map.len(), keys.len());
    }),
    ("set twice", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        map.extend(keys.iter().rev().map(|key| (key, 2)));
        assert_eq!(map.len(), keys.len());
    }),
    ("set and read", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        for key in keys {
            assert!(map.contains_key(key) && map.get(key) == Some(1));
            assert!(map.try_get::<u32>(key).is_ok());
        }
    }),
    ("set and removed", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        for key in keys {
            assert!(map.remove(key));
        }
        assert!(map.is_empty());
    }),
    ("set and removed from the end", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        for key in keys.iter().rev() {
            assert!(map.remove(key) && !map.contains_key(key));
        }
        assert!(map.is_empty());
    }),
    ("set and taken, while another is asked for", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        for key in keys {
            assert_eq!(map.take(key), Some(1));
            assert_eq!(map.get::<u32>("absent"), None);
        }
    }),
    ("set, cleared and set again", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        map.clear();
        assert!(map.is_empty());
        map.extend(keys.iter().map(|key| (key, 1)));
        assert_eq!(map.len(), keys.len());
    }),
    ("compared in another order", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        let other: SessionMap = keys.iter().rev().map(|key| (key, 1.0)).collect();
        assert!(*map == other && map.clone() == other);
        black_box(format!("{other:?}"));
    }),
    ("compared with one that differs", |map, keys| {
        map.extend(keys.iter().map(|key| (key, 1)));
        let mut other = map.clone();
        other.insert(&keys[keys.len() - 1], 2);
        assert!(*map != other);
    }),
];

pub(super) fn add(cases: &mut Cases) {
    for (what, call) in CALLS {
        cases.add(format!("a map: 2000, then 4000 keys {what}"), |times| {
            let keys: Vec<_> = (0..2000 * times).map(|n| format!("key {n}")).collect();
            let size = keys.iter().map(String::len).sum();
            Work::new(size, move || {
                let mut map = SessionMap::default();
                call(&mut map, &keys);
                black_box(map);
            })
        });
    }
    flash_messages(cases);
    cases.add(
        "a session: 400, then 800 keys, cloned and changed again",
        |times| {
            let config = native();
            Work::new(3200 * times, move || {
                let mut original = session(&config, &Default::default());
                original.extend((0..400 * times).map(|n| (format!("key {n}"), 1)));
                let mut clone = original.clone();
                clone.extend((0..400 * times).map(|n| (format!("late {n}"), 1)));
                drop(clone);
                drop(original);
            })
        },
    );
    cases.add("a session: 20, then 40 clones of 200 keys", |times| {
        let config = native();
        Work::new(8000 * times, move || {
            let mut original = session(&config, &Default::default());
            original.extend((0..200).map(|n| (format!("key {n}"), 1)));
            let clones: Vec<Session> = (0..20 * times).map(|_| original.clone()).collect();
            drop(clones);
            original.discard();
        })
    });
    cases.add(
        "a session: a typed map of 2000, then 4000 new keys",
        |times| {
            let config = native();
            Work::new(8000 * times, move || {
                let mut map: Session<BTreeMap<String, u32>> =
                    Session::from_headers(&Default::default(), &config);
                map.extend((0..2000 * times).map(|n| (format!("key {n}"), 1)));
                assert!(map.encoded_len().is_ok());
                map.discard();
            })
        },
    );
    cases.add("a config encodes 2000, then 4000 keys", |times| {
        let config = native();
        Work::new(8000 * times, move || {
            let map: SessionMap = (0..2000 * times).map(|n| (format!("key {n}"), 1)).collect();
            assert!(config.encode(&map).is_err());
        })
    });
    revocation(cases);
}

fn flash_messages(cases: &mut Cases) {
    cases.add("flash messages: 500, then 1000 in turn", |times| {
        Work::new(16_000 * times, move || {
            let mut map = SessionMap::default();
            for n in 0..500 * times {
                map.flash("info", format!("message {n}"));
            }
            assert!(!map.take_flashes().is_empty());
        })
    });
    for (what, message) in [
        ("a peer's messages", r#"["info","x"]"#),
        ("a peer's tuples", r#"{" t":["info",{" m":"x"}]}"#),
        ("values that are not messages", "[]"),
    ] {
        cases.add(format!("flash messages: 1500, then 3000 {what}"), |times| {
            let waiting = vec![message; 1500 * times].join(",");
            let waiting = serde_json::value::RawValue::from_string(format!("[{waiting}]"));
            let waiting = waiting.expect("JSON");
            Work::new(waiting.get().len(), move || {
                let mut map = SessionMap::default();
                map.insert("_flashes", &waiting);
                map.flash("info", "ours");
                assert!(!map.take_flashes().is_empty());
            })
        });
    }
    cases.add("flash messages: one of 20, then 40 kB", |times| {
        let message = "é\n".repeat(7000 * times);
        Work::new(message.len(), move || {
            let mut map = SessionMap::default();
            map.flash("info", &message);
            map.flash("info", &message);
            assert_eq!(map.take_flashes().len(), 1);
        })
    });
}

fn revocation(cases: &mut Cases) {
    for (what, by_key) in [("values", false), ("keys", true)] {
        cases.add(
            format!("a revocation: 2000, then 4000 {what}, set and forgotten"),
            |times| {
                Work::new(8000 * times, move || {
                    let revocation = MemoryRevocation::new();
                    for n in 0..2000 * times {
                        let (key, value) = if by_key { (n, 0) } else { (0, n) };
                        revocation
                            .revoke(key.to_string(), value, now())
                            .expect("a number is JSON");
                    }
                    revocation.prune(now() + std::time::Duration::from_secs(1));
                })
            },
        );
    }
}
