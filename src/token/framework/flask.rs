//! The sessions of Flask and Quart.

use std::borrow::Cow;
use std::time::Duration;

use crate::cookie::attributes::is_http_date;
use crate::data::change::{Change, ChangeKind};
use crate::data::json_style::{JsonStyle, Member, NotRepresentable};
use crate::data::object::Object;
use crate::data::tree::{Parts, Tree};
use crate::token::framework::{itsdangerous, number, zlib};
use crate::token::key::Key;
use crate::token::keyring::KeyRing;
use crate::token::mac::{Hash, hmac};
use crate::token::{CookieLifetime, FormatOptions, TokenFormat, base64};

static OPTIONS: FormatOptions = FormatOptions {
    json_style: &TAGGED,
    lifetime,
    ..FormatOptions::FRAMEWORK
};

/// JSON with Flask's tags: an object whose only key is the name of a tag is a value of another
/// type.
static TAGGED: JsonStyle = JsonStyle {
    ascii: true,
    number: number::python,
    object,
    ..JsonStyle::PLAIN
};

pub(crate) fn new(name: &str, keys: &[Key], _: Option<Duration>) -> Box<dyn TokenFormat> {
    let keys = KeyRing::new(keys, |secret| {
        let salted = hmac(Hash::Sha1, secret).tag(&[b"cookie-session"]);
        hmac(Hash::Sha1, &salted)
    });
    itsdangerous::new(name, keys, &OPTIONS, decode, encode)
}

fn decode(payload: &str) -> Option<String> {
    String::from_utf8(zlib::decode(payload)?).ok()
}

fn encode(json: &str) -> String {
    zlib::encode(escape_root(json).as_bytes())
}

/// The cookie lasts if Python takes `_permanent` for true.
fn lifetime(session: &Object, _: u64) -> CookieLifetime {
    let permanent = session.get("_permanent").unwrap_or("false");
    let is_zero = permanent.parse().is_ok_and(|number: f64| number == 0.0);
    if is_zero || FALSE.contains(&permanent) {
        return CookieLifetime::BrowserSession;
    }
    CookieLifetime::Config
}

/// The values that Python takes for false, except for numbers.
const FALSE: [&str; 8] = [
    "false",
    "null",
    "\"\"",
    "[]",
    "{}",
    r#"{" t":[]}"#,
    r#"{" m":""}"#,
    r#"{" b":""}"#,
];

/// Checks an object with one key, which may be a tag, and escapes one that only looks like a tag.
fn object(members: &mut [Member<'_>]) -> Result<Option<&'static str>, NotRepresentable> {
    let [(quoted, value)] = members else {
        return Ok(None);
    };
    let key = quoted.trim_matches('"');
    match Tag::of(key, value) {
        Tag::Readable => Ok(None),
        Tag::Unreadable => Err("Flask could not read this tag"),
        Tag::Collision => {
            *quoted = format!("\"{key}__\"").into();
            Ok(Some(" di"))
        }
    }
}

/// How Flask reads an object with one key.
enum Tag {
    /// As a tag that it can read, or as a map.
    Readable,
    Unreadable,
    /// As a tag, although it is a map.
    Collision,
}

impl Tag {
    fn of(key: &str, value: &Tree<'_>) -> Self {
        let text = serde_json::from_str::<String>(value.text);
        let readable = match (key, text) {
            (" t", _) if matches!(value.parts, Parts::Items(_)) => true,
            (" m", Ok(_)) => true,
            (" d", Ok(date)) => is_http_date(&date),
            (" b", Ok(bytes)) => base64::decode_standard(&bytes).is_some(),
            (" u", Ok(uuid)) => is_uuid(&uuid),
            (" di", _) if is_escaped(value) => true,
            (" t" | " m" | " d" | " b" | " u" | " di", _) => return Self::Collision,
            _ => true,
        };
        if readable {
            Self::Readable
        } else {
            Self::Unreadable
        }
    }
}

/// Whether Python's `uuid.UUID` accepts the text.
fn is_uuid(text: &str) -> bool {
    let hex = text.replace("urn:", "").replace("uuid:", "");
    let hex = hex.trim_matches(['{', '}']).replace('-', "");
    hex.len() == 32 && hex.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Whether a map holds one key, as inside the tag ` di`.
fn is_escaped(map: &Tree<'_>) -> bool {
    let Parts::Members(written) = &map.parts else {
        return false;
    };
    let members = TAGGED.members(written);
    let [(quoted, _)] = &*members else {
        return false;
    };
    let key = serde_json::from_str::<String>(quoted);
    key.is_ok_and(|key| key.ends_with("__"))
}

/// The only member of a map inside the tag ` di`: Flask appends `__` to a key that looks like a
/// tag.
fn escaped(map: &str) -> Option<(String, String)> {
    let map = Object::new(map.to_owned(), &TAGGED);
    let (key, value) = map.only_entry()?;
    Some((key.strip_suffix("__")?.to_owned(), value.to_owned()))
}

const TAGS: [&str; 6] = [" t", " m", " d", " b", " u", " di"];

/// Flask reads the session itself as a tag too, if it has one key. It has to be a map.
fn escape_root(json: &str) -> Cow<'_, str> {
    // The names of all tags begin with a space, which the key of a session hardly ever does.
    if !json.contains("\" ") {
        return Cow::Borrowed(json);
    }
    let json = unescape_root(json).map_or(Cow::Borrowed(json), Cow::Owned);
    let session = Object::new(json.to_string(), &TAGGED);
    match session.only_entry() {
        Some((" di", map)) if escaped(map).is_some() => json,
        Some((key, value)) if TAGS.contains(&key) => {
            Cow::Owned(format!("{{\" di\":{{\"{key}__\":{value}}}}}"))
        }
        _ => json,
    }
}

/// The escape of a session that had one key does not hold for one with several.
fn unescape_root(json: &str) -> Option<String> {
    let session = Object::new(json.to_owned(), &TAGGED);
    let (key, value) = session.get(" di").and_then(escaped)?;
    if session.only_entry().is_some() || !TAGS.contains(&&*key) {
        return None;
    }
    let mut changes = vec![];
    if key != " di" {
        changes.push(Change::new(" di", ChangeKind::Removed));
    }
    // A key that was set next to the escape is newer.
    if key == " di" || session.get(&key).is_none() {
        changes.push(Change::set(&key, &value));
    }
    let unescaped = session.splice(&changes, &TAGGED).ok()?;
    Some(unescaped.text().to_owned())
}
