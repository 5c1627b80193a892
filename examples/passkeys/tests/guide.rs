//! What the guide shows of this example.
#![allow(clippy::unwrap_used, reason = "a test")]

const GUIDE: &str = include_str!("../../../src/guide/passkeys.md");
const ONE_TIME: &str = include_str!("../src/one_time.rs");

#[test]
fn the_guide_shows_the_file_to_copy_as_it_is() {
    let start = ONE_TIME.find("use std::collections").unwrap();
    assert!(GUIDE.contains(&ONE_TIME[start..]));
}
