//! What is to be inspected: an argument, or standard input.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Read, Write};

use crate::failure::{Failure, Kind};

/// Far more than servers take for all headers of a request.
const MAX_LEN: usize = 64 * 1024;

const STATUS_LINE: &[u8] = b"HTTP/";

/// Reads the argument, or standard input where there is none or it is `-`.
pub(crate) fn read(argument: Option<&OsStr>) -> Result<String, Failure> {
    let bytes = match argument {
        Some(argument) if argument != "-" => argument.as_encoded_bytes().to_vec(),
        _ => standard_input()?,
    };
    let bytes = without_body(&bytes);
    if bytes.len() > MAX_LEN {
        return Err(Failure::new(
            Kind::TooLong,
            format!("the input is longer than {MAX_LEN} bytes, and no cookie is"),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Failure::new(
            Kind::NotUtf8,
            format!("the input is not UTF-8 from byte {at} on, and every cookie is text"),
        )
    })?;
    match text.trim() {
        "" => Err(Failure::new(
            Kind::Empty,
            "the input is empty: give an argument, or something on standard input",
        )),
        trimmed => Ok(trimmed.to_owned()),
    }
}

/// The headers of what `curl -i` prints, which may be of several responses, as where it follows
/// redirects. A body is of any length, need not be text, and may hold lines that look like headers.
fn without_body(input: &[u8]) -> &[u8] {
    if !input.starts_with(STATUS_LINE) {
        return input;
    }
    let mut len = 0;
    let mut after_headers = false;
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        if after_headers && !line.starts_with(STATUS_LINE) {
            break;
        }
        after_headers = matches!(line, b"\n" | b"\r\n");
        len += line.len();
    }
    &input[..len]
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let _ = writeln!(io::stderr(), "Reading standard input; Ctrl-D ends it");
    }
    let mut bytes = Vec::new();
    stdin
        .take(MAX_LEN as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            Failure::new(
                Kind::InputOutput,
                format!("cannot read standard input: {error}"),
            )
        })?;
    Ok(bytes)
}
