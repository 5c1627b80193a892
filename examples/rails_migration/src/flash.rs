//! The flash of Rails: messages for the next page, which either side shows.

use std::collections::BTreeMap;

use axum_cookie_session::SessionMap;
use serde::{Deserialize, Serialize};

const KEY: &str = "flash";

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Flash {
    /// Keys of messages that a page has shown.
    discard: Vec<String>,
    flashes: BTreeMap<String, String>,
}

/// The messages for this page. They are gone for the next one.
pub(crate) fn take_flash(session: &mut SessionMap) -> BTreeMap<String, String> {
    let Flash {
        discard,
        mut flashes,
    } = session.take(KEY).unwrap_or_default();
    flashes.retain(|key, _| !discard.contains(key));
    flashes
}

/// Leaves a message for the next page. It replaces the one that has the same key.
pub(crate) fn set_flash(session: &mut SessionMap, key: &str, message: &str) {
    let mut flash: Flash = session.get(KEY).unwrap_or_default();
    flash.discard.retain(|discarded| discarded != key);
    flash.flashes.insert(key.to_owned(), message.to_owned());
    session.insert(KEY, flash);
}
