//! How the reader of a session wants its JSON written.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ptr;

use serde_json::value::RawValue;

use crate::data::members::{Index, Members};
use crate::data::number::Number;

/// Python stops at about a thousand levels, serde_json's `Value` at 128.
const MAX_DEPTH: usize = 100;

/// The choices that JSON leaves to its writer, and the values that a reader does not accept.
pub(crate) struct JsonStyle {
    /// Between members.
    pub(crate) comma: &'static str,
    /// Between a key and its value.
    pub(crate) colon: &'static str,
    /// Whether characters beyond printable ASCII are escaped.
    pub(crate) ascii: bool,
    pub(crate) number: fn(&str) -> Result<Cow<'_, str>, NotRepresentable>,
    /// Called with the members of each object inside a value, before they are written. May return
    /// a key: then the object is written as the only value of another one, under that key.
    pub(crate) object: fn(&mut [Member<'_>]) -> Result<Option<&'static str>, NotRepresentable>,
    /// Called with each key that is set in the session itself.
    pub(crate) check_key: fn(&str) -> Result<(), NotRepresentable>,
    /// Called with each key and value that is set in the session itself.
    pub(crate) check_value: fn(&str, &str) -> Result<(), NotRepresentable>,
    /// Levels of objects and arrays inside the session, the innermost value included.
    pub(crate) max_depth: usize,
    /// What stands before and behind the name of a value in its key, if the framework shows that
    /// value once.
    pub(crate) flash_key: Option<[&'static str; 2]>,
}

/// Why a reader could not read a key or a value.
pub(crate) type NotRepresentable = &'static str;

/// A key in quotes, written in the style already, and a value that is not.
pub(crate) type Member<'a> = (String, &'a str);

/// JSON as serde_json writes it.
pub(crate) static SERDE: JsonStyle = JsonStyle::PLAIN;

/// One text for all texts of a JSON value: keys sorted, numbers by their value.
pub(crate) static CANONICAL: JsonStyle = JsonStyle {
    number: |json| Ok(Cow::Owned(Number::parse(json).canonical())),
    object: |members| {
        members.sort();
        Ok(None)
    },
    ..JsonStyle::PLAIN
};

impl JsonStyle {
    /// Compact, and without any choice of a reader.
    pub(crate) const PLAIN: Self = Self {
        comma: ",",
        colon: ":",
        ascii: false,
        number: |json| Ok(Cow::Borrowed(json)),
        object: |_| Ok(None),
        check_key: |_| Ok(()),
        check_value: |_, _| Ok(()),
        max_depth: MAX_DEPTH,
        flash_key: None,
    };

    pub(crate) fn is(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }

    /// Writes a key of the session itself.
    pub(crate) fn key(&self, key: &str) -> Result<String, NotRepresentable> {
        (self.check_key)(key)?;
        Ok(self.string(key))
    }

    /// Rewrites a value that serde_json wrote.
    pub(crate) fn value<'a>(&self, json: &'a str) -> Result<Cow<'a, str>, NotRepresentable> {
        if self.is(&SERDE) {
            return Ok(Cow::Borrowed(json));
        }
        let mut out = String::with_capacity(json.len());
        self.write(json, self.max_depth, &mut out)?;
        Ok(Cow::Owned(out))
    }

    pub(crate) fn string(&self, text: &str) -> String {
        let json = serde_json::to_string(text).expect("serde_json can write every str");
        match self.ascii {
            true => ascii(&json),
            false => json,
        }
    }

    fn write(&self, json: &str, depth: usize, out: &mut String) -> Result<(), NotRepresentable> {
        let depth = depth.checked_sub(1).ok_or("it is nested too deeply")?;
        let json = json.trim_ascii();
        match json.as_bytes().first() {
            Some(b'{') => {
                let mut members = self.members(json);
                let outer = (self.object)(&mut members)?;
                if let Some(key) = outer {
                    out.push('{');
                    out.push_str(&self.string(key));
                    out.push_str(self.colon);
                }
                out.push('{');
                for (at, (key, value)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { self.comma } else { "" });
                    out.push_str(key);
                    out.push_str(self.colon);
                    self.write(value, depth, out)?;
                }
                out.push_str(if outer.is_some() { "}}" } else { "}" });
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { self.comma } else { "" });
                    self.write(item.get(), depth, out)?;
                }
                out.push(']');
            }
            Some(b'"') => out.push_str(&self.rewritten(json)),
            Some(b't' | b'f' | b'n') => out.push_str(json),
            _ => out.push_str(&(self.number)(json)?),
        }
        Ok(())
    }

    /// Each key once, at its first place and with its last value, as Python and JavaScript read it.
    fn members<'a>(&self, json: &'a str) -> Vec<Member<'a>> {
        let index = Index::parse(json).unwrap_or_default();
        let written = Members::new(json, &index);
        let mut members: Vec<(String, &str)> = Vec::with_capacity(written.len());
        let mut places: HashMap<String, usize> = HashMap::new();
        for at in 0..written.len() {
            let (key, value) = (self.rewritten(written.quoted(at)), written.value(at));
            match places.get(&key) {
                Some(&place) => members[place].1 = value,
                None => {
                    places.insert(key.clone(), members.len());
                    members.push((key, value));
                }
            }
        }
        members
    }

    fn rewritten(&self, quoted: &str) -> String {
        // A lone surrogate is not a Rust string. It is an escape, so it is ASCII already.
        serde_json::from_str(quoted)
            .map_or_else(|_| quoted.to_owned(), |text: String| self.string(&text))
    }
}

/// Escapes characters beyond printable ASCII as Python's `ensure_ascii` does: as UTF-16, in lower
/// case. Control characters stay: inside strings they are escaped already, outside they are white
/// space.
pub(crate) fn ascii(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for char in json.chars() {
        match char {
            ..='~' => escaped.push(char),
            _ => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    escaped.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    escaped
}
