//! The samples of the README, run in a shell.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{OTHER, SECRET};

#[test]
fn the_readme_shows_what_is_printed() {
    let readme = include_str!("../README.md");
    let folder = Path::new(env!("CARGO_BIN_EXE_axum-cookie-session-inspect"))
        .parent()
        .unwrap();
    let mut samples = 0;
    for block in readme.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").unwrap();
        let (command, shown) = block.strip_prefix("$ ").unwrap().split_once('\n').unwrap();
        let output = Command::new("/bin/sh")
            // Under the short name that the README gives it.
            .args([
                "-c",
                &format!("inspect() {{ axum-cookie-session-inspect \"$@\"; }}\n{command} 2>&1"),
            ])
            .env("PATH", folder)
            .env("SESSION_KEY", SECRET)
            .env("OTHER_KEY", OTHER)
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        if command == "inspect keygen" {
            assert_eq!(printed.len(), shown.len());
        } else {
            assert_eq!(printed, shown, "{command}");
        }
        samples += 1;
    }
    assert_eq!(samples, 7);
}
