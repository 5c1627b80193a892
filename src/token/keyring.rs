//! The keys of a config, ready to sign and verify.

use crate::token::key::Key;
use crate::token::mac::{Mac, Tag};

/// The position in a [`KeyRing`] of the key that signs.
pub(crate) const SIGNING_KEY: usize = 0;

pub(crate) struct KeyRing(Vec<Box<dyn Mac>>);

impl KeyRing {
    /// The first key signs; `derive` makes the MAC of each.
    pub(crate) fn new(keys: &[Key], derive: impl Fn(&[u8]) -> Box<dyn Mac>) -> Self {
        Self(keys.iter().map(|key| derive(key.as_bytes())).collect())
    }

    pub(crate) fn sign(&self, message: &[&[u8]]) -> Tag {
        self.0[SIGNING_KEY].tag(message)
    }

    /// The position of the key that made `tag`, which may be cut to its first bytes.
    pub(crate) fn verify(&self, message: &[&[u8]], tag: &[u8]) -> Option<usize> {
        self.0.iter().position(|mac| mac.verify(message, tag))
    }

    /// The position of the key that made one of `tags`, at the cost of one MAC for each key.
    #[cfg(feature = "express")]
    pub(crate) fn verify_any(&self, message: &[&[u8]], tags: &[Vec<u8>]) -> Option<usize> {
        self.0.iter().position(|mac| mac.verify_any(message, tags))
    }
}
