//! Tokens that the scripts in tests/golden made without this crate, compared byte for byte.
//!
//! The tokens are frozen, because browsers hold cookies like them. Never change a token. Add new
//! tokens at the end of a script's output and to the counts below.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::{BTreeMap, HashSet};
use std::iter;

use axum::response::IntoResponse;
use axum_cookie_session::{
    Algorithm, Key, Session, SessionConfig, SessionConfigBuilder, SessionMap, Status,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{at, bytes, other_key, session};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Number, Value};

/// The tokens of one script, and how many there are of each kind.
struct File {
    tokens: &'static str,
    /// For configs of version 1, of version 2, and of version 3.
    versions: [usize; 3],
    /// The number of valid tokens per version, and the number of these that can be encoded again.
    valid: [usize; 3],
    reencoded: [usize; 3],
    /// Those of device-bound sessions that are changed below.
    bound: [usize; 3],
}

const PLAIN: File = File {
    tokens: include_str!("golden/tokens.jsonl"),
    versions: [163, 14, 0],
    valid: [42, 6, 0],
    reencoded: [28, 4, 0],
    bound: [5, 1, 0],
};

const ENCRYPTED: File = File {
    tokens: include_str!("golden/encrypted.jsonl"),
    versions: [3, 3, 97],
    valid: [0, 0, 31],
    reencoded: [0; 3],
    bound: [0, 0, 3],
};

const COMPRESSED: File = File {
    tokens: include_str!("golden/compressed.jsonl"),
    versions: [45, 1, 0],
    valid: [12, 1, 0],
    reencoded: [0; 3],
    bound: [0; 3],
};

const FILES: [File; 3] = [PLAIN, ENCRYPTED, COMPRESSED];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    name: String,
    secret_hex: String,
    cookie_name: String,
    algorithm: String,
    now: u64,
    cookie_value: String,
    expect: String,
    payload: Option<String>,
    created: Option<u64>,
    issued: Option<u64>,
    /// Whether encoding the payload gives the token again.
    #[serde(default, rename = "reseal")]
    reencodes: bool,
    /// The id and the flags of a device-bound session.
    #[serde(default)]
    binding_hex: String,
    /// The payload as Python reads it.
    value: Option<BTreeMap<String, Value>>,
}

impl Golden {
    fn key(&self) -> Key {
        Key::legacy(bytes(&self.secret_hex)).unwrap()
    }

    /// A config that signs with `key` and whose clock stands at `now`.
    fn builder(&self, key: Key, now: u64) -> SessionConfigBuilder {
        let builder = SessionConfig::builder(key)
            .cookie_name(&self.cookie_name)
            .algorithm(algorithm(&self.algorithm).unwrap())
            .clock(move || at(now));
        #[cfg(feature = "compression")]
        let builder = builder.compress(self.is_compressed());
        builder
    }

    fn config(&self, now: u64) -> SessionConfig {
        self.builder(self.key(), now).build().unwrap()
    }

    fn cookie(&self) -> String {
        format!("{}={}", self.cookie_name, self.cookie_value)
    }

    fn is_valid(&self) -> bool {
        self.expect == "valid"
    }

    /// Whether the payload was compressed, by zlib and not in the bytes that we write.
    fn is_compressed(&self) -> bool {
        self.algorithm != "aes256" && self.cookie_value.contains('~')
    }

    /// The JSON text of each key. A repeated key has its last value.
    fn members(&self) -> BTreeMap<String, Box<RawValue>> {
        serde_json::from_str(self.payload.as_ref().unwrap()).unwrap()
    }
}

/// Whether two JSON values are equal. With the feature `arbitrary_precision` of serde_json, its own
/// `==` compares the text of numbers, and Python wrote `1E2` as `100.0`.
fn is_same(read: &Value, expected: &Value) -> bool {
    match (read, expected) {
        (Value::Number(read), Value::Number(expected)) => {
            let parts = |number: &Number| (number.as_u64(), number.as_i64(), number.as_f64());
            parts(read) == parts(expected)
        }
        (Value::Array(read), Value::Array(expected)) => {
            read.len() == expected.len()
                && iter::zip(read, expected).all(|(read, expected)| is_same(read, expected))
        }
        (Value::Object(read), Value::Object(expected)) => {
            let is_same = |(key, read)| expected.get(key).is_some_and(|it| is_same(read, it));
            read.len() == expected.len() && read.iter().all(is_same)
        }
        _ => read == expected,
    }
}

/// `None` if this build lacks the algorithm.
fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "sha1" => Some(Algorithm::HmacSha1),
        #[cfg(feature = "sha256")]
        "sha256" => Some(Algorithm::HmacSha256),
        #[cfg(not(feature = "sha256"))]
        "sha256" => None,
        #[cfg(feature = "encryption")]
        "aes256" => Some(Algorithm::Aes256HmacSha256),
        #[cfg(not(feature = "encryption"))]
        "aes256" => None,
        other => panic!("no algorithm {other:?}"),
    }
}

