//! The sessions of cookie-session for Express, and of koa-session.

use std::borrow::Cow;
use std::time::Duration;

use crate::config::SessionConfig;
use crate::config::builder::SessionConfigBuilder;
use crate::data::json_style::{Spelling, javascript_number};
use crate::data::object::Object;
use crate::status::Reason;
use crate::token::base64;
use crate::token::framework::koa::Koa;
use crate::token::key::Key;
use crate::token::mac::{Hash, Mac};
use crate::token::timestamps::Times;
use crate::token::{Candidate, Dialect, Format, Habits, Opened, Rejection, Sealed, Unspeakable};

impl SessionConfig {
    /// Starts a config that shares its sessions with an Express application that uses
    /// cookie-session, or with a Koa application that uses koa-session.
    ///
    /// `secret` is the first of the application's `keys`, by [`Key::legacy`]; the others are
    /// [`fallback_key`](SessionConfigBuilder::fallback_key)s. The session is in the cookie
    /// `"session"` and its signature in `"session.sig"`; for Koa set
    /// [`cookie_name`](SessionConfigBuilder::cookie_name) to `"koa.sess"`. The other attributes are
    /// this crate's defaults. A `Keygrip` of another hash than SHA-1 is not read.
    ///
    /// **An Express session never expires** on the server, as it holds no time: neither timeout
    /// is enforced, [`created_at`](crate::Session::created_at) is now, and nothing is refreshed. A
    /// Koa session ends at the `_expire` that koa-session put into it, and each write moves that.
    /// The cookie is one that the browser forgets when it closes.
    ///
    /// An integer beyond 2^53 that JavaScript would round, and a key that Express drops or Koa fails
    /// at, such as `"constructor"` or `"maxAge"`, are a [`SessionError`](crate::SessionError).
    /// koa-session drops the keys that begin with `_` when it writes, flash messages among them.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::express(Key::legacy("the first of keys")?).build()?;
    /// let cookies = config.encode(&SessionMap::default())?;
    /// assert!(cookies.starts_with("session=e30=; session.sig="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "express")))]
    pub fn express(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::of_peer(secret, "session", 14, |name, keys| {
            let macs = keys.iter().map(|key| Mac::new(Hash::Sha1, key.as_bytes()));
            Box::new(Express {
                name: name.to_owned(),
                signature_name: format!("{name}.sig"),
                macs: macs.collect(),
            })
        })
    }
}

struct Express {
    name: String,
    signature_name: String,
    /// The first one signs.
    macs: Vec<Mac>,
}

impl Express {
    fn message<'a>(&'a self, value: &'a str) -> [&'a [u8]; 3] {
        [self.name.as_bytes(), b"=", value.as_bytes()]
    }
}

impl Format for Express {
    fn open<'a>(&self, candidate: &Candidate<'a>, now: Duration) -> Result<Opened<'a>, Rejection> {
        let value = candidate.value;
        if value.is_empty() {
            return Err(Rejection::unverified(Reason::Malformed));
        }
        let key = self
            .macs
            .iter()
            .position(|mac| mac.verify_any(&self.message(value), candidate.signatures))
            .ok_or(Rejection::unverified(Reason::BadSignature))?;
        let json = self.json(value).unwrap_or_default();
        if Koa::of(&json).is_some_and(|koa| koa.is_over(now)) {
            return Err(Rejection::verified(Reason::AbsoluteTimeout));
        }
        Ok(Opened {
            payload: value,
            times: Times::starting(now.as_secs()),
            fallback: key > 0,
        })
    }

    fn json(&self, payload: &str) -> Option<String> {
        let json = String::from_utf8(base64::decode_standard(payload)?).ok()?;
        Some(match json.as_str() {
            // What Express reads as an empty session.
            "null" => "{}".to_owned(),
            _ => json,
        })
    }

    fn encode(&self, json: &str, times: Times) -> Sealed {
        let prolonged = Koa::of(json).and_then(|koa| koa.prolonged(json, times, &JavaScript));
        let json = prolonged.as_deref().unwrap_or(json);
        let value = base64::encode_standard(in_order(json).as_bytes());
        let mut signature = String::new();
        base64::encode_url(&self.macs[0].tag(&self.message(&value)), &mut signature);
        Sealed {
            value,
            signature: Some(signature),
        }
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &JavaScript
    }

    fn signature_name(&self) -> Option<&str> {
        Some(&self.signature_name)
    }

    fn habits(&self) -> Habits {
        Habits {
            knows_creation: false,
            ..Habits::default()
        }
    }

    fn outlives_browser(&self, _: &Object) -> bool {
        false
    }
}

const SPELLING: Spelling = Spelling {
    comma: ",",
    colon: ":",
    ascii: false,
    number: javascript_number,
};

/// Keys of `Session.prototype` and `Object.prototype` and Express' own, which it drops, and those
/// with which koa-session answers 500.
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

/// JSON as `JSON.stringify` spells it: Express sends its cookies anew where it is not.
struct JavaScript;

impl Dialect for JavaScript {
    fn name(&self) -> &'static str {
        "express"
    }

    fn value<'a>(&self, json: &'a str) -> Result<Cow<'a, str>, Unspeakable> {
        SPELLING
            .value(json, &|members| Ok(sorted(members)))
            .map(Cow::Owned)
    }

    fn key(&self, key: &str) -> Result<String, Unspeakable> {
        match REFUSED.contains(&key) {
            true => Err("Express drops a key of this name, or Koa fails at it"),
            false => Ok(SPELLING.string(key)),
        }
    }
}

/// JavaScript's objects have their array indices first, in ascending order (ECMA-262, section
/// 10.1.11.1).
fn sorted(mut members: Vec<(String, String)>) -> String {
    members.sort_by_key(|(key, _)| index(key.trim_matches('"')).unwrap_or(u32::MAX));
    SPELLING.object(&members)
}

fn in_order(json: &str) -> Cow<'_, str> {
    let session = Object::new(json.to_owned());
    if session.entries().all(|(key, _)| index(key).is_none()) {
        return Cow::Borrowed(json);
    }
    let mut members: Vec<_> = session.entries().zip(session.written()).collect();
    members.sort_by_key(|((key, _), _)| index(key).unwrap_or(u32::MAX));
    let members = members.into_iter();
    let members = members.map(|(_, (key, value))| (key.to_owned(), value.to_owned()));
    Cow::Owned(SPELLING.object(&members.collect::<Vec<_>>()))
}

fn index(key: &str) -> Option<u32> {
    let index: u32 = key.parse().ok().filter(|index| *index != u32::MAX)?;
    (index.to_string() == key).then_some(index)
}
