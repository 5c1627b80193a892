//! JSON values as trees that keep the text of each part. One pass parses a value, however deep.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::data::members::place;

pub(crate) struct Tree<'a> {
    pub(crate) text: &'a str,
    pub(crate) parts: Parts<'a>,
}

pub(crate) enum Parts<'a> {
    /// Not an array or object.
    None,
    Items(Vec<Tree<'a>>),
    /// Keys as they are written, and values. Repeated keys are included.
    Members(Vec<(&'a str, Tree<'a>)>),
}

impl<'a> Tree<'a> {
    /// Parses a JSON value of at most `depth` levels: `None` if it has more.
    pub(crate) fn parse(json: &'a str, depth: usize) -> Option<Self> {
        let mut parser = Parser {
            text: json,
            at: 0,
            depth,
        };
        let mut deserializer = serde_json::Deserializer::from_str(json);
        parser.deserialize(&mut deserializer).ok()
    }
}

/// Follows serde_json through the text. It shows no positions, so this one keeps its own, which
/// tells an array from an object and both from a number, whose text must not be lost.
struct Parser<'a> {
    text: &'a str,
    /// Behind what was parsed last.
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Skips what RFC 8259 allows between two parts, and returns the first byte of the next.
    fn next_part(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let separators = b" \t\r\n,:";
        let skipped = rest.iter().position(|byte| !separators.contains(byte))?;
        self.at += skipped;
        Some(rest[skipped])
    }

    /// The text of a key, or of a value without parts.
    fn passed(&mut self, part: &'a RawValue) -> &'a str {
        self.at = place(self.text, part.get()).end;
        part.get()
    }

    fn open(&mut self) {
        self.at += 1;
        self.depth -= 1;
    }

    /// Passes the bracket at the end of an array or object.
    fn close(&mut self) {
        self.next_part();
        self.at += 1;
        self.depth += 1;
    }
}

impl<'a> DeserializeSeed<'a> for &mut Parser<'a> {
    type Value = Tree<'a>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Tree<'a>, D::Error> {
        if self.depth == 0 {
            return Err(D::Error::custom("it is nested too deeply"));
        }
        let first = self.next_part();
        let start = self.at;
        let parts = match first {
            Some(b'{') => deserializer.deserialize_map(&mut *self)?,
            Some(b'[') => deserializer.deserialize_seq(&mut *self)?,
            _ => {
                self.passed(<&RawValue>::deserialize(deserializer)?);
                Parts::None
            }
        };
        let text = &self.text[start..self.at];
        Ok(Tree { text, parts })
    }
}

impl<'a> Visitor<'a> for &mut Parser<'a> {
    type Value = Parts<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Parts<'a>, A::Error> {
        self.open();
        let mut members = Vec::new();
        while let Some(key) = map.next_key()? {
            let key = self.passed(key);
            members.push((key, map.next_value_seed(&mut *self)?));
        }
        self.close();
        Ok(Parts::Members(members))
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Parts<'a>, A::Error> {
        self.open();
        let mut parts = Vec::new();
        while let Some(item) = items.next_element_seed(&mut *self)? {
            parts.push(item);
        }
        self.close();
        Ok(Parts::Items(parts))
    }
}
