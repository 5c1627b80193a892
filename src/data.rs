//! `SessionMap`: a session as a map of keys to JSON values.

pub(crate) mod change;
pub(crate) mod flash;
pub(crate) mod json_style;
pub(crate) mod members;
pub(crate) mod number;
pub(crate) mod object;
mod record;
pub(crate) mod recorder;
pub(crate) mod tracked;
pub(crate) mod tree;
pub(crate) mod typed;
mod writer;

use std::any::type_name;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::data::change::{Change, ChangeKind};
use crate::data::json_style::{CANONICAL, SERDE};
use crate::data::object::Object;
use crate::error::SessionError;

/// Map of a session, from string keys to values of any type that serde can write as JSON.
///
/// [`Session`](crate::Session) dereferences to it. Values are parsed when they are read, and an
/// unchanged key keeps its bytes. Keys keep their order, and new ones are appended.
///
/// Two maps are equal if they hold the same keys with the same JSON values. `Debug` shows the keys,
/// never a value.
///
/// ```
/// use axum_cookie_session::SessionMap;
///
/// let mut data = SessionMap::default();
/// data.insert("user", "ada");
/// data.insert("visits", 1);
/// assert_eq!(data.get("visits"), Some(1));
/// assert_eq!(data.take::<String>("user").as_deref(), Some("ada"));
/// assert_eq!(format!("{data:?}"), r#"SessionMap {"visits"}"#);
/// ```
///
/// Collect a map from pairs, for example in tests, or [`extend`](Extend::extend) a session by
/// several keys:
///
/// ```
/// use axum_cookie_session::SessionMap;
///
/// let data = SessionMap::from_iter([("user", "ada"), ("theme", "dark")]);
/// assert_eq!(data.get("user"), Some("ada".to_owned()));
/// ```
#[derive(Clone, Default)]
pub struct SessionMap {
    origin: Option<Arc<Object>>,
    /// Whether all keys of `origin` are removed, but for those that are set in `changes`.
    cleared: bool,
    changes: Vec<Change<'static>>,
    /// The positions of many changes. Empty for a few, which are compared faster than looked up.
    positions: BTreeMap<String, usize>,
}

impl SessionMap {
    pub(crate) fn new(origin: Option<Arc<Object>>) -> Self {
        Self {
            origin,
            ..Self::default()
        }
    }

    /// Gets the value of a key: `None` if the key is absent or its value is not a `V`.
    ///
    /// An earlier release of your application may have written the value, and reading it must
    /// not become a 500. If the difference matters, use [`try_get`](Self::try_get).
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("theme", "dark");
    /// assert_eq!(data.get("theme"), Some("dark".to_owned()));
    /// assert_eq!(data.get::<u32>("theme"), None);
    /// assert_eq!(data.get("visits").unwrap_or(0), 0);
    /// ```
    #[must_use]
    pub fn get<V: DeserializeOwned>(&self, key: &str) -> Option<V> {
        serde_json::from_str(self.raw(&self.stored_key(key))?).ok()
    }

    /// Gets the value of a key, or an error if its value is not a `V`.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("theme", "dark");
    /// assert_eq!(data.try_get::<String>("theme")?, Some("dark".to_owned()));
    /// assert_eq!(data.try_get::<String>("user")?, None);
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The key holds a value that is not a `V`: [`SessionError::is_deserialize`].
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let data = SessionMap::from_iter([("theme", "dark")]);
    /// assert!(data.try_get::<u32>("theme").unwrap_err().is_deserialize());
    /// ```
    pub fn try_get<V: DeserializeOwned>(&self, key: &str) -> Result<Option<V>, SessionError> {
        let key = &*self.stored_key(key);
        match self.change(key) {
            Some(ChangeKind::NotSerializable(wanted)) => {
                Err(SessionError::not_serializable(key, wanted))
            }
            _ => self
                .raw(key)
                .map(serde_json::from_str)
                .transpose()
                .map_err(|_| SessionError::deserialize(key, type_name::<V>())),
        }
    }

    /// Sets a key.
    ///
    /// Setting the JSON that the key already holds is not a change. If serde cannot write the value
    /// as JSON (for example, a map whose keys are not strings), returning the session makes the
    /// response a 500, and the old session stays. A number that JSON does not have, such as
    /// `f64::NAN`, is stored as null, as serde_json does.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("cart", vec![3, 7]);
    /// data.insert("cart", vec![3, 7, 9]);
    /// assert_eq!(data.get("cart"), Some(vec![3, 7, 9]));
    /// ```
    #[doc(alias("set", "put", "store"))]
    pub fn insert<V: Serialize>(&mut self, key: impl Into<String>, value: V) {
        let kind = serde_json::to_string(&value).map_or_else(
            |_| ChangeKind::NotSerializable(type_name::<V>()),
            |json| ChangeKind::Set(Cow::Owned(json)),
        );
        self.record(key.into(), kind);
    }

