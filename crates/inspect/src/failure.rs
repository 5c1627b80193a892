//! What can go wrong, each kind with its exit code.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::output;

/// The exit codes. `EXIT_CODES` below and the README list them for users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    NotValid = 1,
    Usage = 2,
    UnknownFormat = 3,
    Key = 4,
    InputOutput = 5,
    NotUtf8 = 6,
    Empty = 7,
    TooLong = 8,
    WhichCookie = 9,
    NotJson = 10,
    NotEncodable = 11,
    Payload = 12,
}

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
   0  success; for `verify`: the session is valid
   1  `verify`: the session is not valid
   2  wrong usage
   3  the format of the input is unknown
   4  a key is missing or too short
   5  a file or standard input cannot be read, or the output cannot be written
   6  the input is not UTF-8
   7  the input is empty
   8  the input is longer than 65536 bytes
   9  the input does not have a cookie of that name, or it has several candidates
  10  `encode`: the input is not a JSON object
  11  `encode`: a cookie cannot hold the session
  12  `show`: the format is known, but the payload cannot be read
";

/// Why the program ends without what was asked for, in one sentence.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    sentence: String,
}

impl Failure {
    pub(crate) fn new(kind: Kind, sentence: impl Into<String>) -> Self {
        Self {
            kind,
            sentence: sentence.into(),
        }
    }

    pub(crate) fn report(&self) -> ExitCode {
        let line = output::printable(&format!("error: {self}"));
        // If standard error is closed, there is nowhere to report.
        let _ = writeln!(io::stderr(), "{line}");
        ExitCode::from(self.kind as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}
