//! Base64 (RFC 4648): only canonical encodings, on the fastest engine of the machine.

use std::sync::LazyLock;

use ::base64::Engine;
use ::base64::engine::general_purpose;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use ::base64::engine::simd::Simd as Fast;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use general_purpose::GeneralPurpose as Fast;

// The default engines are scalar. The SIMD engine exists on two architectures.
static URL_SAFE: LazyLock<Fast> = LazyLock::new(|| {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    return Fast::url_safe(general_purpose::NO_PAD);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    general_purpose::URL_SAFE_NO_PAD
});

/// Appends `bytes` to `out`, URL-safe and without padding.
pub(crate) fn encode_url(bytes: &[u8], out: &mut String) {
    URL_SAFE.encode_string(bytes, out);
}

/// Reads URL-safe base64 without padding.
pub(crate) fn decode_url(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE.decode(text).ok()
}

/// Reads exactly `N` bytes of URL-safe base64 without padding.
pub(crate) fn decode_url_array<const N: usize>(text: impl AsRef<[u8]>) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let len = decode_url_slice(text, &mut bytes)?;
    (len == N).then_some(bytes)
}

/// Reads URL-safe base64 without padding into the beginning of `out`, and returns its length.
pub(crate) fn decode_url_slice(text: impl AsRef<[u8]>, out: &mut [u8]) -> Option<usize> {
    URL_SAFE.decode_slice(text, out).ok()
}

static STANDARD: LazyLock<Fast> = LazyLock::new(|| {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    return Fast::standard(general_purpose::PAD);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    general_purpose::STANDARD
});

/// Standard base64 with padding.
#[allow(dead_code, reason = "only formats behind features use it")]
pub(crate) fn encode_standard(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64 with padding.
#[allow(dead_code, reason = "only formats behind features use it")]
pub(crate) fn decode_standard(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
