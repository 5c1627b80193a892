//! Tokens that the real packages issued or verified, read and reproduced.
//!
//! The files in `vectors/` were made by running Flask 3.1.3, Starlette 1.10.0, Django 5.2.19 and
//! cookie-session 2.1.1, React Router 8.5.3 and 7.18.7, Remix 2.17.5, and Rails 6.1.7.10,
//! 7.0.10, 7.1.6 and 7.2.3.2. They are frozen.
#![cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django",
    feature = "react-router",
    feature = "rails"
))]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::response::IntoResponse;
use axum_cookie_session::{Key, Session, SessionConfig, SessionConfigBuilder, Status};
use common::headers;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Vector {
    id: String,
    secret: Option<String>,
    options: Options,
    issued_at: Option<u64>,
    now: Option<f64>,
    payload_json: Option<String>,
    cookie_name: String,
    cookie_value: Option<String>,
    sig_cookie_name: Option<String>,
    sig_cookie_value: Option<String>,
    cookie_header: String,
    byte_exact: bool,
    valid: bool,
    strict_may_reject: bool,
    #[serde(default)]
    lenient_may_accept: bool,
}

#[derive(Deserialize)]
struct Options {
    #[serde(default)]
    max_age: Option<u64>,
    #[serde(default)]
    fallback_secrets: Vec<String>,
    #[serde(default)]
    keys: Vec<Option<String>>,
}

/// Rows for which this crate differs from a peer on purpose.
const WE_ACCEPT: [(&str, &str); 27] = [
    (
        "flask-public-035",
        "a clock one second behind is within our leeway",
    ),
    (
        "starlette-public-027",
        "a clock one second behind is within our leeway",
    ),
    (
        "flask-public-083",
        "a bad cookie of the name hides no good one",
    ),
    (
        "starlette-public-062",
        "a bad cookie of the name hides no good one",
    ),
    (
        "django-public-055",
        "a bad cookie of the name hides no good one",
    ),
    (
        "express-public-057",
        "a bad cookie of the name hides no good one",
    ),
    (
        "react_router-024",
        "a value in double quotes is read in every format of another framework",
    ),
    (
        "react_router-054",
        "a bad cookie of the name hides no good one",
    ),
    (
        "react_router-079",
        "a value in double quotes is read in every format of another framework",
    ),
    (
        "react_router-109",
        "a bad cookie of the name hides no good one",
    ),
    (
        "react_router-164",
        "a bad cookie of the name hides no good one",
    ),
    (
        "rails-6.1-030",
        "a value in double quotes is read in every format of another framework",
    ),
    ("rails-6.1-031", "white space around a value does not count"),
    (
        "rails-6.1-060",
        "Rails does not see a session without an id, and writes none",
    ),
    (
        "rails-6.1-066",
        "a bad cookie of the name hides no good one",
    ),
    (
        "rails-7.0-030",
        "a value in double quotes is read in every format of another framework",
    ),
    ("rails-7.0-031", "white space around a value does not count"),
    (
        "rails-7.0-060",
        "Rails does not see a session without an id, and writes none",
    ),
    (
        "rails-7.0-066",
        "a bad cookie of the name hides no good one",
    ),
    (
        "rails-7.1-030",
        "a value in double quotes is read in every format of another framework",
    ),
    ("rails-7.1-031", "white space around a value does not count"),
    (
        "rails-7.1-060",
        "Rails does not see a session without an id, and writes none",
    ),
    (
        "rails-7.1-066",
        "a bad cookie of the name hides no good one",
    ),
    (
        "rails-7.2-030",
        "a value in double quotes is read in every format of another framework",
    ),
    ("rails-7.2-031", "white space around a value does not count"),
    (
        "rails-7.2-060",
        "Rails does not see a session without an id, and writes none",
    ),
    (
        "rails-7.2-066",
        "a bad cookie of the name hides no good one",
    ),
];
const WE_REFUSE: [(&str, &str); 3] = [
    (
        "starlette-public-029",
        "a token from the future is refused in every format with a time",
    ),
    (
        "django-public-025",
        "a token from the future is refused in every format with a time",
    ),
    ("express-public-024", "a Keygrip of another hash than SHA-1"),
];

