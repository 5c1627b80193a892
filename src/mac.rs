//! Keyed MAC state: tags and their verification.

use hmac::{Hmac, KeyInit, Mac as _};
use sha1::Sha1;
#[cfg(feature = "sha256")]
use sha2::Sha256;

/// Hash function of the MAC that authenticates a session.
///
/// Chosen with [`SessionConfigBuilder::algorithm`](crate::SessionConfigBuilder::algorithm); the
/// token never chooses it.
///
/// ```
/// use axum_cookie_session::{Algorithm, Key, SessionConfig};
///
/// let config = SessionConfig::builder(Key::generate())
///     .algorithm(Algorithm::HmacSha1)
///     .build()?;
/// # assert!(config.seal(&axum_cookie_session::Data::default()).unwrap().contains("=1."));
/// # Ok::<(), axum_cookie_session::ConfigError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC-SHA1 (RFC 2104) cut to 128 bits: token version 1, the default.
    HmacSha1,
    /// HMAC-SHA256 (RFC 2104, FIPS 180-4) cut to 128 bits: token version 2.
    #[cfg(feature = "sha256")]
    #[cfg_attr(docsrs, doc(cfg(feature = "sha256")))]
    HmacSha256,
}

/// HMAC with its key already absorbed, so that each message costs only its own blocks.
#[derive(Clone)]
pub(crate) enum Mac {
    Sha1(Hmac<Sha1>),
    #[cfg(feature = "sha256")]
    Sha256(Hmac<Sha256>),
}

impl Mac {
    pub(crate) fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        const ANY_LENGTH: &str = "HMAC takes keys of any length (RFC 2104, section 2)";
        match algorithm {
            Algorithm::HmacSha1 => Self::Sha1(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            #[cfg(feature = "sha256")]
            Algorithm::HmacSha256 => Self::Sha256(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
        }
    }

    /// Hands the whole tag of `message` to `read`.
    pub(crate) fn tag<R>(&self, message: &[u8], read: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Sha1(mac) => read(&mac.clone().chain_update(message).finalize().into_bytes()),
            #[cfg(feature = "sha256")]
            Self::Sha256(mac) => read(&mac.clone().chain_update(message).finalize().into_bytes()),
        }
    }

    /// Whether `tag` begins the tag of `message`, in constant time.
    pub(crate) fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        match self {
            Self::Sha1(mac) => mac.clone().chain_update(message).verify_truncated_left(tag),
            #[cfg(feature = "sha256")]
            Self::Sha256(mac) => mac.clone().chain_update(message).verify_truncated_left(tag),
        }
        .is_ok()
    }
}
