//! Base64 (RFC 4648): canonical spellings only, on the fast engine of the machine.

use std::sync::LazyLock;

use ::base64::Engine;
use ::base64::engine::general_purpose::NO_PAD;

// The crate's default engines are scalar; its SIMD engine has to be chosen by name and exists on
// these two architectures.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
type Fast = ::base64::engine::Simd;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
type Fast = ::base64::engine::GeneralPurpose;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
static URL_SAFE: LazyLock<Fast> = LazyLock::new(|| Fast::url_safe(NO_PAD));
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
static URL_SAFE: LazyLock<Fast> =
    LazyLock::new(|| Fast::new(&::base64::alphabet::URL_SAFE, NO_PAD));

/// Appends `bytes` to `out`, URL-safe and without padding.
pub(crate) fn encode_url(bytes: &[u8], out: &mut String) {
    URL_SAFE.encode_string(bytes, out);
}

/// Reads URL-safe base64 without padding; spare bits must be zero.
pub(crate) fn decode_url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE.decode(text).ok()
}

/// Reads exactly `N` bytes of URL-safe base64 without padding; spare bits must be zero.
pub(crate) fn decode_url_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let len = URL_SAFE.decode_slice(text, &mut bytes).ok()?;
    (len == N).then_some(bytes)
}
