//! How the reader of a session wants its JSON written.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ptr;

use crate::data::change::FEW;
use crate::data::number::Number;
use crate::data::tree::{Parts, Tree};

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
    /// Called with the key and the value of each member of the session itself that is set.
    pub(crate) check_member: fn(&str, &str) -> Result<(), NotRepresentable>,
    /// Levels of objects and arrays inside the session, the innermost value included.
    pub(crate) max_depth: usize,
    /// Prefix and suffix of the name of a value in its key, if the framework shows that
    /// value once.
    pub(crate) flash_key: Option<[&'static str; 2]>,
}

/// Why a reader could not read a key or a value.
pub(crate) type NotRepresentable = &'static str;

/// A key in quotes, written in the style already, and a value that is not.
pub(crate) type Member<'a> = (Cow<'a, str>, &'a Tree<'a>);

/// JSON as serde_json writes it.
pub(crate) static SERDE: JsonStyle = JsonStyle::PLAIN;

/// One text for all texts of a JSON value: keys sorted, numbers by their value.
pub(crate) static CANONICAL: JsonStyle = JsonStyle {
    number: |json| Ok(Cow::Owned(Number::parse(json).canonical())),
    object: |members| {
        members.sort_by(|(key, _), (other, _)| key.cmp(other));
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
        check_member: |_, _| Ok(()),
        max_depth: MAX_DEPTH,
        flash_key: None,
    };

    pub(crate) fn is(&self, other: &Self) -> bool {
        ptr::eq(self, other)
    }

    /// Rewrites a value that serde_json wrote.
    pub(crate) fn value<'a>(&self, json: &'a str) -> Result<Cow<'a, str>, NotRepresentable> {
        if self.is(&SERDE) {
            return Ok(Cow::Borrowed(json));
        }
        let value = Tree::parse(json, self.max_depth).ok_or("it is nested too deeply")?;
        let mut out = String::with_capacity(json.len());
        self.write(&value, &mut out)?;
        Ok(Cow::Owned(out))
    }

    pub(crate) fn string(&self, text: &str) -> String {
        let json = serde_json::to_string(text).expect("serde_json can write every str");
        match self.ascii {
            true => ascii(&json),
            false => json,
        }
    }

    fn write(&self, value: &Tree<'_>, out: &mut String) -> Result<(), NotRepresentable> {
        match &value.parts {
            Parts::Members(written) => {
                let mut members = self.members(written);
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
                    self.write(value, out)?;
                }
                out.push_str(if outer.is_some() { "}}" } else { "}" });
            }
            Parts::Items(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { self.comma } else { "" });
                    self.write(item, out)?;
                }
                out.push(']');
            }
            Parts::None => match value.text.as_bytes().first() {
                Some(b'"') => out.push_str(&self.rewritten(value.text)),
                Some(b't' | b'f' | b'n') => out.push_str(value.text),
                _ => out.push_str(&(self.number)(value.text)?),
            },
        }
        Ok(())
    }

    /// Each key once, at its first place and with its last value, as Python and JavaScript read it.
    pub(crate) fn members<'a>(&self, written: &'a [(&'a str, Tree<'a>)]) -> Vec<Member<'a>> {
        // A few keys are compared faster than hashed.
        let mut places = HashMap::new();
        let mut members: Vec<Member<'a>> = Vec::with_capacity(written.len());
        for (key, value) in written {
            let key = self.rewritten(key);
            let next = members.len();
            let place = match written.len() {
                ..=FEW => members.iter().position(|(before, _)| *before == key),
                _ => Some(*places.entry(key.clone()).or_insert(next)),
            };
            match place.and_then(|place| members.get_mut(place)) {
                Some(member) => member.1 = value,
                None => members.push((key, value)),
            }
        }
        members
    }

    fn rewritten<'a>(&self, quoted: &'a str) -> Cow<'a, str> {
        let is_ascii = || quoted.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !quoted.contains('\\') && (!self.ascii || is_ascii()) {
            return Cow::Borrowed(quoted);
        }
        // A lone surrogate is not a Rust string. It is an escape, so it is ASCII already.
        serde_json::from_str(quoted).map_or(Cow::Borrowed(quoted), |text: String| {
            Cow::Owned(self.string(&text))
        })
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
