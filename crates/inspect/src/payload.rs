//! The JSON inside of a token, read without a key.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use crate::json::{self, Members};

/// Bytes that a payload may inflate to, as in the library.
const MAX_INFLATED: usize = 64 * 1024;
const MAX_NATIVE_INFLATED: usize = 16 * 1024;

/// What a token carries, or the end of a sentence that begins with "the payload".
pub(crate) type Payload = Result<Contents, &'static str>;

#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) members: Members,
    /// Bytes of the JSON text.
    pub(crate) len: usize,
    /// Whether a space follows the colons, as Python's `json.dumps` writes it.
    pub(crate) spaced: bool,
}

pub(crate) fn base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub(crate) fn inflated(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    decompress_to_vec_zlib_with_limit(bytes, MAX_INFLATED).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => "inflates to more than 65536 bytes",
        _ => "is no zlib stream",
    })
}

/// Inflates a payload of our own: a bare stream, with nothing behind it.
pub(crate) fn inflated_native(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut text = vec![0; MAX_NATIVE_INFLATED];
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let result = inflate(&mut state, bytes, &mut text, MZFlush::Finish);
    match result.status {
        Ok(MZStatus::StreamEnd) if result.bytes_consumed == bytes.len() => {
            text.truncate(result.bytes_written);
            Ok(text)
        }
        Ok(MZStatus::StreamEnd) => Err("goes on after the end of its DEFLATE stream"),
        _ if result.bytes_written == text.len() => Err("inflates to more than 16384 bytes"),
        _ => Err("is no DEFLATE stream"),
    }
}

pub(crate) fn utf8(bytes: Vec<u8>) -> Result<String, &'static str> {
    String::from_utf8(bytes).map_err(|_| "is not UTF-8")
}

pub(crate) fn contents(text: &str) -> Payload {
    let members = json::members(text).map_err(|error| error.why)?;
    let before_last = members.last().and_then(|(_, member)| {
        let text = text.trim_end().strip_suffix('}')?.trim_end();
        text.strip_suffix(member.value.get())
    });
    let spaced = before_last.is_some_and(|before| before.ends_with(' '));
    Ok(Contents {
        members,
        len: text.len(),
        spaced,
    })
}
