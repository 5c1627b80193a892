//! What a session can hold, in every format: written by the application, or come under a good MAC.

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;

use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum_cookie_session::{MemoryRevocation, Session, SessionConfig, SessionMap};
use serde_json::value::RawValue;

use super::headers::session;
use super::{Cases, Work};
use crate::configs::{built, contents, headers, key, noise, now};
use crate::format::{FORMATS, Format};
use crate::signed;

pub(super) fn add(cases: &mut Cases) {
    for format in &FORMATS {
        let config = format.config();
        written(cases, format, &config);
        received(cases, format, &config);
        fallback(cases, format, &config);
        several(cases, format, &config);
    }
    tags_of_flask(cases);
}

fn raw(json: String) -> Box<RawValue> {
    RawValue::from_string(json).expect("JSON")
}

/// `{"0":0,"1":0,..}`
fn keys(range: impl Iterator<Item = usize>) -> String {
    let members: Vec<_> = range.map(|n| format!("\"{n}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

/// `{"é0":0,..}`, each key with an escape.
fn escaped_keys(count: usize) -> String {
    let members: Vec<_> = (0..count).map(|n| format!(r#""\u00e9{n}":0"#)).collect();
    format!("{{{}}}", members.join(","))
}

/// `{"a":0,"a":0,..}`
fn repeated_keys(count: usize) -> String {
    format!("{{{}}}", vec!["\"a\":0"; count].join(","))
}

/// A text of 30 kB inside so many objects or arrays.
fn nested(depth: usize, [open, close]: [&str; 2]) -> String {
    let text = "x".repeat(30_000);
    format!("{}\"{text}\"{}", open.repeat(depth), close.repeat(depth))
}

/// What the application inserts, and what `encoded_len` makes of it.
fn written(cases: &mut Cases, format: &Format, config: &SessionConfig) {
    let insert = |json: String| {
        let config = config.clone();
        let size = json.len();
        let value = raw(json);
        Work::new(size, move || {
            let mut session = session(&config, &Default::default());
            session.insert("v", &value);
            let _ = black_box(session.encoded_len());
            // What does not fit is refused, which costs something too.
            black_box((session, ()).into_response());
        })
    };
    cases.add(
        format!("{format}: 200, then 400 keys set, removed, set again and cleared"),
        |times| {
            let config = config.clone();
            let keys: Vec<_> = (0..200 * times).map(|n| format!("{n}")).collect();
            Work::new(keys.iter().map(String::len).sum(), move || {
                let mut session = session(&config, &Default::default());
                for value in [1, 2] {
                    session.extend(keys.iter().map(|key| (key, value)));
                    let _ = black_box(session.encoded_len());
                    assert!(keys.iter().all(|key| session.remove(key)));
                    assert!(session.is_empty());
                }
                session.extend(keys.iter().map(|key| (key, 3)));
                session.clear();
                session.extend(keys.iter().map(|key| (key, 4)));
                let _ = black_box(session.encoded_len());
                black_box((session, ()).into_response());
            })
        },
    );
    cases.add(
        format!("{format}: 2500, then 5000 keys in one value"),
        |times| insert(keys(0..2500 * times)),
    );
    cases.add(
        format!("{format}: 2500, then 5000 keys in one value, backwards"),
        |times| insert(keys((0..2500 * times).rev())),
    );
    cases.add(
        format!("{format}: 2000, then 4000 keys with escapes in one value"),
        |times| insert(escaped_keys(2000 * times)),
    );
    cases.add(
        format!("{format}: 5000, then 10000 times one key in one value"),
        |times| insert(repeated_keys(5000 * times)),
    );
    cases.add(
        format!("{format}: 20000, then 40000 keys in one value, too many"),
        |times| insert(keys(0..20_000 * times)),
    );
    for (what, around) in [
        ("objects", [r#"{"a":"#, "}"]),
        ("arrays", ["[", "]"]),
        ("both", [r#"[{"a":"#, "}]"]),
    ] {
        let levels = if what == "both" { 24 } else { 48 };
        cases.add(
            format!("{format}: a text in 48, then 96 levels of {what}"),
            |times| insert(nested(levels * times, around)),
        );
    }
    cases.add(
        format!("{format}: 2500, then 5000 objects in an array"),
        |times| insert(format!("[{}]", vec![r#"{"a":[]}"#; 2500 * times].join(","))),
    );
    // The error names the keys that take the most, compressed if they would be.
    cases.add(
        format!("{format}: a text of 6000, then 12000 letters in no order, too many"),
        |times| insert(format!("\"{}\"", noise(6000 * times))),
    );
    cases.add(
        format!("{format}: a number of 15000, then 30000 digits"),
        |times| insert(format!("0.{}", "123".repeat(5000 * times))),
    );
    cases.add(
        format!("{format}: a text of 5000, then 10000 characters beyond ASCII"),
        |times| insert(format!("\"{}\"", "é😀".repeat(2500 * times))),
    );
}

/// What `handle` makes of a request whose cookie holds `json` under a good MAC.
fn request(format: &Format, config: &SessionConfig, json: &str, handle: Handle) -> Work {
    let config = config.clone();
    let cookie = (format.signed)(&format.config(), json);
    let headers = headers(cookie.as_bytes()).expect("ASCII");
    let check = session(&config, &headers);
    assert!(!check.is_empty(), "{format}: {:?}", check.status());
    drop(check);
    Work::new(json.len(), move || handle(&headers, &config))
}

/// What comes with the request, under a good MAC.
fn received(cases: &mut Cases, format: &Format, config: &SessionConfig) {
    let fits = |count: &usize| {
        let encoded = config.encode(&raw(keys(0..*count)));
        encoded.is_ok()
    };
    let most = (100..4000).step_by(20).rev().find(fits);
    // With room for another key.
    let half = most.expect("100 keys fit") / 2 - 20;
    for (what, handle) in HANDLERS {
        cases.add(
            format!("{format}: {half}, then {} keys that came: {what}", 2 * half),
            |times| request(format, config, &keys(0..half * times), handle),
        );
    }
    let repeated = format.repeated;
    cases.add(
        format!(
            "{format}: {repeated}, then {} times one key that came",
            2 * repeated
        ),
        |times| {
            let json = repeated_keys(repeated * times);
            request(format, config, &json, |headers, config| {
                let mut session = session(config, headers);
                assert_eq!((session.len(), session.get("a")), (1, Some(0)));
                session.insert("b", 1);
                black_box((session, ()).into_response());
            })
        },
    );
}

/// What a handler does with a request.
type Handle = fn(&HeaderMap, &SessionConfig);

const HANDLERS: [(&str, Handle); 9] = [
    ("read", |headers, config| {
        let session = session(config, headers);
        let all: Vec<String> = session.keys().map(str::to_owned).collect();
        assert_eq!(all.len(), session.len());
        for key in &all {
            assert!(session.contains_key(key) && session.get(key) == Some(0));
            assert!(session.try_get::<u32>(key).is_ok());
        }
        black_box((session, ()).into_response());
    }),
    ("compared", |headers, config| {
        let session = session(config, headers);
        let copy = (*session).clone();
        let rebuilt: SessionMap = copy.keys().map(|key| (key.to_owned(), 0.0)).collect();
        assert!(*session == copy && rebuilt == copy);
        black_box(format!("{copy:?}"));
    }),
    ("changed one by one", |headers, config| {
        let mut session = session(config, headers);
        let all: Vec<String> = session.keys().map(str::to_owned).collect();
        for key in &all {
            session.insert(key, 1);
        }
        let _ = black_box(session.encoded_len());
        black_box((session, ()).into_response());
    }),
    ("removed one by one", |headers, config| {
        let mut session = session(config, headers);
        let all: Vec<String> = session.keys().map(str::to_owned).collect();
        for key in &all {
            assert_eq!(session.take::<u32>(key), Some(0));
        }
        assert!(session.is_empty());
        black_box((session, ()).into_response());
    }),
    ("cleared and set again", |headers, config| {
        let mut session = session(config, headers);
        let all: Vec<String> = session.keys().map(str::to_owned).collect();
        session.clear();
        assert!(session.is_empty());
        session.extend(all.iter().map(|key| (key, 1)));
        let _ = black_box(session.encoded_len());
        black_box((session, ()).into_response());
    }),
    ("destroyed", |headers, config| {
        let mut session = session(config, headers);
        session.destroy();
        assert!(session.is_empty());
        black_box((session, ()).into_response());
    }),
    // Typed sessions are compared key by key.
    ("a `BTreeMap`", |headers, config| {
        let mut map: Session<BTreeMap<String, u32>> =
            Session::from_headers(black_box(headers), config);
        // All others move by one place.
        assert_eq!(map.remove("0"), Some(0));
        map.insert("another".to_owned(), 1);
        black_box((map, ()).into_response());
    }),
    ("a `HashMap`", |headers, config| {
        let mut map: Session<HashMap<String, u32>> =
            Session::from_headers(black_box(headers), config);
        for value in map.values_mut() {
            *value += 1;
        }
        black_box((map, ()).into_response());
    }),
    ("a mismatch", |headers, config| {
        // The numbers that came are not texts.
        let mut map: Session<BTreeMap<String, String>> =
            Session::from_headers(black_box(headers), config);
        map.extend((0..200).map(|n| (n.to_string(), String::new())));
        black_box((map, ()).into_response());
    }),
];

/// A session of a fallback config is written in our format with each request, or does not fit.
fn fallback(cases: &mut Cases, format: &Format, config: &SessionConfig) {
    let builder = SessionConfig::builder(key(8)).fallback_config(config.clone());
    let ours = built(builder.cookie_name("ours"));
    // Nearly 4096 bytes of cookie, and up to 64 KiB of JSON if the format compresses.
    let [noisy, blank] = format.half;
    let text = |times: usize| {
        let noise = noise(noisy * times);
        format!(r#"{{"n":1,"v":"{noise}{}"}}"#, "a".repeat(blank * times))
    };
    let objects = |times: usize| {
        let noise = noise(noisy * times);
        let object = r#"{"a":[0,0],"b":{}}"#;
        let objects = vec![object; blank * times / object.len()].join(",");
        format!(r#"{{"n":1,"noise":"{noise}","v":[{objects}]}}"#)
    };
    let parts: [(&str, &dyn Fn(usize) -> String); 2] = [("text", &text), ("objects", &objects)];
    let handlers: [(&str, Handle); 2] = [
        ("read", |headers, config| {
            let session = session(config, headers);
            assert_eq!(session.get("n"), Some(1));
            black_box((session, ()).into_response());
        }),
        ("changed", |headers, config| {
            let mut session = session(config, headers);
            session.insert("n", 2);
            black_box((session, ()).into_response());
        }),
    ];
    for (part, json) in parts {
        for (what, handle) in handlers {
            cases.add(
                format!(
                    "{format} as fallback config, half, then all of a full cookie of {part}: {what}"
                ),
                |times| request(format, &ours, &json(times), handle),
            );
        }
    }
}

/// Many cookies of the name that are all valid, and all different.
fn several(cases: &mut Cases, format: &Format, config: &SessionConfig) {
    let small = |count: usize| {
        let encode = |n: usize| {
            let cookie = config.encode(&raw(format!(r#"{{"n":{n}}}"#)));
            cookie.expect("it fits")
        };
        (0..count).map(encode).collect::<Vec<_>>().join("; ")
    };
    let full = format.full - 100;
    let large = |count: usize| {
        let encode = |n: usize| {
            let mut contents = contents(full);
            contents.insert("n".to_owned(), n.into());
            config.encode(&contents).expect("it fits")
        };
        (0..count).map(encode).collect::<Vec<_>>().join("; ")
    };
    let read = |cookies: String| {
        let config = config.clone();
        let headers = headers(cookies.as_bytes()).expect("ASCII");
        Work::new(cookies.len(), move || {
            assert!(session(&config, &headers).contains_key("n"));
        })
    };
    let valid = format.valid;
    cases.add(
        format!(
            "{format}: {valid}, then {} valid cookies of the name",
            2 * valid
        ),
        |times| read(small(valid * times)),
    );
    cases.add(
        format!("{format}: 12, then 24 long valid cookies of the name"),
        |times| read(large(12 * times)),
    );
    // All are revoked, and at most four are asked about.
    cases.add(
        format!("{format}: 90, then 180 revoked cookies of the name"),
        |times| {
            let revocation = MemoryRevocation::new();
            revocation.revoke_all(now());
            let config = built(format.builder(key(7)).revocation(revocation));
            let cookies = small(90 * times);
            let headers = headers(cookies.as_bytes()).expect("ASCII");
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime without drivers");
            Work::new(cookies.len(), move || {
                let session = Session::<SessionMap>::load(black_box(&headers), &config);
                assert!(runtime.block_on(session).is_empty());
            })
        },
    );
}

/// Flask looks at each object for a tag, and at what is inside a tag.
fn tags_of_flask(cases: &mut Cases) {
    for (what, around) in [
        ("tuples", [r#"{" t":["#, "]}"]),
        ("escaped tags", [r#"{" di":{" m__":"#, "}}"]),
        ("objects like tags", [r#"{" m":"#, "}"]),
    ] {
        cases.add(
            format!("Flask: a text in 24, then 48 {what} inside each other"),
            |times| {
                let json = nested(24 * times, around);
                let config = built(SessionConfig::flask(key(7)));
                let size = json.len();
                let value = raw(json);
                Work::new(size, move || {
                    let mut session = session(&config, &Default::default());
                    session.insert("v", &value);
                    let _ = black_box(session.encoded_len());
                    session.discard();
                })
            },
        );
    }
    cases.add(
        "Flask: a root like a tag with 30, then 60 kB inside",
        |times| {
            let config = built(SessionConfig::flask(key(7)));
            let json = format!(r#"{{" di":{{" t__":{}}}}}"#, repeated_keys(5000 * times));
            let cookie = signed::flask(&json);
            let headers = headers(cookie.as_bytes()).expect("ASCII");
            Work::new(json.len(), move || {
                let mut session = session(&config, &headers);
                session.insert("n", 1);
                black_box((session, ()).into_response());
            })
        },
    );
}
