//! The JSON of a session as a native token holds it: plain, compressed or encrypted.

#[cfg(feature = "encryption")]
use crate::token::cipher::Cipher;
#[cfg(feature = "compression")]
use crate::token::deflate;
#[cfg(feature = "encryption")]
use crate::token::key::Key;
#[cfg(feature = "encryption")]
use crate::token::keyring::SIGNING_KEY;
use crate::token::random::RandomError;
#[cfg(feature = "encryption")]
use crate::token::random::RandomSource;
use crate::token::{FormatOptions, VerifiedToken, base64};

/// Marks a compressed payload. It is not in the alphabet of base64.
#[cfg(feature = "compression")]
const COMPRESSED: char = '~';

/// Shorter JSON is not compressed: it would hardly get shorter.
#[cfg(feature = "compression")]
const MIN_COMPRESSED_JSON_LEN: usize = 256;

/// How a config writes payloads.
pub(crate) enum Payload {
    Plain,
    /// Compressed if that is shorter.
    #[cfg(feature = "compression")]
    Compressed,
    #[cfg(feature = "encryption")]
    Encrypted(Cipher),
}

impl Payload {
    #[cfg(feature = "encryption")]
    pub(crate) fn encrypted(name: &str, keys: &[Key], random: RandomSource) -> Self {
        Self::Encrypted(Cipher::new(name, keys, random))
    }

    pub(crate) fn options(&self) -> &'static FormatOptions {
        match self {
            #[cfg(feature = "compression")]
            Self::Compressed => &FormatOptions::NATIVE_COMPRESSED,
            _ => &FormatOptions::NATIVE,
        }
    }

    /// Appends the payload to a token that the signing key will sign.
    pub(crate) fn encode(&self, json: &str, token: &mut String) -> Result<(), RandomError> {
        match self {
            Self::Plain => base64::encode_url(json.as_bytes(), token),
            #[cfg(feature = "compression")]
            Self::Compressed => {
                let start = token.len();
                base64::encode_url(json.as_bytes(), token);
                let long = json.len() >= MIN_COMPRESSED_JSON_LEN;
                if let Some(stream) = long.then(|| deflate::deflate(json.as_bytes())).flatten() {
                    let mut compressed = String::from(COMPRESSED);
                    base64::encode_url(&stream, &mut compressed);
                    if compressed.len() < token.len() - start {
                        token.truncate(start);
                        token.push_str(&compressed);
                    }
                }
            }
            #[cfg(feature = "encryption")]
            Self::Encrypted(cipher) => {
                base64::encode_url(&cipher.encrypt(SIGNING_KEY, json)?, token);
            }
        }
        Ok(())
    }

    /// Reads the payload of a verified token. Compressed ones are read whatever is written. What
    /// cannot be decrypted, by the key that verified it, is not read in another way.
    pub(crate) fn decode(&self, token: &VerifiedToken<'_>) -> Option<String> {
        let payload = &*token.payload;
        let bytes = match self {
            #[cfg(feature = "encryption")]
            Self::Encrypted(cipher) => cipher.decrypt(token.key, &base64::decode_url(payload)?)?,
            #[cfg(feature = "compression")]
            _ if payload.starts_with(COMPRESSED) => {
                let stream = base64::decode_url(&payload[COMPRESSED.len_utf8()..])?;
                deflate::inflate(&stream, FormatOptions::NATIVE_COMPRESSED.max_json_len)?
            }
            _ => base64::decode_url(payload)?,
        };
        String::from_utf8(bytes).ok()
    }
}
