//! What the peers read.

use std::collections::BTreeMap;

use axum_cookie_session_fuzz::json::{self, Decimal, Member, Node, members};
use axum_cookie_session_fuzz::made_up::Json;
use axum_cookie_session_fuzz::sign::Scheme;
use data_encoding::BASE64;

/// What a peer makes of a payload: the JSON text of an object.
pub fn text(scheme: Scheme, payload: &[u8]) -> Option<String> {
    let text = match scheme {
        // Latin-1; where it is not ASCII, it is escaped for us, who read UTF-8.
        Scheme::Django if !payload.is_ascii() => payload
            .iter()
            .map(|byte| match byte {
                0..0x7f => char::from(*byte).to_string(),
                _ => format!("\\u00{byte:02x}"),
            })
            .collect(),
        _ => String::from_utf8(payload.to_vec()).ok()?,
    };
    match (scheme, text.as_str()) {
        (Scheme::Express | Scheme::ReactRouter, "null") => Some("{}".to_owned()),
        _ => members(&text).is_some().then_some(text),
    }
}

/// What tells a session of koa-session: both keys together, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Koa {
    /// Since 1970.
    pub expire: f64,
    pub max_age: f64,
}

pub fn koa(members: &[Member<'_>]) -> Option<Koa> {
    let number = |name: &str| {
        let member = members.iter().rfind(|member| member.is(name))?;
        milliseconds(member.value)
    };
    Some(Koa {
        expire: number("_expire")?,
        max_age: number("_maxAge")?,
    })
}

pub fn milliseconds(value: &str) -> Option<f64> {
    value
        .trim_ascii()
        .parse()
        .ok()
        .filter(|number| *number >= 0.0)
}

pub fn is_over(scheme: Scheme, text: &str, now: u64) -> bool {
    // Koa writes its keys without escapes.
    let plain = ["\"_expire\"", "\"_maxAge\""]
        .iter()
        .all(|key| text.contains(key));
    let koa = members(text).and_then(|members| koa(&members));
    scheme == Scheme::Express && plain && koa.is_some_and(|koa| koa.expire < now as f64 * 1000.0)
}

/// Whether the peer writes a session in another order, or under another key, than it was made in.
pub fn is_rewritten(scheme: Scheme, members: &[Member<'_>]) -> bool {
    let index = |member: &Member<'_>| {
        let index = member.name().and_then(|name| name.parse::<u32>().ok());
        index.is_some()
    };
    match scheme {
        // JavaScript has its array indices first, and Koa moves the end of a session.
        Scheme::Express => koa(members).is_some() || members.iter().any(index),
        Scheme::ReactRouter => members.iter().any(index),
        // A session whose only key is a tag is escaped, and one with more keys is not.
        Scheme::Flask => {
            let is_tag = |member: &Member<'_>| TAGS.iter().any(|tag| member.is(tag));
            matches!(members, [one] if is_tag(one)) || members.iter().any(|one| one.is(" di"))
        }
        _ => false,
    }
}

pub const TAGS: [&str; 6] = [" t", " b", " m", " u", " d", " di"];

/// A session as Flask reads it: key and meaning. `None` where it reads a tag, and fails.
pub fn flask_root(root: BTreeMap<Vec<u16>, Node>) -> Option<BTreeMap<Vec<u16>, Node>> {
    let is_tag = |key: &[u16]| {
        TAGS.iter()
            .any(|tag| json::utf16(&format!("\"{tag}\"")) == key)
    };
    if root.len() == 1 && root.keys().all(|key| is_tag(key)) {
        let Node::Object(read) = meaning(Scheme::Flask, Node::Object(root.clone())) else {
            return None;
        };
        let di = root.get(&json::utf16("\" di\""))?;
        let escaped = matches!(di, Node::Object(inner) if inner.len() == 1);
        return escaped.then_some(read);
    }
    let root = root.into_iter();
    let root = root.map(|(key, value)| (key, meaning(Scheme::Flask, value)));
    Some(root.collect())
}

/// What Flask has to read where the session is shown as `root` here. The escape of a session that
/// had one key does not hold for one with several.
pub fn shown_to_flask(mut root: BTreeMap<Vec<u16>, Node>) -> BTreeMap<Vec<u16>, Node> {
    let di = json::utf16("\" di\"");
    let escaped = root.get(&di).and_then(|value| match value {
        Node::Object(inner) if inner.len() == 1 => {
            let (key, value) = inner.first_key_value()?;
            let key = key.strip_suffix(&json::utf16("\"__\"")[..])?;
            let key_is_tag = TAGS
                .iter()
                .any(|tag| json::utf16(&format!("\"{tag}\"")) == key);
            (root.len() == 1 || key_is_tag).then(|| (key.to_vec(), value.clone()))
        }
        _ => None,
    });
    if let Some((key, value)) = escaped {
        root.remove(&di);
        root.entry(key).or_insert(value);
    }
    let root = root.into_iter();
    let root = root.map(|(key, value)| (key, meaning(Scheme::Flask, value)));
    root.collect()
}

/// What a value means to its reader. A map with the name of a tag is escaped for Flask.
pub fn meaning(scheme: Scheme, node: Node) -> Node {
    match node {
        Node::Array(items) => {
            let items = items.into_iter().map(|item| meaning(scheme, item));
            Node::Array(items.collect())
        }
        Node::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(key, value)| (key, meaning(scheme, value)));
            let mut members: BTreeMap<_, _> = members.collect();
            let di = json::utf16("\" di\"");
            if scheme == Scheme::Flask
                && members.len() == 1
                && let Some(Node::Object(inner)) = members.get(&di)
                && inner.len() == 1
                && let Some((key, value)) = inner.first_key_value()
                && key.ends_with(&json::utf16("\"__\""))
            {
                let key = key[..key.len() - 2].to_vec();
                members = [(key, value.clone())].into();
            }
            Node::Object(members)
        }
        scalar => scalar,
    }
}