struct Tally {
    read: usize,
    refused: usize,
    reproduced: usize,
}

impl Vector {
    fn builder(&self, peer: fn(Key) -> SessionConfigBuilder) -> SessionConfigBuilder {
        let mut secrets = match &self.secret {
            Some(secret) => vec![secret.clone()],
            None => Vec::new(),
        };
        let old = self
            .options
            .fallback_secrets
            .iter()
            .chain(self.options.keys.iter().flatten());
        for secret in old {
            if !secrets.contains(secret) {
                secrets.push(secret.clone());
            }
        }
        let mut keys = secrets.iter().map(|secret| Key::legacy(secret).unwrap());
        let first = peer(keys.next().unwrap()).cookie_name(&self.cookie_name);
        let builder = keys.fold(first, SessionConfigBuilder::fallback_key);
        match self.options.max_age {
            Some(age) => builder.idle_timeout(Duration::from_secs(age)),
            None if self.issued_at.is_none() => builder,
            None => builder.idle_timeout(Duration::MAX),
        }
    }

    fn at(time: f64) -> impl Fn() -> SystemTime + Send + Sync + 'static {
        move || UNIX_EPOCH + Duration::from_secs_f64(time)
    }

    fn session(&self, peer: fn(Key) -> SessionConfigBuilder) -> Session {
        let clock = Self::at(self.now.unwrap_or(1_700_000_000.0));
        let config = self.builder(peer).clock(clock).build().unwrap();
        Session::from_headers(&headers(&self.cookie_header), &config)
    }

    /// The JSON that the token carries, as Rust sees it.
    fn json(&self) -> Value {
        let text = self.payload_json.as_deref().unwrap_or("{}");
        match text {
            "null" => Value::Object(serde_json::Map::new()),
            _ => serde_json::from_str(text).unwrap(),
        }
    }
}

/// The text of a session as it is.
#[derive(Serialize, Deserialize)]
struct Text(Box<RawValue>);

impl Default for Text {
    fn default() -> Self {
        Self(RawValue::NULL.to_owned())
    }
}

fn run(peer: fn(Key) -> SessionConfigBuilder, file: &str) -> Tally {
    let mut tally = Tally {
        read: 0,
        refused: 0,
        reproduced: 0,
    };
    for line in file.lines() {
        let vector: Vector = serde_json::from_str(line).unwrap();
        let id = vector.id.as_str();
        let session = vector.session(peer);
        let valid = session.status() == Status::Valid;
        let expected = match vector.valid {
            true => !WE_REFUSE.iter().any(|(row, _)| *row == id),
            false => WE_ACCEPT.iter().any(|(row, _)| *row == id),
        };
        if valid != expected {
            // Python and JavaScript see an empty session where we see a valid empty one.
            let empty = valid && session.is_empty();
            let allowed = vector.strict_may_reject || vector.lenient_may_accept || empty;
            assert!(allowed, "{id}: {:?}", session.status());
        }
        if !valid {
            tally.refused += 1;
            assert!(session.is_empty(), "{id}");
            continue;
        }
        tally.read += 1;
        let payload = vector.payload_json.as_deref();
        // serde_json's `Value` cannot hold a lone surrogate.
        let deep = payload.is_some_and(|json| !json.contains("\\ud800\""));
        let deep = deep && !vector.strict_may_reject;
        if deep && !id.starts_with("django-public-051") {
            for (key, value) in vector.json().as_object().unwrap() {
                assert_eq!(
                    session.get::<Value>(key).as_ref(),
                    Some(value),
                    "{id}: {key}"
                );
            }
            assert_eq!(
                session.len(),
                vector.json().as_object().unwrap().len(),
                "{id}"
            );
        }
    }
    assert_eq!(tally.read + tally.refused, file.lines().count());
    for line in file.lines() {
        let vector: Vector = serde_json::from_str(line).unwrap();
        if vector.byte_exact && reproduces(&vector, peer) {
            tally.reproduced += 1;
        }
    }
    tally
}

