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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blanks_behind_the_text_are_taken_off() {
        let key = Key::new([7; 32]).expect("32 bytes");
        let cipher = Cipher::new("session", &[key], |_| Ok(()));
        for len in [2, 31, 32, 33] {
            let text = "x".repeat(len);
            let bytes = cipher.encrypt(0, &text).expect("random bytes");
            assert_eq!(cipher.decrypt(0, &bytes), Some(text.into_bytes()));
        }
    }

    /// NIST SP 800-38A, sections F.5.5 and F.5.6.
    #[test]
    fn aes_256_in_counter_mode_gives_the_published_answer() {
        let number = |hex: &str| u128::from_str_radix(hex, 16).map(u128::to_be_bytes);
        let all = |blocks: [&str; 4]| blocks.map(|hex| number(hex).expect("hex")).concat();
        let key = [
            "603deb1015ca71be2b73aef0857d7781",
            "1f352c073b6108d72d9810a30914dff4",
        ];
        let key = key.map(|half| number(half).expect("hex")).concat();
        let iv = number("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff").expect("hex");
        let plain = all([
            "6bc1bee22e409f96e93d7e117393172a",
            "ae2d8a571e03ac9c9eb76fac45af8e51",
            "30c81c46a35ce411e5fbc1191a0a52ef",
            "f69f2445df4f9b17ad2b417be66c3710",
        ]);
        let encrypted = all([
            "601ec313775789a5b7a7f504bbf3d228",
            "f443e3ca4d62b59aca84e990cacaf5c5",
            "2b0930daa23de94ce87017ba2d84988d",
            "dfc9c58db67aada613c2dd08457941a6",
        ]);
        let cipher = Cipher {
            keys: vec![Aes256Enc::new_from_slice(&key).expect("32 bytes")],
            random: |_| Err(RandomError),
        };
        for (from, to) in [(&plain, &encrypted), (&encrypted, &plain)] {
            let mut text = from.clone();
            cipher.apply(0, iv, &mut text);
            assert_eq!(&text, to);
        }
    }
}
