//! Raw JSON objects: look up keys, list them, and splice changes in without touching the rest.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::mem;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

use crate::data::change::{Change, ChangeFinder, ChangeKind, FEW};
use crate::data::json_style::{JsonStyle, SERDE};
use crate::data::members::{Index, Members};
use crate::data::writer::Writer;
use crate::error::SessionError;

/// The text of a JSON object, parsed when something first asks about it.
#[expect(
    unnameable_types,
    reason = "it is in the methods that seal `SessionData`"
)]
#[expect(missing_debug_implementations, reason = "values never reach Debug")]
#[derive(Clone)]
pub struct Object {
    text: String,
    style: &'static JsonStyle,
    index: OnceLock<Option<Index>>,
    lookups: Lookups,
}

/// Look-ups of an object with many keys, which are in a map once there were a few of them.
#[derive(Default)]
struct Lookups {
    count: AtomicUsize,
    positions: OnceLock<HashMap<Box<str>, usize>>,
}

/// A clone counts from the beginning.
impl Clone for Lookups {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Object {
    pub(crate) fn new(text: String, style: &'static JsonStyle) -> Self {
        Self {
            text,
            style,
            index: OnceLock::new(),
            lookups: Lookups::default(),
        }
    }

    /// Wraps what serde_json wrote.
    pub(crate) fn from_serde(text: String) -> Self {
        Self::new(text, &SERDE)
    }

    /// Wraps what serde_json wrote, with the positions of the keys.
    pub(super) fn recorded(text: String, keys: Vec<Range<u32>>) -> Self {
        let index = Index::recorded(&text, keys);
        Self {
            index: OnceLock::from(index),
            ..Self::from_serde(text)
        }
    }

    /// Spares this object the parsing if `same` has the same text.
    pub(crate) fn share_index(&self, same: &Self) {
        if self.text == same.text {
            self.index.get_or_init(|| same.index().cloned());
        }
    }

    /// The object without members that everything else is compared with.
    pub(crate) fn empty() -> &'static Self {
        static EMPTY: LazyLock<Object> = LazyLock::new(Object::default);
        &EMPTY
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn style(&self) -> &'static JsonStyle {
        self.style
    }

    /// Whether the text is one JSON object from end to end.
    pub(crate) fn is_valid(&self) -> bool {
        self.index().is_some()
    }

    /// Whether the members are known, and the text will not be parsed.
    #[cfg(test)]
    pub(crate) fn is_indexed(&self) -> bool {
        self.index.get().is_some()
    }

    /// Whether the text was parsed already and is not a JSON object.
    pub(crate) fn is_known_invalid(&self) -> bool {
        matches!(self.index.get(), Some(None))
    }

    /// Whether a valid object has no members. Nothing is parsed for this.
    pub(crate) fn is_empty(&self) -> bool {
        let text = self.text.trim_ascii();
        let members = text
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        members.is_none_or(|members| members.trim_ascii().is_empty())
    }

