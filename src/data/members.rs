//! The positions of the members of a JSON object in its text.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;

use memchr::memchr;
use serde::de::{Deserialize, Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Built once for a text, so that looking up a key does not parse the text again.
#[derive(Clone, Default)]
pub(crate) struct Index {
    /// The keys as they are written, with quotes and escapes.
    keys: Vec<Range<u32>>,
    /// The keys without escapes. Empty if no key has an escape. `None` if a key is not a Rust
    /// string: a lone surrogate (`"\ud800"`) is valid JSON.
    unescaped: Vec<Option<Box<str>>>,
}

impl Index {
    pub(crate) const EMPTY: Self = Self {
        keys: Vec::new(),
        unescaped: Vec::new(),
    };

    /// Parses the whole text: `None` if it is not one JSON object from end to end.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // serde_json borrows a key from the text only if no key has an escape. That is nearly
        // always so, and a quarter faster than the raw text of each key.
        if let Some(keys) = Keys::<&str>::parse(text) {
            let unescaped = Vec::new();
            return Some(Self { keys, unescaped });
        }
        Some(Self::with_escapes(text, Keys::<&RawValue>::parse(text)?))
    }

    /// For a text that serde_json wrote. `None` if it is too long.
    pub(super) fn recorded(text: &str, keys: Vec<Range<u32>>) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        // The whole text first: mostly nothing in it has an escape.
        let in_text = memchr(b'\\', text.as_bytes()).is_some();
        if in_text && keys.iter().any(|key| slice(text, key).contains('\\')) {
            return Some(Self::with_escapes(text, keys));
        }
        let unescaped = Vec::new();
        Some(Self { keys, unescaped })
    }

    fn with_escapes(text: &str, keys: Vec<Range<u32>>) -> Self {
        let unescaped = keys.iter().map(|key| unescaped(slice(text, key))).collect();
        Self { keys, unescaped }
    }
}

/// The members of an object, repeated keys included.
#[derive(Clone, Copy)]
pub(crate) struct Members<'text, 'index> {
    text: &'text str,
    index: &'index Index,
}

impl<'text: 'index, 'index> Members<'text, 'index> {
    pub(crate) fn new(text: &'text str, index: &'index Index) -> Self {
        Self { text, index }
    }

    pub(crate) fn len(self) -> usize {
        self.index.keys.len()
    }

    /// `None` if the key is not a Rust string.
    pub(crate) fn key(self, at: usize) -> Option<&'index str> {
        match self.index.unescaped.get(at) {
            Some(key) => key.as_deref(),
            None => Some(unquoted(self.quoted(at))),
        }
    }

    pub(crate) fn is_key(self, at: usize, key: &str) -> bool {
        match (self.index.unescaped.get(at), self.quoted_bytes(at)) {
            (Some(unescaped), _) => unescaped.as_deref() == Some(key),
            (None, quoted) => quoted[1..quoted.len() - 1] == *key.as_bytes(),
        }
    }

    /// Whether both have the same keys at the same positions.
    pub(crate) fn has_same_keys(self, other: Members<'_, '_>) -> bool {
        self.len() == other.len()
            && (0..self.len()).all(|at| {
                self.quoted_bytes(at) == other.quoted_bytes(at) || self.key(at) == other.key(at)
            })
    }

    /// The key as it is written.
    pub(crate) fn quoted(self, at: usize) -> &'text str {
        slice(self.text, &self.index.keys[at])
    }

    /// Bytes: slicing a str would look for the boundaries of characters again.
    fn quoted_bytes(self, at: usize) -> &'text [u8] {
        let Range { start, end } = self.index.keys[at];
        &self.text.as_bytes()[start as usize..end as usize]
    }

    pub(crate) fn value(self, at: usize) -> &'text str {
        let start = self.index.keys[at].end;
        let next = self.index.keys.get(at + 1);
        let end = next.map_or(self.text.len(), |key| key.start as usize);
        // The text is a JSON object, so this is a colon, the value, and a comma or the last brace,
        // with white space around each (RFC 8259, section 2).
        let rest = self.text[start as usize..end].trim_ascii();
        rest[1..rest.len() - 1].trim_ascii()
    }

    /// The text of several members.
    pub(crate) fn raw_range(self, members: Range<usize>) -> &'text str {
        if members.is_empty() {
            return "";
        }
        let start = self.index.keys[members.start].start as usize;
        &self.text[start..place(self.text, self.value(members.end - 1)).end]
    }

    /// Whether only `comma` is between a member and the one before it.
    pub(crate) fn follows_separator(self, at: usize, comma: &str) -> bool {
        let before = &self.text.as_bytes()[..self.index.keys[at].start as usize];
        let value = before.strip_suffix(comma.as_bytes());
        value.is_some_and(|value| value.last().is_some_and(|last| !last.is_ascii_whitespace()))
    }

    pub(crate) fn position(self, key: &str) -> Option<usize> {
        (0..self.len()).rfind(|at| self.is_key(*at, key))
    }
}

/// Visitor that collects the ranges of the keys of an object.
struct Keys<'de, K> {
    text: &'de str,
    key: PhantomData<K>,
}

impl<'de, K: Key<'de>> Keys<'de, K> {
    fn parse(text: &'de str) -> Option<Vec<Range<u32>>> {
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
        // A member has at least six bytes with its comma, so this never reallocates.
        let mut keys = Vec::with_capacity(1 + self.text.len() / 6);
        while let Some((key, IgnoredAny)) = map.next_entry::<K, IgnoredAny>()? {
            let quoted = key.quoted(self.text);
            keys.push(quoted.start as u32..quoted.end as u32);
        }
        Ok(keys)
    }
}

/// A key borrowed from the text.
trait Key<'de>: Deserialize<'de> {
    /// Its range in the text, quotes included.
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

/// The range of `part`, which is borrowed from `text`.
pub(super) fn place(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    start..start + part.len()
}

fn slice<'a>(text: &'a str, place: &Range<u32>) -> &'a str {
    &text[place.start as usize..place.end as usize]
}

fn unescaped(quoted: &str) -> Option<Box<str>> {
    serde_json::from_str(quoted).ok()
}

fn unquoted(quoted: &str) -> &str {
    &quoted[1..quoted.len() - 1]
}
