//! The parts of what is printed for people.

use std::cmp::Reverse;

use axum_cookie_session::SessionConfig;

use crate::binding::Binding;
use crate::format::{Format, Hash};
use crate::json::{self, KeySize, Members};
use crate::time::Moment;

/// Lines of a label and what it says, in two columns.
pub(crate) fn lines(lines: &[(&str, String)]) -> String {
    let width = lines
        .iter()
        .map(|(label, _)| label.len())
        .max()
        .unwrap_or(0);
    let lines = lines
        .iter()
        .map(|(label, text)| format!("{label:width$}  {text}\n"));
    lines.collect()
}

/// A line for each time that is known.
pub(crate) fn times(
    created: Option<Moment>,
    issued: Option<Moment>,
    expires: Option<Moment>,
) -> impl Iterator<Item = (&'static str, String)> {
    let times = [
        ("created", created),
        ("issued", issued),
        ("expires", expires),
    ];
    times
        .into_iter()
        .filter_map(|(label, time)| Some((label, time?.to_string())))
}

/// What is known of the device that the session is bound to.
pub(crate) fn device(binding: Option<&Binding>) -> Option<(&'static str, String)> {
    let Binding { session_id, bound } = binding?;
    let bound = match bound {
        true => "bound",
        false => "not bound yet",
    };
    Some(("device", format!("{bound}, session id {session_id}")))
}

/// The size of a cookie next to the limit.
pub(crate) fn size(name: &str, value: &str) -> String {
    let (name, value) = (name.len(), value.len());
    let (total, max) = (name + value, SessionConfig::MAX_COOKIE_LEN);
    let warning = match total > max {
        true => ": too long, browsers drop it",
        false => "",
    };
    format!("{total} of {max} bytes (name {name}, value {value}){warning}")
}

/// The bytes of each key, and the payload laid out.
pub(crate) fn contents(members: &Members) -> String {
    let pretty = serde_json::to_string_pretty(&json::exact(members)).unwrap_or_default();
    if members.is_empty() {
        return format!("{pretty}\n");
    }
    let mut sizes = json::sizes(members);
    sizes.sort_by_key(|size| Reverse(size.bytes));
    let rows = sizes
        .iter()
        .map(|KeySize { key, bytes }| format!("{bytes:>5}  {}\n", key.escape_debug()));
    format!("{pretty}\n\nbytes  key\n{}", rows.collect::<String>())
}

/// A format with what else a token says of its making.
pub(crate) fn format(format: Format, hash: Option<Hash>, compressed: bool) -> String {
    let mut text = format.to_string();
    text.push_str(match hash {
        Some(Hash::Sha1) => ", version 1 (HMAC-SHA1)",
        Some(Hash::Sha256) => ", version 2 (HMAC-SHA256)",
        Some(Hash::Aes256) => ", version 3 (AES-256, HMAC-SHA256)",
        None => "",
    });
    if compressed {
        text.push_str(", compressed");
    }
    text
}
