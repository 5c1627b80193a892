//! Raw JSON objects: find a key, list them, splice changes in without touching the rest.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::change::{Change, Edit};
use crate::error::SessionError;
use crate::format::{Dialect, Plain};

/// The text of a JSON object, looked into only when somebody asks.
#[expect(unnameable_types, reason = "it is in the methods that seal `View`")]
#[expect(missing_debug_implementations, reason = "values never reach Debug")]
#[derive(Clone)]
pub struct Object {
    text: String,
    dialect: &'static dyn Dialect,
    members: OnceLock<Option<Vec<Member>>>,
}

/// Where one member lies in the text, its key as written with quotes and escapes.
#[derive(Clone)]
struct Member {
    key: Range<usize>,
    value: Range<usize>,
    /// The key without its escapes, for the few that have any.
    unescaped: Option<Box<str>>,
}

impl Object {
    pub(crate) fn new(text: String) -> Self {
        Self::spelt(text, &Plain)
    }

    pub(crate) fn spelt(text: String, dialect: &'static dyn Dialect) -> Self {
        Self {
            text,
            dialect,
            members: OnceLock::new(),
        }
    }

    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// Whether `key` holds `value`, or would if it were set.
    pub(crate) fn holds(&self, key: &str, value: &str) -> bool {
        self.get(key).is_some_and(|held| {
            held == value || self.dialect.value(value).is_ok_and(|spelt| spelt == held)
        })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the text is one JSON object from end to end.
    pub(crate) fn is_valid(&self) -> bool {
        self.index().is_some()
    }

    /// Whether somebody asked and it is no JSON object.
    pub(crate) fn is_found_bad(&self) -> bool {
        matches!(self.members.get(), Some(None))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members().is_empty()
    }

    /// The value of `key` as it is written. Of a repeated key the last counts, as in Python,
    /// JavaScript and serde_json.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.members()
            .iter()
            .rfind(|member| self.key(member) == key)
            .map(|member| &self.text[member.value.clone()])
    }

    /// Each key once.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        self.members()
            .iter()
            .map(|member| self.key(member))
            .filter(move |key| seen.insert(*key))
    }

    /// The `count` keys that take most bytes, with theirs.
    pub(crate) fn largest(&self, count: usize) -> Vec<(String, usize)> {
        let mut sizes: Vec<_> = self
            .members()
            .iter()
            .map(|member| (self.key(member), member.value.end - member.key.start))
            .collect();
        sizes.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        let largest = sizes.into_iter().take(count);
        largest
            .map(|(key, bytes)| (key.to_owned(), bytes))
            .collect()
    }

    /// What turns `before` into this object, key by key.
    pub(crate) fn changes_since<'a>(&'a self, before: &'a Self) -> Vec<Change<'a>> {
        let set = self
            .entries()
            .enumerate()
            .filter(|(at, (key, value))| before.get_near(*at, key) != Some(value))
            .map(|(_, (key, value))| Change::set(key, value));
        let removed = before
            .entries()
            .enumerate()
            .filter(|(at, (key, _))| self.get_near(*at, key).is_none())
            .map(|(_, (key, _))| Change::remove(key));
        set.chain(removed).collect()
    }

    /// Members as they are written, repeated keys included.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members()
            .iter()
            .map(|member| (self.key(member), &self.text[member.value.clone()]))
    }

    /// [`entries`](Self::entries), the keys with their quotes and escapes.
    #[cfg(any(
        feature = "flask",
        feature = "starlette",
        feature = "express",
        feature = "django"
    ))]
    pub(crate) fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = |range: &Range<usize>| &self.text[range.clone()];
        self.members()
            .iter()
            .map(move |member| (text(&member.key), text(&member.value)))
    }

    /// [`get`](Self::get) that looks at member `at` first: two versions of one object mostly
    /// have their keys in the same places, and so comparing them stays linear.
    pub(crate) fn get_near(&self, at: usize, key: &str) -> Option<&str> {
        match self.members().get(at) {
            Some(member) if self.key(member) == key => Some(&self.text[member.value.clone()]),
            _ => self.get(key),
        }
    }

    /// This object with `changes` made, spelt for `dialect`: untouched members keep their bytes and
    /// order, new ones are appended.
    pub(crate) fn splice(
        &self,
        changes: &[Change<'_>],
        dialect: &'static dyn Dialect,
    ) -> Result<Self, SessionError> {
        if self.dialect.name() != dialect.name() {
            return Self::spelt("{}".to_owned(), dialect).splice(&self.overlaid(changes), dialect);
        }
        if changes.is_empty() {
            return Ok(self.clone());
        }
        let mut writer = Writer::new(self.text.len() + 32 * changes.len(), dialect);
        for (at, member) in self.members().iter().enumerate() {
            let key = self.key(member);
            let Some(change) = changes.iter().find(|change| change.key == key) else {
                writer.member(&self.text[member.key.start..member.value.end]);
                continue;
            };
            // Of a repeated key, the first member is written and the others go.
            let repeats = self.members()[..at]
                .iter()
                .any(|other| self.key(other) == key);
            if !repeats {
                writer.change(Some(&self.text[member.key.clone()]), change)?;
            }
        }
        for change in changes {
            if self.get(&change.key).is_none() {
                writer.change(None, change)?;
            }
        }
        Ok(Self::spelt(writer.finish(), dialect))
    }

    /// What makes this object with `changes` made out of nothing.
    fn overlaid<'a>(&'a self, changes: &[Change<'a>]) -> Vec<Change<'a>> {
        let changed = |key: &str| changes.iter().any(|change| change.key == key);
        let kept = self
            .keys()
            .filter(|key| !changed(key))
            .filter_map(|key| Some(Change::set(key, self.get(key)?)));
        kept.chain(changes.iter().cloned()).collect()
    }

    fn members(&self) -> &[Member] {
        self.index().unwrap_or_default()
    }

    fn index(&self) -> Option<&[Member]> {
        self.members
            .get_or_init(|| {
                let mut deserializer = serde_json::Deserializer::from_str(&self.text);
                let members = deserializer.deserialize_map(Members(&self.text)).ok()?;
                deserializer.end().ok()?;
                Some(members)
            })
            .as_deref()
    }

    fn key<'a>(&'a self, member: &'a Member) -> &'a str {
        match &member.unescaped {
            Some(key) => key,
            None => unquoted(&self.text[member.key.clone()]),
        }
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::new("{}".to_owned())
    }
}

/// Collects where the members of an object lie in the text it is parsed from.
struct Members<'a>(&'a str);

