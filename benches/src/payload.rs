//! What is in the sessions.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The name of every contender's cookie.
pub(crate) const NAME: &str = "session";

/// What `read ten keys` reads.
pub(crate) const TEN: [&str; 10] = [
    "k000", "k001", "k002", "k003", "k004", "k005", "k006", "k007", "user", "visits",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Small,
    Medium,
    Large,
    Wide,
    Deep,
}

#[derive(Clone)]
pub(crate) struct Payload {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) entries: Map<String, Value>,
}

impl Payload {
    /// The two last are as long as `large`, and harder: 200 keys, and 45 levels.
    pub(crate) fn all() -> [Self; 5] {
        [
            Self::new("small", Shape::Small, 26, Map::new()),
            Self::medium(),
            Self::new("large", Shape::Large, 2807, texts(30, 80)),
            Self::new("large wide", Shape::Wide, 2807, texts(198, 4)),
            Self::new("large deep", Shape::Deep, 2807, deep()),
        ]
    }

    pub(crate) fn medium() -> Self {
        Self::new("medium", Shape::Medium, 495, texts(8, 48))
    }

    /// Fills up to `len` bytes of JSON.
    fn new(name: &'static str, shape: Shape, len: usize, mut entries: Map<String, Value>) -> Self {
        entries.insert("user".to_owned(), json!(""));
        entries.insert("visits".to_owned(), json!(7));
        let mut payload = Self {
            name,
            shape,
            entries,
        };
        let missing = len - payload.json().len();
        let user: String = "adam".chars().cycle().take(missing).collect();
        payload.entries["user"] = json!(user);
        payload
    }

    pub(crate) fn json(&self) -> String {
        Value::from(self.entries.clone()).to_string()
    }

    /// How many of the ten keys it has.
    pub(crate) fn ten(&self) -> usize {
        TEN.iter()
            .filter(|key| self.entries.contains_key(**key))
            .count()
    }
}

/// What `dump` tells of a session: enough to see that it is the right one, and whole.
pub(crate) fn dump(
    visits: Option<u64>,
    user: Option<String>,
    third: Option<String>,
    tree: Option<Value>,
) -> String {
    let [user, third] = [user, third].map(Option::unwrap_or_default);
    let tree = tree.map(|tree| tree.to_string().len());
    format!("{} {user} {third} {}", or_none(visits), or_none(tree))
}

fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or("none".to_owned(), |value| value.to_string())
}

/// What `dump` should tell of the payload with so many visits, or of no session.
pub(crate) fn expected_dump(payload: Option<(&Payload, u64)>) -> String {
    let Some((payload, visits)) = payload else {
        return dump(None, None, None, None);
    };
    dump_of(&payload.entries, visits)
}

fn dump_of(entries: &Map<String, Value>, visits: u64) -> String {
    let text = |key: &str| entries.get(key).and_then(Value::as_str).map(str::to_owned);
    dump(
        Some(visits),
        text("user"),
        text("k003"),
        entries.get("tree").cloned(),
    )
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

/// A payload as its application's struct.
pub(crate) trait Typed:
    Serialize + DeserializeOwned + Default + Send + Sync + 'static
{
    fn visits(&self) -> u64;
    fn add_visit(&mut self);
}

macro_rules! typed {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Default, Serialize, Deserialize)]
        #[serde(default)]
        pub(crate) struct $name {
            $($(#[$field_meta])* $field: $type,)*
            user: String,
            visits: u64,
        }

        impl Typed for $name {
            fn visits(&self) -> u64 {
                self.visits
            }

            fn add_visit(&mut self) {
                self.visits += 1;
            }
        }
    };
}

typed!(Small {});
typed!(Medium {
    k000: String,
    k001: String,
    k002: String,
    k003: String,
    k004: String,
    k005: String,
    k006: String,
    k007: String,
});
typed!(Large {
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
});
typed!(
    /// Nobody writes a struct of 200 fields by hand.
    Wide {
        #[serde(flatten)]
        rest: BTreeMap<String, String>,
    }
);
typed!(Deep {
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

/// Calls `$handler` for the struct of the payload's shape.
macro_rules! for_shape {
    ($shape:expr, $type:ident => $made:expr) => {
        match $shape {
            crate::payload::Shape::Small => {
                type $type = crate::payload::Small;
                $made
            }
            crate::payload::Shape::Medium => {
                type $type = crate::payload::Medium;
                $made
            }
            crate::payload::Shape::Large => {
                type $type = crate::payload::Large;
                $made
            }
            crate::payload::Shape::Wide => {
                type $type = crate::payload::Wide;
                $made
            }
            crate::payload::Shape::Deep => {
                type $type = crate::payload::Deep;
                $made
            }
        }
    };
}
pub(crate) use for_shape;