    /// Removes a key and returns whether it was present.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("user", "ada");
    /// assert!(data.remove("user"));
    /// assert!(!data.remove("user"));
    /// ```
    #[doc(alias("delete", "unset", "forget"))]
    pub fn remove(&mut self, key: &str) -> bool {
        let there = self.contains_key(key);
        if there {
            self.record(key.to_owned(), ChangeKind::Removed);
        }
        there
    }

    /// Removes a key and returns its value.
    ///
    /// A value that is not a `V` gives `None` and stays.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("step", 2);
    /// assert_eq!(data.take::<String>("step"), None);
    /// assert_eq!(data.take("step"), Some(2));
    /// assert!(!data.contains_key("step"));
    /// ```
    #[doc(alias = "pop")]
    pub fn take<V: DeserializeOwned>(&mut self, key: &str) -> Option<V> {
        let key = self.stored_key(key);
        let value = self.get(&key)?;
        self.remove(&key);
        Some(value)
    }

    /// Returns whether the key is present, whatever its value.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("nothing", ());
    /// assert!(data.contains_key("nothing"));
    /// ```
    #[doc(alias("has", "exists"))]
    #[must_use]
    pub fn contains_key(&self, key: &str) -> bool {
        match self.change(key) {
            Some(ChangeKind::Set(_) | ChangeKind::NotSerializable(_)) => true,
            Some(ChangeKind::Removed) => false,
            Some(ChangeKind::Undone) | None => self.original(key).is_some(),
        }
    }

    /// Iterates over the keys: those of the request in their order, then the new ones.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("b", 1);
    /// data.insert("a", 2);
    /// assert_eq!(data.keys().collect::<Vec<_>>(), ["b", "a"]);
    /// ```
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let came = self.origin.iter().flat_map(|origin| origin.keys());
        let kept = came.filter(|key| self.contains_key(key));
        let set = self.changes.iter().filter(|change| match change.kind {
            ChangeKind::Set(_) | ChangeKind::NotSerializable(_) => true,
            ChangeKind::Removed | ChangeKind::Undone => false,
        });
        let is_new = |key: &str| {
            self.origin
                .as_ref()
                .is_none_or(|origin| origin.get(key).is_none())
        };
        let added = set
            .map(|change| &*change.key)
            .filter(move |key| is_new(key));
        kept.chain(added)
    }

    /// Counts the keys.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("user", "ada");
    /// assert_eq!(data.len(), 1);
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys().count()
    }

    /// Returns whether the map has no keys.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// assert!(SessionMap::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys().next().is_none()
    }

    /// Removes every key.
    ///
    /// It does not remove the keys that another extractor of the same request sets.
    /// [`Session::destroy`](crate::Session::destroy) does.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("user", "ada");
    /// data.clear();
    /// assert!(data.is_empty());
    /// ```
    pub fn clear(&mut self) {
        *self = Self {
            cleared: true,
            ..Self::new(self.origin.take())
        };
    }

    /// The key that a value is stored under: if it is absent, the one under which the framework
    /// that shares the session stores a value that it shows once.
    fn stored_key<'k>(&self, key: &'k str) -> Cow<'k, str> {
        let style = self.origin.as_ref().map_or(&SERDE, |origin| origin.style());
        let Some([before, after]) = style.flash_key.filter(|_| !self.contains_key(key)) else {
            return Cow::Borrowed(key);
        };
        Cow::Owned([before, key, after].concat())
    }

    /// Whether both hold the same JSON value.
    fn holds_equal(&self, other: &Self, key: &str) -> bool {
        let (ours, theirs) = (self.raw(key), other.raw(key));
        ours == theirs
            || ours.zip(theirs).is_some_and(|(ours, theirs)| {
                CANONICAL
                    .value(ours)
                    .is_ok_and(|ours| Ok(ours) == CANONICAL.value(theirs))
            })
    }
}

/// As [`insert`](SessionMap::insert), for each pair in turn.
impl<K: Into<String>, V: Serialize> Extend<(K, V)> for SessionMap {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, pairs: I) {
        for (key, value) in pairs {
            self.insert(key, value);
        }
    }
}

impl<K: Into<String>, V: Serialize> FromIterator<(K, V)> for SessionMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut data = Self::default();
        data.extend(pairs);
        data
    }
}

impl PartialEq for SessionMap {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self
                .keys()
                .all(|key| other.contains_key(key) && self.holds_equal(other, key))
    }
}

impl fmt::Debug for SessionMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionMap ")?;
        f.debug_set().entries(self.keys()).finish()
    }
}
