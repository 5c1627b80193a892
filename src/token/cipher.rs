//! AES-256 in counter mode (FIPS 197; NIST SP 800-38A, section 6.5), under its own derived key.

use aes::{Aes256Enc, cipher};
use cipher::{InnerIvInit, KeyInit, StreamCipher};
use ctr::{Ctr128BE, CtrCore};

use crate::token::key::Key;
use crate::token::mac::{Hash, hmac};
use crate::token::random::{RandomError, RandomSource};

/// The initialization vector, which is the first counter block.
const IV_LEN: usize = 16;

/// The text is filled up with blanks to a multiple of this, so that lengths tell less.
const STEP: usize = 32;

/// The keys of a config that encrypt, each with its expanded key. A text belongs to the MAC key at
/// the same position.
pub(crate) struct Cipher {
    keys: Vec<Aes256Enc>,
    random: RandomSource,
}

impl Cipher {
    pub(crate) fn new(name: &str, keys: &[Key], random: RandomSource) -> Self {
        let context = format!("axum-cookie-session v3 encryption {name}");
        let expand = |secret: &Key| {
            let key = hmac(Hash::Sha256, secret.as_bytes()).tag(&[context.as_bytes()]);
            Aes256Enc::new_from_slice(&key).expect("HMAC-SHA256 has the 32 bytes of an AES-256 key")
        };
        Self {
            keys: keys.iter().map(expand).collect(),
            random,
        }
    }

    /// Encrypts with the key at `key`, under an initialization vector that was never used before:
    /// that one, and the text in so many steps of 32 bytes.
    pub(crate) fn encrypt(&self, key: usize, text: &str) -> Result<Vec<u8>, RandomError> {
        let len = text.len().next_multiple_of(STEP);
        let mut bytes = Vec::with_capacity(IV_LEN + len);
        // 1. The initialization vector.
        let mut iv = [0; IV_LEN];
        (self.random)(&mut iv)?;
        bytes.extend(iv);
        // 2. The text, and blanks, which JSON may end in.
        bytes.extend(text.as_bytes());
        bytes.resize(IV_LEN + len, b' ');
        // 3. The key stream over both.
        self.apply(key, iv, &mut bytes[IV_LEN..]);
        Ok(bytes)
    }

    /// Decrypts what the MAC key at `key` verified, without the blanks. `None` if its length is not
    /// one that [`encrypt`](Self::encrypt) writes.
    pub(crate) fn decrypt(&self, key: usize, bytes: &[u8]) -> Option<Vec<u8>> {
        let (iv, text) = bytes.split_first_chunk()?;
        if text.is_empty() || !text.len().is_multiple_of(STEP) {
            return None;
        }
        let mut text = text.to_vec();
        self.apply(key, *iv, &mut text);
        let blanks = text.iter().rev().take_while(|byte| **byte == b' ').count();
        text.truncate(text.len() - blanks);
        Some(text)
    }

    fn apply(&self, key: usize, iv: [u8; IV_LEN], text: &mut [u8]) {
        let core = CtrCore::inner_iv_init(self.keys[key].clone(), &iv.into());
        Ctr128BE::from_core(core).apply_keystream(text);
    }
}
