//! Payload, time and MAC in one text, as itsdangerous and Django's `signing` write it.

use std::time::Duration;

use crate::status::Reason;
use crate::token::keyring::KeyRing;
use crate::token::random::RandomError;
use crate::token::timestamps::Timestamps;
use crate::token::{
    Candidate, EncodedCookie, FormatOptions, Rejection, TokenFormat, VerifiedToken, base64,
};

/// The format `payload SEP time SEP mac` with a MAC of `N` bytes.
pub(super) struct Signer<const N: usize> {
    pub(super) name: [String; 1],
    pub(super) separator: char,
    pub(super) keys: KeyRing,
    pub(super) options: &'static FormatOptions,
    /// Reads the time, in Unix seconds.
    pub(super) parse_time: fn(&str) -> Option<u64>,
    pub(super) write_time: fn(u64) -> String,
    /// Reads the JSON of a payload.
    pub(super) decode: fn(&str) -> Option<String>,
    pub(super) encode: fn(&str) -> String,
}

impl<const N: usize> TokenFormat for Signer<N> {
    fn cookie_names(&self) -> &[String] {
        &self.name
    }

    fn options(&self) -> &'static FormatOptions {
        self.options
    }

    fn verify<'a>(
        &self,
        candidate: &Candidate<'a>,
        _: Duration,
    ) -> Result<VerifiedToken<'a>, Rejection> {
        // 1. Split from the right: the payload may hold the separator.
        let malformed = Rejection::unverified(Reason::Malformed);
        let (signed, mac) = candidate
            .value
            .rsplit_once(self.separator)
            .ok_or(malformed)?;
        let (payload, time) = signed.rsplit_once(self.separator).ok_or(malformed)?;
        // 2. Verify the MAC over the bytes as received.
        let forged = Rejection::unverified(Reason::BadSignature);
        let mac = base64::decode_url_array::<N>(mac).ok_or(forged)?;
        let key = self.keys.verify(&[signed.as_bytes()], &mac).ok_or(forged)?;
        // 3. Decode the time.
        let time = (self.parse_time)(time).ok_or(Rejection::verified(Reason::Malformed))?;
        Ok(VerifiedToken {
            payload: payload.into(),
            timestamps: Timestamps::starting(time),
            key,
        })
    }

    fn decode(&self, token: &VerifiedToken<'_>) -> Option<String> {
        (self.decode)(&token.payload)
    }

    fn encode(
        &self,
        json: &str,
        timestamps: Timestamps,
    ) -> Result<Vec<EncodedCookie<'_>>, RandomError> {
        // 1. Payload.
        let mut token = (self.encode)(json);
        // 2. Time.
        token.push(self.separator);
        token.push_str(&(self.write_time)(timestamps.issued));
        // 3. The MAC over all of it.
        let mac = self.keys.sign(&[token.as_bytes()]);
        token.push(self.separator);
        base64::encode_url(&mac, &mut token);
        Ok(vec![EncodedCookie {
            name: &self.name[0],
            value: token,
        }])
    }
}