/// Whether Flask's reader gets through the tags of a value: it answers 500 where it does not.
pub fn flask_reads(node: &Node) -> bool {
    let members = match node {
        Node::Array(items) => return items.iter().all(flask_reads),
        Node::Object(members) => members,
        _ => return true,
    };
    let tag = members.first_key_value().filter(|_| members.len() == 1);
    let readable = match tag.map(|(key, value)| (String::from_utf16_lossy(key), value)) {
        Some((tag, value)) if TAGS.contains(&tag.as_str()) => match (tag.as_str(), value) {
            (" t", Node::Array(_)) | (" m" | " d", Node::Text(_)) => true,
            (" b", Node::Text(text)) => {
                let text = String::from_utf16_lossy(text);
                BASE64.decode(text.as_bytes()).is_ok()
            }
            (" u", Node::Text(text)) => {
                let digit = |unit: &&u16| {
                    char::from_u32(u32::from(**unit)).is_some_and(|char| char.is_ascii_hexdigit())
                };
                text.iter().filter(digit).count() >= 32
            }
            (" di", Node::Object(inner)) => inner.len() == 1,
            _ => false,
        },
        _ => true,
    };
    readable && members.values().all(flask_reads)
}

/// Whether the peer can read a key and a value; in doubt it is `Err`.
pub fn representable(scheme: Scheme, key: &str, value: &Json) -> Result<(), ()> {
    // Express drops them, or Koa fails at them.
    const REFUSED: [&str; 19] = [
        "toJSON",
        "maxAge",
        "_maxAge",
        "_ctx",
        "isChanged",
        "isNew",
        "isPopulated",
        "constructor",
        "__defineGetter__",
        "__defineSetter__",
        "hasOwnProperty",
        "__lookupGetter__",
        "__lookupSetter__",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toString",
        "valueOf",
        "__proto__",
        "toLocaleString",
    ];
    if scheme == Scheme::Express && REFUSED.contains(&key) {
        return Err(());
    }
    // Rails fails at values of another form.
    if scheme.is_rails() && ["session_id", "_csrf_token", "flash"].contains(&key) {
        return Err(());
    }
    // So does Django at an expiry that is neither seconds nor a date. No text has to be accepted here.
    if scheme == Scheme::Django && key == "_session_expiry" {
        let text = value.to_json();
        let seconds = text.trim().parse::<f64>();
        if text.trim() != "null" && !seconds.is_ok_and(|seconds| seconds.abs() < 1e10) {
            return Err(());
        }
    }
    representable_value(scheme, value, 0)
}

pub fn representable_value(scheme: Scheme, value: &Json, depth: usize) -> Result<(), ()> {
    if depth > 90 {
        return Err(());
    }
    match value {
        // JavaScript rounds a number that is not a 64-bit float; integers of Python and Ruby have any size, and
        // what a float of it would round keeps its text.
        Json::Integer(_) | Json::Float(_) | Json::Number(..) => {
            let text = value.to_json();
            let exact = match scheme {
                _ if text == "null" => true,
                Scheme::Express | Scheme::ReactRouter => Decimal::from_valid(&text).is_float(&text),
                _ => text.parse().is_ok_and(f64::is_finite),
            };
            exact.then_some(()).ok_or(())
        }
        Json::Array(items) => items
            .iter()
            .try_for_each(|item| representable_value(scheme, item, depth + 1)),
        Json::Object(members) => {
            let tag = members
                .iter()
                .any(|(key, _)| TAGS.contains(&&key.to_json()[1..key.to_json().len() - 1]));
            if scheme == Scheme::Flask && tag {
                return Err(());
            }
            members
                .iter()
                .try_for_each(|(_, value)| representable_value(scheme, value, depth + 1))
        }
        Json::Tagged(_, value) => match scheme {
            Scheme::Flask => Err(()),
            _ => representable_value(scheme, value, depth + 1),
        },
        Json::Nested(levels, value) => {
            representable_value(scheme, value, depth + usize::from(*levels))
        }
        Json::Spaced(value) => representable_value(scheme, value, depth),
        _ => Ok(()),
    }
}
