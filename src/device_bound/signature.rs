//! Signatures of a device's key: ECDSA over P-256 with SHA-256 (FIPS 186-5; ES256 of RFC 7518).

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{self, VerifyingKey};

/// A point of P-256, compressed (SEC 1, section 2.3.3).
pub(crate) type PublicKey = [u8; 33];

/// The key with these coordinates. `None` if they are not a point of the curve.
pub(crate) fn public_key(x: &[u8; 32], y: &[u8; 32]) -> Option<PublicKey> {
    // SEC 1, section 2.3.3: an uncompressed point.
    let point = [&[4], &x[..], &y[..]].concat();
    let key = VerifyingKey::from_sec1_bytes(&point).ok()?;
    key.to_sec1_point(true).as_bytes().try_into().ok()
}

pub(crate) struct Signature(ecdsa::Signature);

impl Signature {
    /// Reads R and S. `None` if one of them is out of range.
    ///
    /// S may be high: low S is a rule of others (BIP 62).
    pub(crate) fn from_bytes(bytes: &[u8; 64]) -> Option<Self> {
        ecdsa::Signature::from_slice(bytes).ok().map(Self)
    }

    /// Whether `key` signed `message`.
    pub(crate) fn verify(&self, key: &PublicKey, message: &[u8]) -> bool {
        VerifyingKey::from_sec1_bytes(key).is_ok_and(|key| key.verify(message, &self.0).is_ok())
    }
}
