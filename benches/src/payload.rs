//! What is in the sessions.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The name of every contender's cookie.
pub(crate) const NAME: &str = "session";

/// The keys that the route [`SHOW`](crate::app::SHOW) shows: enough to tell whether a session is
/// the right one, and whole.
pub(crate) const KEYS: [&str; 8] = ["visits", "user", "k003", "tree", "big", "a", "b", "bad"];

/// The keys that the route [`READ_TEN`](crate::app::READ_TEN) reads.
pub(crate) const TEN: [&str; 10] = [
    "k000", "k001", "k002", "k003", "k004", "k005", "k006", "k007", "user", "visits",
];

#[derive(Clone)]
pub(crate) struct Payload {
    pub(crate) name: &'static str,
    pub(crate) entries: Map<String, Value>,
}

impl Payload {
    /// "wide" and "deep" are as long as "large", with 200 keys and with 45 levels.
    pub(crate) fn all() -> [Self; 5] {
        let [small, medium, large] = Self::sizes();
        [
            small,
            medium,
            large,
            Self::new("wide", 2807, texts(198, 4)),
            Self::new("deep", 2807, deep()),
        ]
    }

    pub(crate) fn sizes() -> [Self; 3] {
        [
            Self::new("small", 26, Map::new()),
            Self::medium(),
            Self::new("large", 2807, texts(30, 80)),
        ]
    }

    pub(crate) fn medium() -> Self {
        Self::new("medium", 495, texts(8, 48))
    }

    /// Fills up to `len` bytes of JSON.
    fn new(name: &'static str, len: usize, mut entries: Map<String, Value>) -> Self {
        entries.insert("user".to_owned(), json!(""));
        entries.insert("visits".to_owned(), json!(7));
        let mut payload = Self { name, entries };
        let missing = len - payload.json().len();
        let user: String = "adam".chars().cycle().take(missing).collect();
        payload.entries["user"] = json!(user);
        payload
    }

    pub(crate) fn json(&self) -> String {
        Value::from(self.entries.clone()).to_string()
    }

    /// How many of the ten keys it has.
    pub(crate) fn ten(&self) -> u64 {
        let found = TEN.iter().filter(|key| self.entries.contains_key(**key));
        found.count() as u64
    }

    /// What the route [`SHOW`](crate::app::SHOW) shows of this payload, with another `visits`.
    pub(crate) fn shown(&self, visits: u64) -> String {
        shown(|key| match key {
            "visits" => Some(json!(visits)),
            _ => self.entries.get(key).cloned(),
        })
    }
}

/// What the route [`INSERT`](crate::app::INSERT) inserts for a name: the payload of that name, one
/// key, or so many letters.
///
/// # Panics
///
/// If the name is unknown.
pub(crate) fn entries(name: &str) -> Map<String, Value> {
    if let Some(payload) = Payload::all().into_iter().find(|known| known.name == name) {
        return payload.entries;
    }
    let (key, value) = match name {
        "user" => ("user", json!("ada")),
        "b" => ("b", json!(true)),
        len => ("big", json!("x".repeat(len.parse().expect("a length")))),
    };
    Map::from_iter([(key.to_owned(), value)])
}

/// The JSON object of the [`KEYS`] that `get` finds.
pub(crate) fn shown(get: impl Fn(&str) -> Option<Value>) -> String {
    let found = KEYS
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), get(key)?)));
    Value::Object(found.collect()).to_string()
}

fn texts(count: usize, len: usize) -> Map<String, Value> {
    let value = |at: usize| format!("{at:03}{}", "x".repeat(len - 3));
    (0..count)
        .map(|at| (format!("k{at:03}"), json!(value(at))))
        .collect()
}

fn deep() -> Map<String, Value> {
    let mut entries = texts(8, 4);
    let mut tree = None;
    for at in 0..45 {
        tree = Some(Node {
            child: tree.map(Box::new),
            name: format!("level {at:03}"),
            tags: vec!["one".to_owned(), "two".to_owned()],
        });
    }
    entries.insert("tree".to_owned(), json!(tree));
    entries
}

/// A payload as a struct of the application.
pub(crate) trait Typed:
    Serialize + DeserializeOwned + Default + Send + Sync + 'static
{
    /// The payload's name.
    const NAME: &'static str;

    fn visits(&self) -> u64;
    fn add_visit(&mut self);
}

macro_rules! typed {
    ($name:literal, $(#[$meta:meta])* $type:ident {
        $($(#[$field_meta:meta])* $field:ident: $field_type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Default, Serialize, Deserialize)]
        #[serde(default)]
        pub(crate) struct $type {
            $($(#[$field_meta])* $field: $field_type,)*
            user: String,
            visits: u64,
        }

        impl Typed for $type {
            const NAME: &'static str = $name;

            fn visits(&self) -> u64 {
                self.visits
            }

            fn add_visit(&mut self) {
                self.visits += 1;
            }
        }
    };
}

typed!("small", Small {});
typed!(
    "medium",
    Medium {
        k000: String,
        k001: String,
        k002: String,
        k003: String,
        k004: String,
        k005: String,
        k006: String,
        k007: String,
    }
);
typed!(
    "large",
    Large {
        k000: String,
        k001: String,
        k002: String,
        k003: String,
        k004: String,
        k005: String,
        k006: String,
        k007: String,
        k008: String,
        k009: String,
        k010: String,
        k011: String,
        k012: String,
        k013: String,
        k014: String,
        k015: String,
        k016: String,
        k017: String,
        k018: String,
        k019: String,
        k020: String,
        k021: String,
        k022: String,
        k023: String,
        k024: String,
        k025: String,
        k026: String,
        k027: String,
        k028: String,
        k029: String,
    }
);
typed!(
    "wide",
    /// Nobody writes a struct of 200 fields by hand.
    Wide {
        #[serde(flatten)]
        rest: BTreeMap<String, String>,
    }
);
typed!("deep", Deep {
    k000: String,
    k001: String,
    k002: String,
    k003: String,
    k004: String,
    k005: String,
    k006: String,
    k007: String,
    tree: Option<Node>,
});

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Node {
    child: Option<Box<Self>>,
    name: String,
    tags: Vec<String>,
}

pub(crate) fn typed_read_path(payload: &str) -> String {
    format!("/typed-read/{payload}")
}

pub(crate) fn typed_increment_path(payload: &str) -> String {
    format!("/typed-increment/{payload}")
}

/// Adds the routes of both typed handlers for the struct of each payload.
macro_rules! with_typed_routes {
    ($router:expr, $type:ident => $read:expr, $increment:expr) => {
        crate::payload::with_typed_routes!(
            $router, $type => $read, $increment; Small Medium Large Wide Deep
        )
    };
    ($router:expr, $type:ident => $read:expr, $increment:expr; $($struct:ident)*) => {{
        use crate::payload::{Typed, typed_increment_path, typed_read_path};
        let mut router = $router;
        $({
            type $type = crate::payload::$struct;
            router = router
                .route(&typed_read_path($type::NAME), get($read))
                .route(&typed_increment_path($type::NAME), get($increment));
        })*
        router
    }};
}
pub(crate) use with_typed_routes;
