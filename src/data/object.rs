//! Raw JSON objects: find a key, list them, splice changes in without touching the rest.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::OnceLock;

use crate::data::change::{Change, Edit};
use crate::data::members::{Index, Members};
use crate::error::SessionError;
use crate::token::{Dialect, Plain};

/// The text of a JSON object, looked into only when somebody asks.
#[expect(
    unnameable_types,
    reason = "it is in the methods that seal `SessionData`"
)]
#[expect(missing_debug_implementations, reason = "values never reach Debug")]
#[derive(Clone)]
pub struct Object {
    text: String,
    dialect: &'static dyn Dialect,
    index: OnceLock<Option<Index>>,
}

impl Object {
    pub(crate) fn new(text: String) -> Self {
        Self::spelt(text, &Plain)
    }

    pub(crate) fn spelt(text: String, dialect: &'static dyn Dialect) -> Self {
        Self {
            text,
            dialect,
            index: OnceLock::new(),
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
        matches!(self.index.get(), Some(None))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members().len() == 0
    }

    /// The value of `key` as it is written. Of a repeated key the last counts, as in Python,
    /// JavaScript and serde_json.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let members = self.members();
        Some(members.value(members.position(key)?))
    }

    /// Each key once.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        let keys = self.entries().map(|(key, _)| key);
        keys.filter(move |key| seen.insert(*key))
    }

    /// The `count` keys that take most bytes, with theirs.
    pub(crate) fn largest(&self, count: usize) -> Vec<(String, usize)> {
        let members = self.members();
        let size = |at: usize| (members.key(at), members.run(at..at + 1).len());
        let mut sizes: Vec<_> = (0..members.len()).map(size).collect();
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
        let members = self.members();
        (0..members.len()).map(move |at| (members.key(at), members.value(at)))
    }

    /// [`entries`](Self::entries), the keys with their quotes and escapes.
    #[cfg(any(
        feature = "flask",
        feature = "starlette",
        feature = "express",
        feature = "django"
    ))]
    pub(crate) fn written(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = self.members();
        (0..members.len()).map(move |at| (members.quoted(at), members.value(at)))
    }

    /// [`get`](Self::get) that looks at member `at` first: two versions of one object mostly
    /// have their keys in the same places, and so comparing them stays linear.
    pub(crate) fn get_near(&self, at: usize, key: &str) -> Option<&str> {
        let members = self.members();
        match at < members.len() && members.is_key(at, key) {
            true => Some(members.value(at)),
            false => self.get(key),
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
        let members = self.members();
        let mut writer = Writer::new(self.text.len() + 32 * changes.len(), dialect);
        let mut written = vec![false; changes.len()];
        let (mut kept, mut next) = (0..0, 0);
        for at in 0..members.len() {
            // Many changes mostly come in the order of the members, so each is looked for where the
            // last one was found.
            let change = (next..changes.len())
                .chain(0..next)
                .find(|change| members.is_key(at, &changes[*change].key));
            if change.is_some() || !members.is_joined(at, dialect.comma()) {
                writer.members(members.run(kept));
                kept = at..at;
            }
            kept.end = at + 1;
            let Some(change) = change else { continue };
            (kept.start, next) = (at + 1, change + 1);
            // Of a repeated key, the first member is written and the others go.
            if !mem::replace(&mut written[change], true) {
                writer.change(Some(members.quoted(at)), &changes[change])?;
            }
        }
        writer.members(members.run(kept));
        for (change, written) in changes.iter().zip(written) {
            if !written {
                writer.change(None, change)?;
            }
        }
        Ok(Self::spelt(writer.finish(), dialect))
    }

    /// What makes this object with `changes` made out of nothing.
    fn overlaid<'a>(&'a self, changes: &[Change<'a>]) -> Vec<Change<'a>> {
        let changed: HashSet<_> = changes.iter().map(|change| &*change.key).collect();
        // Of a repeated key the last value counts.
        let values: HashMap<_, _> = self.entries().collect();
        let kept = self
            .keys()
            .filter(|key| !changed.contains(key))
            .map(|key| Change::set(key, values[key]));
        kept.chain(changes.iter().cloned()).collect()
    }

    /// None, where the text is no JSON object.
    fn members(&self) -> Members<'_> {
        static NONE: Index = Index::none();
        Members::new(&self.text, self.index().unwrap_or(&NONE))
    }

    fn index(&self) -> Option<&Index> {
        self.index.get_or_init(|| Index::of(&self.text)).as_ref()
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::new("{}".to_owned())
    }
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

    /// Writes members as they are, or the key of one.
    fn members(&mut self, members: &str) {
        if self.text.len() > 1 && !members.is_empty() {
            self.text.push_str(self.dialect.comma());
        }
        self.text.push_str(members);
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
            Some(key) => self.members(key),
            None => self.members(&self.dialect.key(&change.key).map_err(refused)?),
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
