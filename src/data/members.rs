//! Where the members of a JSON object lie in its text.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Found once for a text, so that asking for a key does not read it all again.
#[derive(Clone)]
pub(crate) struct Index {
    /// The keys as they are written, with quotes and escapes.
    keys: Vec<Range<u32>>,
    /// The keys without escapes, where there are any.
    unescaped: Vec<Box<str>>,
}

impl Index {
    pub(crate) const fn none() -> Self {
        Self {
            keys: Vec::new(),
            unescaped: Vec::new(),
        }
    }

    /// None where the text is not one JSON object from end to end.
    pub(crate) fn of(text: &str) -> Option<Self> {
        // serde_json lends a key from the text only where no escape is in it, which is nearly
        // always, and then is a quarter faster than with the raw text of each key.
        if let Some(keys) = Keys::<&str>::of(text) {
            let unescaped = Vec::new();
            return Some(Self { keys, unescaped });
        }
        let keys = Keys::<&RawValue>::of(text)?;
        let unescaped = keys.iter().map(|key| unescaped(slice(text, key))).collect();
        Some(Self { keys, unescaped })
    }
}

/// The members of an object, repeated keys included.
#[derive(Clone, Copy)]
pub(crate) struct Members<'a> {
    text: &'a str,
    index: &'a Index,
}

impl<'a> Members<'a> {
    pub(crate) fn new(text: &'a str, index: &'a Index) -> Self {
        Self { text, index }
    }

    pub(crate) fn len(self) -> usize {
        self.index.keys.len()
    }

    pub(crate) fn key(self, at: usize) -> &'a str {
        match self.index.unescaped.get(at) {
            Some(key) => key,
            None => unquoted(self.quoted(at)),
        }
    }

    /// Whether the key is this one. Of bytes, it need not be checked where characters begin.
    pub(crate) fn is_key(self, at: usize, key: &str) -> bool {
        let Range { start, end } = self.index.keys[at];
        match self.index.unescaped.get(at) {
            Some(unescaped) => **unescaped == *key,
            None => self.text.as_bytes()[start as usize + 1..end as usize - 1] == *key.as_bytes(),
        }
    }

    /// The key as it is written.
    pub(crate) fn quoted(self, at: usize) -> &'a str {
        slice(self.text, &self.index.keys[at])
    }

    pub(crate) fn value(self, at: usize) -> &'a str {
        let start = self.index.keys[at].end;
        let next = self.index.keys.get(at + 1);
        let end = next.map_or(self.text.len(), |key| key.start as usize);
        // The text is a JSON object: here stand a colon, the value, and a comma or the last brace,
        // with white space around each (RFC 8259, section 2).
        let rest = self.text[start as usize..end].trim_ascii();
        rest[1..rest.len() - 1].trim_ascii()
    }

    /// Several members, as they are written.
    pub(crate) fn run(self, members: Range<usize>) -> &'a str {
        if members.is_empty() {
            return "";
        }
        let start = self.index.keys[members.start].start as usize;
        &self.text[start..place(self.text, self.value(members.end - 1)).end]
    }

    /// Whether nothing but `comma` stands before a member.
    pub(crate) fn is_joined(self, at: usize, comma: &str) -> bool {
        let before = &self.text.as_bytes()[..self.index.keys[at].start as usize];
        let value = before.strip_suffix(comma.as_bytes());
        value.is_some_and(|value| value.last().is_some_and(|last| !last.is_ascii_whitespace()))
    }

    pub(crate) fn position(self, key: &str) -> Option<usize> {
        (0..self.len()).rfind(|at| self.is_key(*at, key))
    }
}

/// Collects where the keys of an object lie in the text that it is parsed from.
struct Keys<'de, K> {
    text: &'de str,
    key: PhantomData<K>,
}

impl<'de, K: Key<'de>> Keys<'de, K> {
    fn of(text: &'de str) -> Option<Vec<Range<u32>>> {
        u32::try_from(text.len()).ok()?;
        let key = PhantomData::<K>;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let keys = deserializer.deserialize_map(Self { text, key }).ok()?;
        deserializer.end().ok()?;
        Some(keys)
    }
}

impl<'de, K: Key<'de>> Visitor<'de> for Keys<'de, K> {
    type Value = Vec<Range<u32>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // A member has six bytes and more, so one allocation holds all there can be.
        let mut keys = Vec::with_capacity(1 + self.text.len() / 6);
        while let Some((key, IgnoredAny)) = map.next_entry::<K, IgnoredAny>()? {
            let quoted = key.quoted(self.text);
            keys.push(quoted.start as u32..quoted.end as u32);
        }
        Ok(keys)
    }
}

/// A key that is borrowed from the text.
trait Key<'de>: Deserialize<'de> {
    /// Where it lies, with its quotes.
    fn quoted(&self, text: &str) -> Range<usize>;
}

impl<'de> Key<'de> for &'de str {
    fn quoted(&self, text: &str) -> Range<usize> {
        let bare = place(text, self);
        bare.start - 1..bare.end + 1
    }
}

impl<'de> Key<'de> for &'de RawValue {
    fn quoted(&self, text: &str) -> Range<usize> {
        place(text, self.get())
    }
}

/// `part` is borrowed from `text`, so its distance from the start is its place.
fn place(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    start..start + part.len()
}

fn slice<'a>(text: &'a str, place: &Range<u32>) -> &'a str {
    &text[place.start as usize..place.end as usize]
}

/// A lone surrogate (`"\ud800"`) is legal JSON and no Rust text: such a key keeps its spelling.
fn unescaped(quoted: &str) -> Box<str> {
    serde_json::from_str(quoted).unwrap_or_else(|_| unquoted(quoted).into())
}

fn unquoted(quoted: &str) -> &str {
    &quoted[1..quoted.len() - 1]
}
