//! DEFLATE streams (RFC 1951), bare as in our own tokens or in zlib's frame (RFC 1950) as in those
//! of Flask and Django.

use std::cell::RefCell;

use miniz_oxide::DataFormat;
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress};

/// zlib's default.
const LEVEL: u8 = 6;

thread_local! {
    // A third of a megabyte: to allocate it for each session costs more than to compress one.
    static COMPRESSOR: RefCell<Box<CompressorOxide>> = RefCell::default();
}

/// Compresses as our own tokens do. `None` if that is not shorter.
#[cfg(feature = "compression")]
pub(crate) fn deflate(text: &[u8]) -> Option<Vec<u8>> {
    run(text, DataFormat::Raw)
}

/// Compresses as Flask and Django do. `None` if that is not shorter.
#[cfg(any(feature = "flask", feature = "django"))]
pub(crate) fn deflate_zlib(text: &[u8]) -> Option<Vec<u8>> {
    run(text, DataFormat::Zlib)
}

fn run(text: &[u8], format: DataFormat) -> Option<Vec<u8>> {
    let mut stream = vec![0; text.len()];
    let (status, len) = COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        compressor.set_format_and_level(format, LEVEL);
        let (status, _, len) = compress(compressor, text, &mut stream, TDEFLFlush::Finish);
        (status, len)
    });
    stream.truncate(len);
    (status == TDEFLStatus::Done).then_some(stream)
}

/// Reads a bare stream of at most `limit` bytes that ends where `stream` ends.
#[cfg(feature = "compression")]
pub(crate) fn inflate(stream: &[u8], limit: usize) -> Option<Vec<u8>> {
    use miniz_oxide::inflate::TINFLStatus;
    use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

    let mut state = Box::<DecompressorOxide>::default();
    let mut text = vec![0; limit];
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, len) = decompress(&mut state, stream, &mut text, 0, flags);
    if status != TINFLStatus::Done || read != stream.len() {
        return None;
    }
    text.truncate(len);
    Some(text)
}

/// Reads a stream in zlib's frame of at most `limit` bytes.
#[cfg(any(feature = "flask", feature = "django"))]
pub(crate) fn inflate_zlib(stream: &[u8], limit: usize) -> Option<Vec<u8>> {
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(stream, limit).ok()
}
