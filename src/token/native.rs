//! Our own token: `version "." payload "." timestamps "." mac`.

use std::time::Duration;

use memchr::memchr_iter;

use crate::status::Reason;
use crate::token::base64;
use crate::token::key::Key;
use crate::token::keyring::KeyRing;
use crate::token::mac::{Algorithm, hmac};
use crate::token::payload::Payload;
use crate::token::random::RandomError;
use crate::token::timestamps::Timestamps;
use crate::token::{
    Candidate, EncodedCookie, FormatOptions, Rejection, TokenFormat, VerifiedToken,
};

/// Bytes of the tag in a token: RFC 2104, section 5, allows half of the hash or more.
const MAC_LEN: usize = 16;

pub(crate) struct Native {
    name: [String; 1],
    version: &'static str,
    keys: KeyRing,
    payload: Payload,
}

impl Native {
    pub(crate) fn new(algorithm: Algorithm, payload: Payload, name: &str, keys: &[Key]) -> Self {
        let version = match algorithm {
            Algorithm::HmacSha1 => "1",
            #[cfg(feature = "sha256")]
            Algorithm::HmacSha256 => "2",
            #[cfg(feature = "encryption")]
            Algorithm::Aes256HmacSha256 => "3",
        };
        // The derived key depends on the name, so a token of one cookie does not verify under
        // another name.
        let context = format!("axum-cookie-session v{version} {name}");
        let hash = algorithm.hash();
        let keys = KeyRing::new(keys, |secret| {
            let derived = hmac(hash, secret).tag(&[context.as_bytes()]);
            hmac(hash, &derived)
        });
        Self {
            name: [name.to_owned()],
            version,
            keys,
            payload,
        }
    }
}

impl TokenFormat for Native {
    fn cookie_names(&self) -> &[String] {
        &self.name
    }

    fn options(&self) -> &'static FormatOptions {
        self.payload.options()
    }

    fn verify<'a>(
        &self,
        candidate: &Candidate<'a>,
        _: Duration,
    ) -> Result<VerifiedToken<'a>, Rejection> {
        // 1. Split: four parts, the first one is our version.
        let malformed = Rejection::unverified(Reason::Malformed);
        let value = candidate.value;
        let mut dots = memchr_iter(b'.', value.as_bytes());
        let (Some(first), Some(second), Some(third), None) =
            (dots.next(), dots.next(), dots.next(), dots.next())
        else {
            return Err(malformed);
        };
        let version = &value[..first];
        let payload = &value[first + 1..second];
        let timestamps = &value[second + 1..third];
        let (signed, mac) = (&value[..third], &value[third + 1..]);
        if version != self.version {
            let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
            return Err(match number {
                true => Rejection::unverified(Reason::UnknownVersion),
                false => malformed,
            });
        }
        // 2. Verify the MAC over the bytes as received.
        let forged = Rejection::unverified(Reason::BadSignature);
        let mac = base64::decode_url_array::<MAC_LEN>(mac).ok_or(forged)?;
        let key = self.keys.verify(&[signed.as_bytes()], &mac).ok_or(forged)?;
        // 3. Decode the timestamps.
        let timestamps =
            Timestamps::decode(timestamps).ok_or(Rejection::verified(Reason::Malformed))?;
        Ok(VerifiedToken {
            payload: payload.into(),
            timestamps,
            key,
        })
    }

    fn decode(&self, token: &VerifiedToken<'_>) -> Option<String> {
        self.payload.decode(token)
    }

    fn encode(
        &self,
        json: &str,
        timestamps: Timestamps,
    ) -> Result<Vec<EncodedCookie<'_>>, RandomError> {
        // 1. Version and payload. An encrypted one has 47 bytes more, timestamps have up to 23 characters.
        let mut token = String::with_capacity(json.len() * 4 / 3 + 116);
        token.push_str(self.version);
        token.push('.');
        self.payload.encode(json, &mut token)?;
        // 2. Timestamps.
        token.push('.');
        timestamps.encode(&mut token);
        // 3. The MAC over all of it.
        let mac = self.keys.sign(&[token.as_bytes()]);
        token.push('.');
        base64::encode_url(&mac[..MAC_LEN], &mut token);
        Ok(vec![EncodedCookie {
            name: &self.name[0],
            value: token,
        }])
    }
}
