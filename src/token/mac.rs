//! Keyed MAC state: tags and their verification.

use std::ops::Deref;

#[cfg(feature = "express")]
use hmac::digest::CtOutput;
use hmac::{Hmac, KeyInit};
use sha1::Sha1;
#[cfg(any(
    feature = "sha256",
    feature = "django",
    feature = "react-router",
    feature = "rails"
))]
use sha2::Sha256;
use zeroize::Zeroizing;

/// Algorithm that authenticates a session, and encrypts it if its name says so.
///
/// The config chooses it, with
/// [`SessionConfigBuilder::algorithm`](crate::SessionConfigBuilder::algorithm); a token never does.
/// The guide [`encryption`](crate::guide::encryption) says which one to choose.
///
/// ```
/// use axum_cookie_session::{Algorithm, Key, SessionConfig, SessionMap};
///
/// let config = SessionConfig::builder(Key::generate())
///     .algorithm(Algorithm::HmacSha1)
///     .build()?;
/// assert!(config.encode(&SessionMap::default())?.contains("=1."));
/// # Ok::<(), Box<dyn std::error::Error>>(())
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
    /// AES-256 in counter mode (FIPS 197, NIST SP 800-38A), then HMAC-SHA256 cut to 128 bits over
    /// the result: token version 3, which only the server can read.
    ///
    /// Each token has a random initialization vector of 128 bits from the operating system, so that
    /// two tokens of one session differ. The cookie's name, both times, and the length of the
    /// session in steps of 32 bytes stay visible. 3008 bytes of JSON fit with the name
    /// `__Host-session`.
    #[cfg(feature = "encryption")]
    #[cfg_attr(docsrs, doc(cfg(feature = "encryption")))]
    #[doc(alias = "encrypt")]
    #[doc(alias = "private")]
    Aes256HmacSha256,
}

impl Algorithm {
    pub(crate) fn hash(self) -> Hash {
        match self {
            Self::HmacSha1 => Hash::Sha1,
            #[cfg(feature = "sha256")]
            Self::HmacSha256 => Hash::Sha256,
            #[cfg(feature = "encryption")]
            Self::Aes256HmacSha256 => Hash::Sha256,
        }
    }
}

/// A hash function that some format uses.
#[derive(Clone, Copy)]
pub(crate) enum Hash {
    Sha1,
    #[cfg(any(
        feature = "sha256",
        feature = "django",
        feature = "react-router",
        feature = "rails"
    ))]
    Sha256,
}

impl Hash {
    /// Hashes `parts` one after the other; for keys that are derived without a MAC.
    #[allow(dead_code, reason = "only formats behind features use it")]
    pub(crate) fn digest(self, parts: &[&[u8]]) -> Tag {
        use sha1::Digest;
        fn run<D: Digest>(parts: &[&[u8]]) -> Tag {
            let all = parts.iter().fold(D::new(), Digest::chain_update);
            Tag::new(&all.finalize())
        }
        match self {
            Self::Sha1 => run::<Sha1>(parts),
            #[cfg(any(
                feature = "sha256",
                feature = "django",
                feature = "react-router",
                feature = "rails"
            ))]
            Self::Sha256 => run::<Sha256>(parts),
        }
    }

    /// PBKDF2 (RFC 8018, section 5.2) with HMAC, for a key of 256 bits.
    #[cfg(feature = "rails")]
    pub(crate) fn pbkdf2(self, secret: &[u8], salt: &[u8], rounds: u32) -> Zeroizing<[u8; 32]> {
        use pbkdf2::pbkdf2_hmac;
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Self::Sha1 => pbkdf2_hmac::<Sha1>(secret, salt, rounds, &mut *key),
            Self::Sha256 => pbkdf2_hmac::<Sha256>(secret, salt, rounds, &mut *key),
        }
        key
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

/// A MAC that has absorbed its key, so that each message costs only its own blocks.
pub(crate) trait Mac: Send + Sync {
    /// The whole tag of a message, given in parts.
    fn tag(&self, message: &[&[u8]]) -> Tag;

    /// Whether `tag` begins the tag of the message, in constant time.
    fn verify(&self, message: &[&[u8]], tag: &[u8]) -> bool;

    /// Whether one of `tags` is the tag of the message, each compared in constant time, at the
    /// cost of one MAC.
    #[cfg(feature = "express")]
    fn verify_any(&self, message: &[&[u8]], tags: &[Vec<u8>]) -> bool;
}

/// HMAC (RFC 2104) with a key.
pub(crate) fn hmac(hash: Hash, key: &[u8]) -> Box<dyn Mac> {
    const ANY_LENGTH: &str = "HMAC takes keys of any length (RFC 2104, section 2)";
    match hash {
        Hash::Sha1 => Box::new(Hmac::<Sha1>::new_from_slice(key).expect(ANY_LENGTH)),
        #[cfg(any(
            feature = "sha256",
            feature = "django",
            feature = "react-router",
            feature = "rails"
        ))]
        Hash::Sha256 => Box::new(Hmac::<Sha256>::new_from_slice(key).expect(ANY_LENGTH)),
    }
}

impl<M: hmac::Mac + Clone + Send + Sync> Mac for M {
    fn tag(&self, message: &[&[u8]]) -> Tag {
        Tag::new(&over(self, message).finalize().into_bytes())
    }

    fn verify(&self, message: &[&[u8]], tag: &[u8]) -> bool {
        over(self, message).verify_truncated_left(tag).is_ok()
    }

    #[cfg(feature = "express")]
    fn verify_any(&self, message: &[&[u8]], tags: &[Vec<u8>]) -> bool {
        let expected = over(self, message).finalize();
        tags.iter().any(|tag| {
            hmac::digest::Output::<M>::try_from(tag.as_slice())
                .is_ok_and(|tag| expected == CtOutput::new(tag))
        })
    }
}

/// In place: a chain of updates would copy the state for each part.
fn over<M: hmac::Mac + Clone>(mac: &M, message: &[&[u8]]) -> M {
    let mut mac = mac.clone();
    for part in message {
        mac.update(part);
    }
    mac
}
