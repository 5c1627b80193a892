//! Flash messages on the dictionary.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::data::SessionMap;

const KEY: &str = "_flashes";

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
    /// What kind of message it is, such as `"error"`: a style for the template to choose by.
    pub category: String,
    /// The text to show. It is no HTML: escape it like any other text.
    pub message: String,
}

impl SessionMap {
    /// Keeps a message for the next page that takes the messages.
    ///
    /// Messages are stored as Flask stores them: under the key `"_flashes"`, as
    /// `[[category, message], ...]`. They count towards the 4096 bytes of the cookie, and pile up
    /// until a page takes them: call [`take_flashes`](Self::take_flashes) first to replace what waits.
    /// They are in the cookie, so a visitor whose browser keeps none does not see them.
    ///
    /// ```
    /// # let mut data = axum_cookie_session::SessionMap::default();
    /// data.flash("info", "Saved");
    /// assert_eq!(data.get("_flashes"), Some(vec![("info".to_owned(), "Saved".to_owned())]));
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "two texts are always JSON")]
    pub fn flash(&mut self, category: impl Into<String>, message: impl Into<String>) {
        let waiting = self.raw(KEY).map(serde_json::from_str);
        let mut waiting: Vec<Box<RawValue>> = waiting.and_then(Result::ok).unwrap_or_default();
        let pair = serde_json::value::to_raw_value(&(category.into(), message.into()))
            .expect("two texts are always JSON");
        waiting.push(pair);
        self.insert(KEY, waiting);
    }

    /// Takes the messages that wait, oldest first, and removes them.
    ///
    /// Reads Flask's tagged pairs too, and a message that is no text as its JSON. What is no pair
    /// is dropped. Return the session, or the messages are shown again.
    ///
    /// ```
    /// # let mut data = axum_cookie_session::SessionMap::default();
    /// data.flash("info", "Saved");
    /// assert_eq!(data.take_flashes().len(), 1);
    /// assert!(data.take_flashes().is_empty());
    /// ```
    pub fn take_flashes(&mut self) -> Vec<Flash> {
        let waiting: Vec<Value> = self.get(KEY).unwrap_or_default();
        self.remove(KEY);
        waiting.into_iter().filter_map(flash).collect()
    }
}

/// A pair as we write it, or Flask's tuple tag around it (`{" t": [category, message]}`).
fn flash(waiting: Value) -> Option<Flash> {
    let pair = match waiting {
        Value::Object(mut tagged) if tagged.len() == 1 => tagged.remove(" t")?,
        plain => plain,
    };
    let (category, message) = serde_json::from_value(pair).ok()?;
    Some(Flash {
        category: text(category),
        message: text(message),
    })
}

/// Flask tags text that is marked as safe HTML (`{" m": "<b>Saved</b>"}`).
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Object(map) if map.len() == 1 => match map.get(" m") {
            Some(Value::String(text)) => text.clone(),
            _ => Value::Object(map).to_string(),
        },
        other => other.to_string(),
    }
}