impl File {
    fn tokens(&self) -> impl Iterator<Item = Golden> {
        let lines = self.tokens.lines();
        lines.map(|line| serde_json::from_str(line).unwrap())
    }
}

/// The tokens that this build can verify: all of them with the features `encryption` and
/// `compression`.
fn tokens() -> Vec<Golden> {
    let files = FILES.iter().filter(|file| is_readable(file));
    let all: Vec<Golden> = files.flat_map(File::tokens).collect();
    let names: HashSet<_> = all.iter().map(|golden| &golden.name).collect();
    assert_eq!(names.len(), all.len(), "each token once");
    let run: Vec<_> = all
        .into_iter()
        .filter(|golden| algorithm(&golden.algorithm).is_some())
        .collect();
    assert_eq!(run.len(), run_of(|file| file.versions));
    run
}

/// Without the feature, what is compressed is an invalid payload, which has a test of its own.
fn is_readable(file: &File) -> bool {
    cfg!(feature = "compression") || file.tokens != COMPRESSED.tokens
}

/// The number of tokens that this build verifies, from the counts of each version.
fn run_of(counts: impl Fn(&File) -> [usize; 3]) -> usize {
    let files = FILES.iter().filter(|file| is_readable(file));
    let verified = files.map(|file| {
        let [sha1, sha256, aes256] = counts(file);
        let sha256 = if cfg!(feature = "sha256") { sha256 } else { 0 };
        let aes256 = if cfg!(feature = "encryption") {
            aes256
        } else {
            0
        };
        sha1 + sha256 + aes256
    });
    verified.sum()
}

#[test]
fn the_scripts_made_as_many_tokens_as_are_counted_here() {
    for file in FILES {
        let count = |algorithm: &str| {
            let tokens = || file.tokens().filter(|golden| golden.algorithm == algorithm);
            [
                tokens().count(),
                tokens().filter(Golden::is_valid).count(),
                tokens().filter(|golden| golden.reencodes).count(),
            ]
        };
        for (version, algorithm) in ["sha1", "sha256", "aes256"].iter().enumerate() {
            let counted = [file.versions, file.valid, file.reencoded].map(|them| them[version]);
            assert_eq!(count(algorithm), counted, "{algorithm}");
        }
    }
}

#[cfg(not(feature = "compression"))]
#[test]
fn without_the_feature_a_compressed_session_is_an_invalid_payload() {
    for golden in COMPRESSED.tokens().filter(Golden::is_valid) {
        if algorithm(&golden.algorithm).is_some() {
            let status = session(&golden.cookie(), &golden.config(golden.now)).status();
            assert_eq!(format!("{status:?}"), "Rejected(InvalidPayload)");
        }
    }
}

#[test]
fn every_token_gets_the_status_that_the_design_specifies() {
    let mut judged = 0;
    for golden in tokens() {
        let session = session(&golden.cookie(), &golden.config(golden.now));
        let status = match session.status() {
            Status::Valid => "valid".to_owned(),
            Status::Rejected(reason) => format!("{reason:?}"),
            other => panic!("{}: {other:?}", golden.name),
        };
        assert_eq!(status, golden.expect, "{}", golden.name);
        judged += 1;
    }
    assert_eq!(judged, run_of(|file| file.versions));
}

#[test]
fn valid_tokens_show_their_times_and_every_key() {
    let mut shown = 0;
    for golden in tokens().into_iter().filter(Golden::is_valid) {
        let name = &golden.name;
        let session = session(&golden.cookie(), &golden.config(golden.now));
        assert_eq!(session.created_at(), at(golden.created.unwrap()), "{name}");
        assert_eq!(session.issued_at(), at(golden.issued.unwrap()), "{name}");

        let members = golden.members();
        assert_eq!(session.len(), members.len(), "{name}");
        for (key, text) in &members {
            let raw: Box<RawValue> = session.get(key).expect(name);
            assert_eq!(raw.get(), text.get(), "{name}: {key}");
            let value = serde_json::from_str::<Value>(text.get()).ok();
            assert_eq!(session.get::<Value>(key), value, "{name}: {key}");
        }
        if let Some(value) = &golden.value {
            let keys: Vec<_> = value.keys().collect();
            assert_eq!(keys, members.keys().collect::<Vec<_>>(), "{name}");
            for (key, value) in value {
                let read: Value = session.get(key).expect(name);
                assert!(is_same(&read, value), "{name}: {read} is not {value}");
            }
        }
        shown += 1;
    }
    assert_eq!(shown, run_of(|file| file.valid));
}

