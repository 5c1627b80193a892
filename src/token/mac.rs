//! Keyed MAC state: tags and their verification.

use std::ops::Deref;

#[cfg(feature = "express")]
use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit, Mac as _};
use sha1::Sha1;
#[cfg(any(feature = "sha256", feature = "django"))]
use sha2::Sha256;
use zeroize::Zeroizing;

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
/// # assert!(config.encode(&axum_cookie_session::SessionMap::default()).unwrap().contains("=1."));
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

impl Algorithm {
    pub(crate) fn hash(self) -> Hash {
        match self {
            Self::HmacSha1 => Hash::Sha1,
            #[cfg(feature = "sha256")]
            Self::HmacSha256 => Hash::Sha256,
        }
    }
}

/// A hash function that some format uses.
#[derive(Clone, Copy)]
pub(crate) enum Hash {
    Sha1,
    #[cfg(any(feature = "sha256", feature = "django"))]
    Sha256,
}

impl Hash {
    /// Hashes `parts` one after the other; for keys that are derived without a MAC.
    #[cfg(any(feature = "starlette", feature = "django"))]
    pub(crate) fn digest(self, parts: &[&[u8]]) -> Tag {
        use sha1::Digest;
        fn run<D: Digest>(parts: &[&[u8]]) -> Tag {
            let all = parts.iter().fold(D::new(), Digest::chain_update);
            Tag::new(&all.finalize())
        }
        match self {
            Self::Sha1 => run::<Sha1>(parts),
            #[cfg(any(feature = "sha256", feature = "django"))]
            Self::Sha256 => run::<Sha256>(parts),
        }
    }
}

/// The output of a hash or a MAC, which may be a key.
pub(crate) struct Tag(Zeroizing<[u8; 32]>, usize);

impl Tag {
    fn new(bytes: &[u8]) -> Self {
        let mut tag = [0; 32];
        tag[..bytes.len()].copy_from_slice(bytes);
        Self(Zeroizing::new(tag), bytes.len())
    }
}

impl Deref for Tag {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0[..self.1]
    }
}

/// HMAC with its key already absorbed, so that each message costs only its own blocks.
#[derive(Clone)]
pub(crate) enum Mac {
    Sha1(Hmac<Sha1>),
    #[cfg(any(feature = "sha256", feature = "django"))]
    Sha256(Hmac<Sha256>),
}

impl Mac {
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Self {
        const ANY_LENGTH: &str = "HMAC takes keys of any length (RFC 2104, section 2)";
        match hash {
            Hash::Sha1 => Self::Sha1(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
            #[cfg(any(feature = "sha256", feature = "django"))]
            Hash::Sha256 => Self::Sha256(Hmac::new_from_slice(key).expect(ANY_LENGTH)),
        }
    }

    /// The whole tag of a message, given in parts.
    pub(crate) fn tag(&self, message: &[&[u8]]) -> Tag {
        match self {
            Self::Sha1(mac) => Tag::new(&over(mac, message).finalize().into_bytes()),
            #[cfg(any(feature = "sha256", feature = "django"))]
            Self::Sha256(mac) => Tag::new(&over(mac, message).finalize().into_bytes()),
        }
    }

    /// Whether `tag` begins the tag of the message, in constant time.
    pub(crate) fn verify(&self, message: &[&[u8]], tag: &[u8]) -> bool {
        match self {
            Self::Sha1(mac) => over(mac, message).verify_truncated_left(tag),
            #[cfg(any(feature = "sha256", feature = "django"))]
            Self::Sha256(mac) => over(mac, message).verify_truncated_left(tag),
        }
        .is_ok()
    }

    /// Whether one of `tags` is the tag of the message, each compared in constant time, at the
    /// cost of one MAC.
    #[cfg(feature = "express")]
    pub(crate) fn verify_any(&self, message: &[&[u8]], tags: &[Vec<u8>]) -> bool {
        fn run<M: hmac::Mac>(mac: M, tags: &[Vec<u8>]) -> bool {
            let expected = mac.finalize();
            tags.iter().any(|tag| {
                hmac::digest::Output::<M>::try_from(tag.as_slice())
                    .is_ok_and(|tag| expected == CtOutput::new(tag))
            })
        }
        match self {
            Self::Sha1(mac) => run(over(mac, message), tags),
            #[cfg(any(feature = "sha256", feature = "django"))]
            Self::Sha256(mac) => run(over(mac, message), tags),
        }
    }
}

fn over<M: hmac::Mac + Clone>(mac: &M, message: &[&[u8]]) -> M {
    message.iter().fold(mac.clone(), hmac::Mac::chain_update)
}
