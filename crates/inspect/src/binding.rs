//! The device that a session of our own is bound to.

use std::fmt::Write;

use serde::Serialize;

/// What the token of a device-bound session says, behind its times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Binding {
    /// In hexadecimal digits.
    pub(crate) session_id: String,
    /// Whether a device has the key, and not merely may get one.
    pub(crate) bound: bool,
}

impl Binding {
    /// Reads an id of 8 bytes, and flags of which one is known.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let [id @ .., flags @ (0 | 1)] = bytes else {
            return None;
        };
        let mut session_id = String::new();
        for byte in <&[u8; 8]>::try_from(id).ok()? {
            write!(session_id, "{byte:02x}").ok()?;
        }
        Some(Self {
            session_id,
            bound: *flags == 1,
        })
    }
}
