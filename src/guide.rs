//! Guides: pages that hold no code of the library.

#[doc = include_str!("guide/sharing.md")]
pub mod sharing {}
