//! What the peers read.

use axum_cookie_session_fuzz::configs;
use axum_cookie_session_fuzz::json::{self, Member, Node, members};
use axum_cookie_session_fuzz::made_up::Json;
use axum_cookie_session_fuzz::sign::Scheme;
use data_encoding::BASE64;

/// What a peer makes of a payload: the JSON text of an object.
pub fn text(scheme: Scheme, payload: &[u8]) -> Option<String> {
    let text = match scheme {
        // Latin-1; where it is no ASCII, it is escaped for us, who read UTF-8.
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
        (Scheme::Express, "null") => Some("{}".to_owned()),
        _ => members(&text).is_some().then_some(text),
    }
}

/// The number that koa-session keeps under a key, as JavaScript writes it.
pub fn number<T: std::str::FromStr>(text: &str, key: &str) -> Option<T> {
    let members = members(text)?;
    let member = members.iter().rfind(|member| member.name() == key)?;
    text.contains("\"_expire\"")
        .then(|| member.value.parse().ok())?
}

pub fn is_over(scheme: Scheme, text: &str, now: u64) -> bool {
    let expire = number::<f64>(text, "_expire");
    scheme == Scheme::Express && expire.is_some_and(|expire| expire < now as f64 * 1000.0)
}

/// Seconds after which a token is refused.
pub fn lifetime(scheme: Scheme) -> u64 {
    match scheme {
        Scheme::Flask => 31 * configs::DAY,
        _ => 14 * configs::DAY,
    }
}

/// Whether the peer writes a session in another order, or under another key, than it was made in.
pub fn is_rewritten(scheme: Scheme, members: &[Member<'_>]) -> bool {
    let index = |member: &Member<'_>| member.name().parse::<u32>().is_ok();
    match scheme {
        // JavaScript has its array indices first, and Koa moves the end of a session.
        Scheme::Express => members.iter().any(|member| {
            index(member) || ["_expire", "_maxAge"].contains(&member.name().as_str())
        }),
        // A session whose only key is a tag is escaped.
        Scheme::Flask => {
            matches!(members, [one] if TAGS.contains(&one.name().as_str()))
        }
        _ => false,
    }
}

pub const TAGS: [&str; 6] = [" t", " b", " m", " u", " d", " di"];

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
            let mut members: std::collections::BTreeMap<_, _> = members.collect();
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
    const DROPPED: [&str; 3] = ["__proto__", "constructor", "toJSON"];
    if scheme == Scheme::Express && (DROPPED.contains(&key) || key == "_maxAge") {
        return Err(());
    }
    representable_value(scheme, value, 0)
}

pub fn representable_value(scheme: Scheme, value: &Json, depth: usize) -> Result<(), ()> {
    if depth > 90 {
        return Err(());
    }
    match value {
        Json::Integer(number) if number.unsigned_abs() > 1 << 53 && scheme == Scheme::Express => {
            Err(())
        }
        Json::Number(_, exponent) if *exponent > 280 => Err(()),
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