#[test]
fn rejected_tokens_give_new_empty_sessions() {
    let mut rejected = 0;
    for golden in tokens().into_iter().filter(|golden| !golden.is_valid()) {
        let name = &golden.name;
        let session = session(&golden.cookie(), &golden.config(golden.now));
        assert_eq!(session.keys().count(), 0, "{name}");
        assert_eq!(session.created_at(), at(golden.now), "{name}");
        assert_eq!(session.issued_at(), at(golden.now), "{name}");
        let response = session.into_response();
        assert!(!response.headers().contains_key("set-cookie"), "{name}");
        rejected += 1;
    }
    let valid = run_of(|file| file.valid);
    assert_eq!(rejected, run_of(|file| file.versions) - valid);
}

#[test]
fn encoding_a_payload_reproduces_its_token() {
    let mut reencoded = 0;
    for golden in tokens().into_iter().filter(|golden| golden.reencodes) {
        let name = &golden.name;
        let config = golden.config(golden.created.unwrap());
        let payload = golden.payload.clone().unwrap();
        let whole = RawValue::from_string(payload.clone()).unwrap();
        assert_eq!(config.encode(&whole).unwrap(), golden.cookie(), "{name}");

        // The same key by key, in the order of the payload.
        let mut members: Vec<_> = golden.members().into_iter().collect();
        let place = |key: &str| {
            let key = serde_json::to_string(key).unwrap();
            payload.find(&format!("{key}:")).expect(name)
        };
        members.sort_by_key(|(key, _)| place(key));
        let mut data = SessionMap::default();
        for (key, value) in members {
            data.insert(key, value);
        }
        assert_eq!(config.encode(&data).unwrap(), golden.cookie(), "{name}");
        reencoded += 1;
    }
    assert_eq!(reencoded, run_of(|file| file.reencoded));
}

#[test]
fn a_refresh_keeps_the_bytes_of_every_payload_and_binding() {
    let mut refreshed = 0;
    for golden in tokens().into_iter().filter(Golden::is_valid) {
        let name = &golden.name;
        // A fallback key verifies the token, so a refresh is due at once.
        let config = golden
            .builder(other_key(), golden.now)
            .fallback_key(golden.key())
            .build()
            .unwrap();
        let response = session(&golden.cookie(), &config).into_response();
        let header = response.headers()["set-cookie"].to_str().unwrap();
        let (cookie, _) = header.split_once("; ").unwrap();
        let value = cookie
            .strip_prefix(&format!("{}=", golden.cookie_name))
            .expect(name);

        let parts: Vec<_> = value.split('.').collect();
        let came: Vec<_> = golden.cookie_value.split('.').collect();
        assert_eq!(parts[0], came[0], "{name}");
        if golden.algorithm == "aes256" {
            assert_ne!(parts[1], came[1], "{name}");
        } else if !golden.is_compressed() {
            assert_eq!(parts[1], came[1], "{name}");
        }
        let created = u32::try_from(golden.created.unwrap()).unwrap();
        let issued = u32::try_from(golden.now).unwrap_or(u32::MAX).max(created);
        let mut times = [created.to_be_bytes(), issued.to_be_bytes()].concat();
        times.extend(bytes(&golden.binding_hex));
        assert_eq!(parts[2], URL_SAFE_NO_PAD.encode(times), "{name}");
        assert_ne!(parts[3], came[3], "{name}");

        let kept: Session = Session::from_set_cookie(response.headers(), &config);
        assert_eq!(kept.status(), Status::Valid, "{name}");
        for (key, text) in golden.members() {
            let raw: Box<RawValue> = kept.get(&key).expect(name);
            assert_eq!(raw.get(), text.get(), "{name}: {key}");
        }
        refreshed += 1;
    }
    assert_eq!(refreshed, run_of(|file| file.valid));
}

#[test]
fn a_change_keeps_a_binding_and_a_restart_does_not() {
    let mut changed = 0;
    for golden in tokens().into_iter().filter(Golden::is_valid) {
        let name = &golden.name;
        if golden.binding_hex.is_empty() || golden.cookie_name != "session" {
            continue;
        }
        let config = golden.config(golden.now);
        let binding_after = |change: fn(&mut Session)| {
            let mut session = session(&golden.cookie(), &config);
            change(&mut session);
            let response = session.into_response();
            let header = response.headers()["set-cookie"].to_str().unwrap();
            let times = header.split('.').nth(2).expect(name);
            URL_SAFE_NO_PAD.decode(times).unwrap()[8..].to_vec()
        };
        let kept = binding_after(|session| session.insert("changed", true));
        assert_eq!(kept, bytes(&golden.binding_hex), "{name}");
        assert!(binding_after(Session::renew).is_empty(), "{name}");
        let restarted = binding_after(|session| {
            session.destroy();
            session.insert("user", "ada");
        });
        assert!(restarted.is_empty(), "{name}");
        changed += 1;
    }
    assert_eq!(changed, run_of(|file| file.bound));
}
