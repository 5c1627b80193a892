//! What the program says where it cannot start.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::process::Command;

/// Standard error of a start with this database, which has to fail.
#[track_caller]
fn refused(url: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlite"))
        .env("DATABASE_URL", url)
        // Should it start after all, it ends at this port.
        .env("PORT", "none")
        .output()
        .unwrap();
    assert!(!output.status.success(), "{url}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("DATABASE_URL cannot be opened"), "{said}");
    said
}

#[test]
fn the_error_for_a_database_that_cannot_be_opened_names_the_reason() {
    for (url, reason) in [
        ("sqlite:x.db?mode=bad", "the URL is not understood"),
        ("sqlite:x.db?password=hunter2", "the URL is not understood"),
        ("sqlite:%FF.db", "the URL is not understood"),
        ("sqlite:/nowhere/x.db", "unable to open database file"),
        (
            "postgres://ada:hunter2@host/x",
            "unable to open database file",
        ),
    ] {
        let said = refused(url);
        assert!(said.contains(reason), "{url}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
