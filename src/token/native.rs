//! Our own token: `version "." payload "." times "." mac`.

use std::time::Duration;

use memchr::memchr_iter;

use crate::status::Reason;
use crate::token::base64;
use crate::token::key::Key;
use crate::token::mac::{Algorithm, Mac};
use crate::token::timestamps::Times;
use crate::token::{Candidate, Format, Opened, Rejection, Sealed};

/// Bytes of the tag that a token carries: RFC 2104, section 5, allows half the hash and more.
const MAC_LEN: usize = 16;

pub(crate) struct Native {
    version: &'static str,
    /// The first one signs.
    macs: Vec<Mac>,
}

impl Native {
    pub(crate) fn new(algorithm: Algorithm, name: &str, keys: &[Key]) -> Self {
        let version = match algorithm {
            Algorithm::HmacSha1 => "1",
            #[cfg(feature = "sha256")]
            Algorithm::HmacSha256 => "2",
        };
        let hash = algorithm.hash();
        // The name is in the key, so that a token of one cookie does not verify under another.
        let context = format!("axum-cookie-session v{version} {name}");
        let macs = keys
            .iter()
            .map(|key| {
                let derived = Mac::new(hash, key.as_bytes()).tag(&[context.as_bytes()]);
                Mac::new(hash, &derived)
            })
            .collect();
        Self { version, macs }
    }
}

impl Format for Native {
    fn open<'a>(&self, candidate: &Candidate<'a>, _: Duration) -> Result<Opened<'a>, Rejection> {
        // 1. The shape: four parts, the first our version.
        let malformed = Rejection::unverified(Reason::Malformed);
        let mut dots = memchr_iter(b'.', candidate.value.as_bytes());
        let (Some(first), Some(second), Some(third), None) =
            (dots.next(), dots.next(), dots.next(), dots.next())
        else {
            return Err(malformed);
        };
        let version = &candidate.value[..first];
        let payload = &candidate.value[first + 1..second];
        let times = &candidate.value[second + 1..third];
        let (signed, mac) = (&candidate.value[..third], &candidate.value[third + 1..]);
        if version != self.version {
            let number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
            return Err(match number {
                true => Rejection::unverified(Reason::UnknownVersion),
                false => malformed,
            });
        }
        // 2. The MAC, over the bytes as they came.
        let forged = Rejection::unverified(Reason::BadSignature);
        let mac = base64::decode_url_array::<MAC_LEN>(mac).ok_or(forged)?;
        let key = self
            .macs
            .iter()
            .position(|key| key.verify(&[signed.as_bytes()], &mac))
            .ok_or(forged)?;
        // 3. The times.
        let [c0, c1, c2, c3, i0, i1, i2, i3] =
            base64::decode_url_array(times).ok_or(Rejection::verified(Reason::Malformed))?;
        Ok(Opened {
            payload,
            times: Times {
                created: u32::from_be_bytes([c0, c1, c2, c3]).into(),
                issued: u32::from_be_bytes([i0, i1, i2, i3]).into(),
            },
            fallback: key > 0,
        })
    }

    fn json(&self, payload: &str) -> Option<String> {
        String::from_utf8(base64::decode_url(payload)?).ok()
    }

    fn encode(&self, json: &str, times: Times) -> Sealed {
        let [created, issued] = [times.created, times.issued]
            .map(|time| u32::try_from(time).unwrap_or(u32::MAX).to_be_bytes());
        let mut token = String::with_capacity(json.len() * 4 / 3 + 40);
        token.push_str(self.version);
        token.push('.');
        base64::encode_url(json.as_bytes(), &mut token);
        token.push('.');
        base64::encode_url([created, issued].as_flattened(), &mut token);
        let mac = self.macs[0].tag(&[token.as_bytes()]);
        token.push('.');
        base64::encode_url(&mac[..MAC_LEN], &mut token);
        Sealed::one(token)
    }
}
