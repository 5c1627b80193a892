//! The compiler's messages that the guide quotes are those of `ui/*.stderr`.

use std::fs;
use std::path::Path;

const GUIDE: &str = include_str!("../../../src/guide/troubleshooting.md");

/// The messages of the part about compiling: headings, and what stands after `Also:`.
fn quoted() -> Vec<&'static str> {
    let (_, rest) = GUIDE.split_once("\n# It does not compile\n").unwrap();
    let (part, _) = rest.split_once("\n# It does not start\n").unwrap();
    let mut quoted = Vec::new();
    for line in part.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            quoted.push(heading);
        } else if let Some(also) = line.strip_prefix("Also: ") {
            quoted.extend(also.split("; "));
        }
    }
    quoted
}

/// Whether a line has all parts of the message, between which `..` stands, in their order.
fn has(line: &str, message: &str) -> bool {
    let (line, message) = (without_paths(line), without_paths(message));
    let mut rest = line.as_str();
    message
        .split("..")
        .map(str::trim)
        .all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
}

/// Modules left out: where `cargo` writes `Service`, trybuild has `tower_service::Service`.
fn without_paths(text: &str) -> String {
    let mut parts = text.split("::");
    let mut short = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_name = |char: char| char.is_alphanumeric() || char == '_';
        let before = short.trim_end_matches(is_name).len();
        match short[before..].starts_with(char::is_lowercase) {
            true => short.truncate(before),
            false => short += "::",
        }
        short += part;
    }
    short
}

/// What rustc prints for each mistake.
fn printed() -> Vec<(String, String)> {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let files = fs::read_dir(ui).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "stderr")
        })
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn every_message_that_the_guide_quotes_is_printed() {
    let (quoted, printed) = (quoted(), printed());
    assert!(quoted.len() > 20, "{quoted:?}");
    for message in quoted {
        let found = printed
            .iter()
            .any(|(_, text)| text.lines().any(|line| has(line, message)));
        assert!(found, "rustc does not print: {message}");
    }
}

#[test]
fn the_guide_quotes_a_message_of_every_mistake() {
    let quoted = quoted();
    for (name, text) in printed() {
        let found = text
            .lines()
            .any(|line| quoted.iter().any(|message| has(line, message)));
        assert!(found, "the guide quotes nothing of {name}");
    }
}
