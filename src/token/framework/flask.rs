//! Flask's sessions, and Quart's.

use std::borrow::Cow;
use std::time::Duration;

use crate::config::SessionConfig;
use crate::config::builder::SessionConfigBuilder;
use crate::cookie;
use crate::data::json_style::{Spelling, python_number};
use crate::data::object::Object;
use crate::token::base64;
use crate::token::framework::itsdangerous::Itsdangerous;
use crate::token::framework::zlib;
use crate::token::key::Key;
use crate::token::mac::{Hash, Mac};
use crate::token::timestamps::Times;
use crate::token::{Candidate, Dialect, Format, Habits, Opened, Rejection, Sealed, Unspeakable};

impl SessionConfig {
    /// Starts a config that shares its sessions with a Flask or Quart application.
    ///
    /// `secret` is the application's `SECRET_KEY`, by [`Key::legacy`]; its `SECRET_KEY_FALLBACKS`
    /// are [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie is named `"session"` and
    /// the idle timeout is 31 days, as in Flask; the other attributes are this crate's defaults.
    ///
    /// Flask notes no beginning of a session: [`created_at`](crate::Session::created_at) is
    /// [`issued_at`](crate::Session::issued_at), and the absolute timeout is not enforced. A session
    /// that Flask did not make permanent stays one that the browser forgets when it closes.
    ///
    /// Flask's tags, which mark tuples, dates and the like, appear as the JSON objects that they
    /// are, such as `{" t": [1, 2]}`, and can be written so. One that Flask could not read, such as
    /// `{" u": "no UUID"}`, is a [`SessionError`](crate::SessionError); a map whose only key has the
    /// name of a tag and that is none, such as `{" t": 1}`, is escaped, so that Flask reads the map;
    /// here it appears as it is written, `{" di": {" t__": 1}}`.
    ///
    /// `{" m": ".."}` is text that Flask trusts as HTML: store no JSON that a visitor made up.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::flask(Key::legacy("Flask's SECRET_KEY")?).build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("session=e30."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "flask")))]
    pub fn flask(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::of_peer(secret, "session", 31, |_, keys| {
            let macs = keys.iter().map(|key| {
                let salted = Mac::new(Hash::Sha1, key.as_bytes()).tag(&[b"cookie-session"]);
                Mac::new(Hash::Sha1, &salted)
            });
            Box::new(Flask(Itsdangerous::new(macs.collect())))
        })
    }
}

struct Flask(Itsdangerous);

impl Format for Flask {
    fn open<'a>(&self, candidate: &Candidate<'a>, _: Duration) -> Result<Opened<'a>, Rejection> {
        self.0.open(candidate.value)
    }

    fn json(&self, payload: &str) -> Option<String> {
        String::from_utf8(zlib::decode(payload)?).ok()
    }

    fn encode(&self, json: &str, times: Times) -> Sealed {
        let payload = zlib::encode(escaped_root(json).as_bytes());
        Sealed::one(self.0.encode(payload, times.issued))
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &Tagged
    }

    fn habits(&self) -> Habits {
        Habits {
            knows_creation: false,
            max_json: zlib::MAX_INFLATED,
            ..Habits::default()
        }
    }

    fn outlives_browser(&self, session: &Object) -> bool {
        // Whatever is true to Python.
        let permanent = session.get("_permanent").unwrap_or("false");
        !["false", "null", "0", "0.0", "\"\"", "[]", "{}"].contains(&permanent)
    }
}

const SPELLING: Spelling = Spelling {
    comma: ",",
    colon: ":",
    ascii: true,
    number: python_number,
};

/// JSON with Flask's tags: an object whose only key is the name of a tag is a value of another type.
struct Tagged;

impl Dialect for Tagged {
    fn name(&self) -> &'static str {
        "flask"
    }

    fn value<'a>(&self, json: &'a str) -> Result<Cow<'a, str>, Unspeakable> {
        SPELLING.value(json, &object).map(Cow::Owned)
    }

    fn key(&self, key: &str) -> Result<String, Unspeakable> {
        Ok(SPELLING.string(key))
    }
}

fn object(members: Vec<(String, String)>) -> Result<String, Unspeakable> {
    match &members[..] {
        [(quoted, value)] => {
            let key = quoted.trim_matches('"');
            match Tag::of(key, value) {
                Tag::Readable => Ok(SPELLING.object(&members)),
                Tag::Unreadable => Err("Flask could not read this tag"),
                Tag::Collision => Ok(escaped(key, value)),
            }
        }
        _ => Ok(SPELLING.object(&members)),
    }
}

/// What an object with one key is to Flask.
enum Tag {
    /// A tag that it can read, or no tag.
    Readable,
    Unreadable,
    /// A map with the name of a tag as its key.
    Collision,
}

impl Tag {
    fn of(key: &str, value: &str) -> Self {
        let text = serde_json::from_str::<String>(value);
        let readable = match (key, text) {
            (" t", _) if value.starts_with('[') => true,
            (" m", Ok(_)) => true,
            (" d", Ok(date)) => cookie::is_http_date(&date),
            (" b", Ok(bytes)) => base64::decode_standard(&bytes).is_some(),
            (" u", Ok(uuid)) => is_uuid(&uuid),
            (" di", _) if is_escaped(value) => true,
            (" t" | " m" | " d" | " b" | " u" | " di", _) => return Self::Collision,
            _ => true,
        };
        match readable {
            true => Self::Readable,
            false => Self::Unreadable,
        }
    }
}

/// What Python's `uuid.UUID` takes.
fn is_uuid(text: &str) -> bool {
    let hex = text.replace("urn:", "").replace("uuid:", "");
    let hex = hex.trim_matches(['{', '}']).replace('-', "");
    hex.len() == 32 && hex.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// The tag around a map whose only key would be taken for a tag; the key ends with two more
/// characters.
fn escaped(key: &str, value: &str) -> String {
    let inner = SPELLING.object(&[(format!("\"{key}__\""), value.to_owned())]);
    SPELLING.object(&[("\" di\"".to_owned(), inner)])
}

fn is_escaped(inner: &str) -> bool {
    let inner = Object::new(inner.to_owned());
    let mut entries = inner.entries();
    matches!((entries.next(), entries.next()), (Some((key, _)), None) if key.ends_with("__"))
}

/// The session itself follows the rule for tags, and has to be a map.
fn escaped_root(json: &str) -> Cow<'_, str> {
    // Every tag begins with a space, which no other key of a session is likely to.
    if !json.contains("\" ") {
        return Cow::Borrowed(json);
    }
    let session = Object::new(json.to_owned());
    let mut entries = session.entries();
    match (entries.next(), entries.next()) {
        (Some((" di", inner)), None) if is_escaped(inner) => Cow::Borrowed(json),
        (Some((key @ (" t" | " m" | " d" | " b" | " u" | " di"), value)), None) => {
            Cow::Owned(escaped(key, value))
        }
        _ => Cow::Borrowed(json),
    }
}
