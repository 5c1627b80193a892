//! Base64 (RFC 4648): canonical spellings only, on the fast engine of the machine.

use std::sync::LazyLock;

use ::base64::Engine;

/// The crate's default engines are scalar; its SIMD engine has to be chosen by name and exists on
/// these two architectures.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod fast {
    use ::base64::engine::general_purpose::{NO_PAD, PAD};
    pub(super) use ::base64::engine::simd::Simd as Engine;

    pub(super) fn url_safe() -> Engine {
        Engine::url_safe(NO_PAD)
    }

    #[allow(dead_code, reason = "some of the formats use it")]
    pub(super) fn standard() -> Engine {
        Engine::standard(PAD)
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod fast {
    pub(super) use ::base64::engine::general_purpose::GeneralPurpose as Engine;
    use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    pub(super) fn url_safe() -> Engine {
        URL_SAFE_NO_PAD
    }

    #[allow(dead_code, reason = "some of the formats use it")]
    pub(super) fn standard() -> Engine {
        STANDARD
    }
}

static URL_SAFE: LazyLock<fast::Engine> = LazyLock::new(fast::url_safe);

/// Appends `bytes` to `out`, URL-safe and without padding.
pub(crate) fn encode_url(bytes: &[u8], out: &mut String) {
    URL_SAFE.encode_string(bytes, out);
}

/// Reads URL-safe base64 without padding.
pub(crate) fn decode_url(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE.decode(text).ok()
}

/// Reads exactly `N` bytes of URL-safe base64 without padding.
pub(crate) fn decode_url_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let len = URL_SAFE.decode_slice(text, &mut bytes).ok()?;
    (len == N).then_some(bytes)
}

#[cfg(any(feature = "flask", feature = "starlette", feature = "express"))]
static STANDARD: LazyLock<fast::Engine> = LazyLock::new(fast::standard);

/// Standard base64 with padding.
#[cfg(any(feature = "starlette", feature = "express"))]
pub(crate) fn encode_standard(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64 with padding.
#[cfg(any(feature = "flask", feature = "starlette", feature = "express"))]
pub(crate) fn decode_standard(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}