impl Members<'_> {
    /// `part` is borrowed from the text, so its distance from the start is its place.
    fn place(&self, part: &RawValue) -> Range<usize> {
        let start = part.get().as_ptr() as usize - self.0.as_ptr() as usize;
        start..start + part.get().len()
    }
}

impl<'de> Visitor<'de> for Members<'de> {
    type Value = Vec<Member>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // One allocation holds the members of nearly every session.
        let mut members = Vec::with_capacity(8.max(self.0.len() / 16));
        while let Some((key, value)) = map.next_entry::<&'de RawValue, &'de RawValue>()? {
            members.push(Member {
                unescaped: key.get().contains('\\').then(|| unescaped(key.get())),
                key: self.place(key),
                value: self.place(value),
            });
        }
        Ok(members)
    }
}

/// A lone surrogate (`"\ud800"`) is legal JSON and no Rust text: such a key keeps its spelling.
fn unescaped(quoted: &str) -> Box<str> {
    serde_json::from_str(quoted).unwrap_or_else(|_| unquoted(quoted).into())
}

fn unquoted(quoted: &str) -> &str {
    &quoted[1..quoted.len() - 1]
}

struct Writer {
    text: String,
    dialect: &'static dyn Dialect,
}

impl Writer {
    fn new(capacity: usize, dialect: &'static dyn Dialect) -> Self {
        let mut text = String::with_capacity(capacity);
        text.push('{');
        Self { text, dialect }
    }

    fn member(&mut self, member: &str) {
        if self.text.len() > 1 {
            self.text.push_str(self.dialect.comma());
        }
        self.text.push_str(member);
    }

    /// Writes what was set, under the key as it is spelt already.
    fn change(&mut self, spelt: Option<&str>, change: &Change<'_>) -> Result<(), SessionError> {
        let value = match &change.edit {
            Edit::Set(value) => value,
            Edit::Removed => return Ok(()),
            Edit::Unwritable(value) => return Err(SessionError::no_json(&change.key, value)),
        };
        let refused = |why| SessionError::serialize(&change.key, why);
        match spelt {
            Some(key) => self.member(key),
            None => self.member(&self.dialect.key(&change.key).map_err(refused)?),
        }
        let value = self.dialect.value(value).map_err(refused)?;
        self.text.push_str(self.dialect.colon());
        self.text.push_str(&value);
        Ok(())
    }

    fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}
