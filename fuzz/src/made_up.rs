//! Made-up JSON, and changes of made-up bytes.

use arbitrary::Arbitrary;

/// JSON that the grammar allows, with what readers disagree about.
#[derive(Arbitrary, Debug, Clone)]
pub enum Json {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    /// Digits, and an exponent: a number of any size.
    Number(u64, i16),
    Text(Text),
    Array(Vec<Self>),
    Object(Vec<(Text, Self)>),
    /// An object with one key, which may be the tag of a type of Flask's.
    Tagged(u8, Box<Self>),
    Nested(u8, Box<Self>),
    Spaced(Box<Self>),
}

/// A string.
#[derive(Arbitrary, Debug, Clone)]
pub enum Text {
    Any(String),
    Known(u8),
    /// Escaped code units, which need be no Unicode text.
    Units(Vec<u16>),
    /// Half of a surrogate pair, which is none.
    Half(u8),
}

const TAGS: [&str; 7] = [" t", " b", " m", " u", " d", " di", " t__"];

const KNOWN: [&str; 28] = [
    "a",
    "b",
    "user",
    "visits",
    "_flashes",
    "_permanent",
    "_expire",
    "_maxAge",
    "_session_expiry",
    "__proto__",
    "constructor",
    "toJSON",
    "0",
    "7",
    "10",
    "4294967294",
    "",
    "é",
    "\u{7f}",
    "\u{2028}",
    "Wed, 02 Oct 2024 23:59:58 GMT",
    "0123456789abcdef0123456789abcdef",
    "YWI=",
    " t",
    "session_id",
    "_csrf_token",
    "flash",
    "__flash_a__",
];

impl Text {
    /// With its quotes.
    pub fn to_json(&self) -> String {
        let quoted = |text: &str| serde_json::to_string(text).expect("every text is JSON");
        match self {
            Self::Any(text) => quoted(text),
            Self::Known(at) => quoted(KNOWN[usize::from(*at) % KNOWN.len()]),
            Self::Units(units) => {
                let units: String = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
                format!("\"{units}\"")
            }
            Self::Half(unit) => format!("\"\\ud8{unit:02x}\""),
        }
    }
}

impl Json {
    pub fn to_json(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => serde_json::to_string(value).expect("a number, or null"),
            Self::Number(digits, exponent) => format!("{digits}e{exponent}"),
            Self::Text(text) => text.to_json(),
            Self::Array(items) => {
                let items: Vec<_> = items.iter().map(Self::to_json).collect();
                format!("[{}]", items.join(","))
            }
            Self::Object(members) => object(members),
            Self::Tagged(at, value) => {
                let tag = TAGS[usize::from(*at) % TAGS.len()];
                format!("{{\"{tag}\":{}}}", value.to_json())
            }
            Self::Nested(depth, value) => {
                let depth = usize::from(*depth);
                format!(
                    "{}{}{}",
                    "[".repeat(depth),
                    value.to_json(),
                    "]".repeat(depth)
                )
            }
            Self::Spaced(value) => format!("\t{} \n", value.to_json()),
        }
    }
}

pub fn object(members: &[(Text, Json)]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|(key, value)| format!("{}:{}", key.to_json(), value.to_json()))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// A small change of some bytes.
#[derive(Arbitrary, Debug)]
pub enum Mutation {
    Flip(u16, u8),
    Insert(u16, u8),
    Remove(u16),
    Cut(u16),
    Repeat(u16, u8),
}

pub fn mutate(bytes: &mut Vec<u8>, mutations: &[Mutation]) {
    for mutation in mutations.iter().take(8) {
        let len = bytes.len();
        let place = |at: &u16| usize::from(*at) % len.max(1);
        match mutation {
            Mutation::Insert(at, byte) => bytes.insert(place(at), *byte),
            _ if len == 0 => {}
            Mutation::Flip(at, bits) => bytes[place(at)] ^= bits,
            Mutation::Remove(at) => {
                bytes.remove(place(at));
            }
            Mutation::Cut(at) => bytes.truncate(place(at)),
            Mutation::Repeat(at, count) => {
                let byte = bytes[place(at)];
                let repeated = vec![byte; usize::from(*count) * 32];
                bytes.splice(place(at)..place(at), repeated);
            }
        }
    }
}