    /// The value of `key` as it is written. The last of repeated keys counts, as in Python,
    /// JavaScript and serde_json.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let members = self.members();
        let is_early = || self.lookups.count.fetch_add(1, Ordering::Relaxed) < FEW;
        let position = if members.len() <= FEW || is_early() {
            members.position(key)
        } else {
            let positions = self.lookups.positions.get_or_init(|| {
                let keys = (0..members.len()).filter_map(|at| Some((members.key(at)?.into(), at)));
                keys.collect()
            });
            positions.get(key).copied()
        };
        position.map(|at| members.value(at))
    }

    /// Whether `key` is present. Tries member `at` first: two versions of an object mostly have
    /// their keys at the same positions.
    pub(crate) fn contains_key_near(&self, at: usize, key: &str) -> bool {
        let members = self.members();
        (at < members.len() && members.is_key(at, key)) || self.get(key).is_some()
    }

    /// Whether both have the same keys at the same positions.
    pub(crate) fn has_same_keys(&self, other: &Self) -> bool {
        self.members().has_same_keys(other.members())
    }

    /// Whether `key` holds `value`, or would hold it after it was set.
    pub(crate) fn holds(&self, key: &str, value: &str) -> bool {
        self.get(key).is_some_and(|held| {
            held == value || self.style.value(value).is_ok_and(|styled| styled == held)
        })
    }

    /// Each key once.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let mut seen = HashSet::new();
        let keys = self.entries().map(|(key, _)| key);
        keys.filter(move |key| seen.insert(*key))
    }

    /// Keys and values as they are written, repeated keys included. Keys that are not Rust strings
    /// are left out.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        let members = self.members();
        (0..members.len()).filter_map(move |at| Some((members.key(at)?, members.value(at))))
    }

    /// Key and value of an object with one key. A key that is not a Rust string counts too.
    #[cfg(feature = "flask")]
    pub(crate) fn only_entry(&self) -> Option<(&str, &str)> {
        let is_only = self.removals().nth(1).is_none();
        let (key, _) = self.entries().next().filter(|_| is_only)?;
        Some((key, self.get(key)?))
    }

    /// All keys and values, the keys with quotes and escapes.
    #[allow(dead_code, reason = "only formats behind features use it")]
    pub(crate) fn raw_entries(&self) -> impl Iterator<Item = (Option<&str>, &str, &str)> {
        let members = self.members();
        (0..members.len()).map(move |at| (members.key(at), members.quoted(at), members.value(at)))
    }

    /// The changes that remove all keys, those that are not Rust strings included.
    pub(crate) fn removals(&self) -> impl Iterator<Item = Change<'_>> {
        let members = self.members();
        let mut seen = HashSet::new();
        (0..members.len())
            .filter(move |at| seen.insert(members.key(*at).unwrap_or(members.quoted(*at))))
            .map(move |at| match members.key(at) {
                Some(key) => Change::new(key, ChangeKind::Removed),
                None => Change::quoted(members.quoted(at), ChangeKind::Removed),
            })
    }

    /// The `count` keys that take the most bytes, with those bytes.
    pub(crate) fn largest(&self, count: usize) -> Vec<(String, usize)> {
        let members = self.members();
        let key = |at| members.key(at).unwrap_or(members.quoted(at)).to_owned();
        let size = |at| (key(at), members.raw_range(at..at + 1).len());
        let mut sizes: Vec<_> = (0..members.len()).map(size).collect();
        sizes.sort_by_key(|(_, bytes)| Reverse(*bytes));
        sizes.truncate(count);
        sizes
    }

    /// The changes that turn `before` into this object.
    ///
    /// Of repeated keys the last counts, in both. If both have the same keys at the same positions,
    /// which is nearly always so, only members whose text differs are looked up.
    pub(crate) fn changes_since<'a>(&'a self, before: &'a Self) -> Vec<Change<'a>> {
        let (now, then) = (self.members(), before.members());
        let same_keys = now.has_same_keys(then);
        let mut seen = HashSet::new();
        let set = (0..now.len())
            .filter(move |at| !same_keys || now.value(*at) != then.value(*at))
            .filter_map(move |at| {
                let key = now.key(at)?;
                let value = self
                    .get(key)
                    .filter(|value| before.get(key) != Some(value))?;
                seen.insert(key).then(|| Change::set(key, value))
            });
        let mut changes: Vec<_> = set.collect();
        if !same_keys {
            let gone = before.entries().enumerate();
            let gone = gone.filter(|(at, (key, _))| !self.contains_key_near(*at, key));
            changes.extend(gone.map(|(_, (key, _))| Change::new(key, ChangeKind::Removed)));
        }
        changes
    }

    /// Makes `changes`, written in `style`: untouched members keep their bytes and order, new ones
    /// are appended.
    pub(crate) fn splice(
        &self,
        changes: &[Change<'_>],
        style: &'static JsonStyle,
    ) -> Result<Self, SessionError> {
        if !self.style.is(style) {
            return Self::new("{}".to_owned(), style).splice(&self.as_changes(changes), style);
        }
        if changes.is_empty() {
            return Ok(self.clone());
        }
        // Runs of untouched members are copied at once. `kept` is the run that is not copied yet.
        // It ends at a changed member, and at one that something else than the style's comma
        // separates from the member before it.
        let members = self.members();
        let mut writer = Writer::new(self.text.len() + 32 * changes.len(), style);
        let mut written = vec![false; changes.len()];
        let mut finder = ChangeFinder::new(changes);
        let mut kept = 0..0;
        for at in 0..members.len() {
            let change = finder.find(members, at);
            if change.is_some() || !members.follows_separator(at, style.comma) {
                writer.members(members.raw_range(kept));
                kept = at..at;
            }
            kept.end = at + 1;
            let Some(change) = change else { continue };
            kept.start = at + 1;
            // The first of repeated keys is written, the others are left out.
            if !mem::replace(&mut written[change], true) {
                writer.change(Some(members.quoted(at)), &changes[change])?;
            }
        }
        writer.members(members.raw_range(kept));
        for (change, written) in changes.iter().zip(written) {
            if !written {
                writer.change(None, change)?;
            }
        }
        Ok(Self::new(writer.finish(), style))
    }

    /// The changes that make this object, with `changes` applied, out of an empty one.
    fn as_changes<'a>(&'a self, changes: &'a [Change<'a>]) -> Vec<Change<'a>> {
        let members = self.members();
        let mut finder = ChangeFinder::new(changes);
        // The last of repeated keys counts, at the place of the first.
        let mut places = HashMap::new();
        let mut all: Vec<Change<'a>> = Vec::with_capacity(members.len() + changes.len());
        for at in 0..members.len() {
            if finder.find(members, at).is_some() {
                continue;
            }
            let set = ChangeKind::Set(members.value(at).into());
            let change = match members.key(at) {
                Some(key) => Change::new(key, set),
                None => Change::quoted(members.quoted(at), set),
            };
            let key = (
                members.key(at).unwrap_or(members.quoted(at)),
                change.is_quoted,
            );
            match places.get(&key) {
                Some(&place) => all[place] = change,
                None => {
                    places.insert(key, all.len());
                    all.push(change);
                }
            }
        }
        all.extend(changes.iter().cloned());
        all
    }

    /// Empty if the text is not a JSON object.
    fn members(&self) -> Members<'_, '_> {
        static EMPTY: Index = Index::EMPTY;
        Members::new(&self.text, self.index().unwrap_or(&EMPTY))
    }

    fn index(&self) -> Option<&Index> {
        self.index.get_or_init(|| Index::parse(&self.text)).as_ref()
    }
}

impl Default for Object {
    fn default() -> Self {
        Self::from_serde("{}".to_owned())
    }
}
