//! Flash messages.

use serde_json::value::{RawValue, to_raw_value};

use crate::data::SessionMap;
use crate::data::members::{Index, Members};

const KEY: &str = "_flashes";

const MAX_FLASHES: usize = 8;

/// Message to be shown once, on the next page that asks.
///
/// ```
/// use axum_cookie_session::{SessionMap, Flash};
///
/// let mut data = SessionMap::default();
/// data.flash("success", "Signed in");
/// let Flash { category, message } = data.take_flashes().remove(0);
/// assert_eq!((category.as_str(), message.as_str()), ("success", "Signed in"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "Flask's pair, and users take it apart"
)]
pub struct Flash {
    /// The kind of the message, such as `"error"`: a style for the template to choose by.
    pub category: String,
    /// The text to show. It is not HTML: escape it like any other text.
    pub message: String,
}

impl SessionMap {
    /// Keeps a message for the next page that takes the messages.
    ///
    /// At most 8 messages wait: the oldest goes when a ninth comes. A message that waits already,
    /// with the same category, is not added again. The bytes are not limited, and count towards the
    /// 4096 bytes of the cookie: shorten text that users type.
    ///
    /// Messages are stored as Flask stores them: under the key `"_flashes"`, as
    /// `[[category, message], ...]`. A browser that keeps no cookies does not show them.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.flash("info", "Saved");
    /// data.flash("info", "Saved");
    /// assert_eq!(data.get("_flashes"), Some(vec![("info".to_owned(), "Saved".to_owned())]));
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "two strings are always JSON")]
    pub fn flash(&mut self, category: impl Into<String>, message: impl Into<String>) {
        let (category, message) = (category.into(), message.into());
        let pair = to_raw_value(&(&category, &message)).expect("two strings are always JSON");
        let flash = Flash { category, message };
        let mut waiting = self.waiting();
        let mut pairs = Vec::new();
        for (at, raw) in waiting.iter().enumerate() {
            match Flash::parse(raw.get()) {
                Some(known) if known == flash => return,
                Some(_) => pairs.push(at),
                // What is not a pair is not ours to remove, and not counted.
                None => {}
            }
        }
        for at in pairs.iter().rev().skip(MAX_FLASHES - 1) {
            waiting.remove(*at);
        }
        waiting.push(pair);
        self.insert(KEY, waiting);
    }

    /// Takes the messages that wait, oldest first, and removes them.
    ///
    /// Reads Flask's tagged pairs too, and a message that is not a string as its JSON text. What is
    /// not a pair is dropped. Return the session, or the messages are shown again.
    ///
    /// Do not take messages for a `HEAD` request, or for one that a browser sends ahead
    /// (`Sec-Purpose: prefetch`): the page that shows them is not there yet.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let mut data = SessionMap::default();
    /// data.flash("info", "Saved");
    /// assert_eq!(data.take_flashes().len(), 1);
    /// assert!(data.take_flashes().is_empty());
    /// ```
    pub fn take_flashes(&mut self) -> Vec<Flash> {
        let waiting = self.waiting();
        self.remove(KEY);
        waiting
            .iter()
            .filter_map(|raw| Flash::parse(raw.get()))
            .collect()
    }

    fn waiting(&self) -> Vec<Box<RawValue>> {
        let waiting = self.raw(KEY).map(serde_json::from_str);
        waiting.and_then(Result::ok).unwrap_or_default()
    }
}

impl Flash {
    /// Reads a pair as we write it, or in Flask's tuple tag (`{" t": [category, message]}`).
    fn parse(json: &str) -> Option<Self> {
        let pair = untag(json, " t").unwrap_or(json);
        let (category, message): (&RawValue, &RawValue) = serde_json::from_str(pair).ok()?;
        Some(Self {
            category: text(category.get()),
            message: text(message.get()),
        })
    }
}

/// The text of a JSON string. Flask tags text that is marked as safe HTML
/// (`{" m": "<b>Saved</b>"}`). Another value is its JSON text.
fn text(json: &str) -> String {
    let untagged = untag(json, " m").unwrap_or(json);
    serde_json::from_str(untagged).unwrap_or_else(|_| json.to_owned())
}

/// The value of an object whose only key is `tag`.
fn untag<'a>(json: &'a str, tag: &str) -> Option<&'a str> {
    let index = Index::parse(json)?;
    let members = Members::new(json, &index);
    (members.len() == 1 && members.is_key(0, tag)).then(|| members.value(0))
}