/// Verifies the token at the time of its issue and issues it again at that time. `false` if this
/// crate refuses the token: the rows say why.
fn reproduces(vector: &Vector, peer: fn(Key) -> SessionConfigBuilder) -> bool {
    // Flask and Starlette refuse a token from the future, so our tokens are a second old.
    let back = u64::from(vector.id.starts_with("flask") || vector.id.starts_with("starlette"));
    let issued = (vector.issued_at.unwrap_or(1_700_000_000) + back) as f64;
    let value = vector.cookie_value.as_deref().unwrap();
    let mut pair = format!("{}={value}", vector.cookie_name);
    if let (Some(name), Some(value)) = (&vector.sig_cookie_name, &vector.sig_cookie_value) {
        pair.push_str(&format!("; {name}={value}"));
    }
    let config = vector
        .builder(peer)
        .clock(Vector::at(issued))
        .build()
        .unwrap();
    let mut session: Session = Session::from_headers(&headers(&pair), &config);
    if session.status() != Status::Valid {
        let known = vector.strict_may_reject
            || WE_REFUSE.iter().any(|(row, _)| *row == vector.id)
            || vector.id.contains("key-not-listed")
            || !vector.valid;
        assert!(known, "{}: {:?}", vector.id, session.status());
        return false;
    }
    // A fallback key signed these tokens; this crate signs with the first key.
    let rotated = [
        "flask-public-036",
        "flask-public-037",
        "express-public-020",
        "express-public-021",
        "react_router-019",
        "react_router-074",
        "react_router-129",
    ];
    let rotated = rotated.contains(&&*vector.id)
        || vector.id.starts_with("django-public-02") && {
            vector.id.ends_with('6') || vector.id.ends_with('7')
        };
    session.renew();
    let response = session.into_response();
    let pairs: Vec<_> = response
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|header| {
            header
                .to_str()
                .unwrap()
                .split_once(';')
                .unwrap()
                .0
                .to_owned()
        })
        .collect();
    match rotated {
        true => assert_ne!(pairs.join("; "), pair, "{}", vector.id),
        false => assert_eq!(pairs.join("; "), pair, "{}", vector.id),
    }

    // The same with `encode` of the JSON.
    let json = vector.payload_json.as_deref().unwrap();
    if !rotated {
        let text = Text(RawValue::from_string(json.to_owned()).unwrap());
        assert_eq!(config.encode(&text).unwrap(), pair, "{}", vector.id);
    }
    true
}

#[test]
fn every_flask_vector_is_judged_as_flask_judges_it() {
    let tally = run(SessionConfig::flask, include_str!("vectors/flask.jsonl"));
    assert_eq!((tally.read, tally.refused, tally.reproduced), (48, 36, 26));
}

#[test]
fn every_starlette_vector_is_judged_as_starlette_judges_it() {
    let tally = run(
        SessionConfig::starlette,
        include_str!("vectors/starlette.jsonl"),
    );
    assert_eq!((tally.read, tally.refused, tally.reproduced), (33, 30, 32));
}

#[test]
fn every_express_vector_is_judged_as_express_judges_it() {
    let tally = run(
        SessionConfig::express,
        include_str!("vectors/express.jsonl"),
    );
    assert_eq!((tally.read, tally.refused, tally.reproduced), (32, 26, 26));
}

#[test]
fn every_django_vector_is_judged_as_django_judges_it() {
    let tally = run(SessionConfig::django, include_str!("vectors/django.jsonl"));
    assert_eq!((tally.read, tally.refused, tally.reproduced), (36, 25, 27));
}

#[test]
fn every_react_router_vector_is_judged_as_react_router_judges_it() {
    let tally = run(
        SessionConfig::react_router,
        include_str!("vectors/react_router.jsonl"),
    );
    assert_eq!((tally.read, tally.refused, tally.reproduced), (90, 75, 57));
}

#[test]
fn every_rails_vector_is_judged_as_rails_judges_it() {
    let tally = run(
        |key| SessionConfig::rails(key, "_shop_session"),
        include_str!("vectors/rails.jsonl"),
    );
    assert_eq!((tally.read, tally.refused, tally.reproduced), (105, 96, 0));
}

#[test]
fn every_rails_vector_of_sha1_is_judged_as_rails_judges_it() {
    let tally = run(
        |key| SessionConfig::rails_sha1(key, "_shop_session"),
        include_str!("vectors/rails_sha1.jsonl"),
    );
    assert_eq!((tally.read, tally.refused, tally.reproduced), (35, 32, 0));
}
