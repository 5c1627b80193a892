//! Standard output, for people and for scripts.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use crate::failure::{Failure, Kind};

/// Writes text for people.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    write(text.trim_end())
}

/// Writes one line of JSON for scripts.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string(value).map_err(|error| {
        Failure::new(Kind::InputOutput, format!("cannot write as JSON: {error}"))
    })?;
    // Values that are written as they came may hold line breaks, never inside of strings.
    write(&json.replace('\n', " "))
}

fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = writeln!(stdout, "{}", printable(text)).and_then(|()| stdout.flush());
    match written {
        // The reader has closed the pipe, as `head -1` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| {
            Failure::new(
                Kind::InputOutput,
                format!("cannot write the output: {error}"),
            )
        }),
    }
}

/// Writes control characters and characters that change the direction of text as JSON escapes. In
/// JSON they only stand inside strings, so its meaning stays.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => printable.push(character),
            '\r' => printable.push(' '),
            '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                printable.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ if character.is_control() => {
                printable.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => printable.push(character),
        }
    }
    printable
}
