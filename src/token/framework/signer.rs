//! Payload, time and MAC in one text, as itsdangerous and Django's signing spell it.

use crate::status::Reason;
use crate::token::Rejection;
use crate::token::base64;
use crate::token::mac::Mac;

/// Signs and verifies `payload SEP time SEP mac` with a MAC of `N` bytes.
pub(super) struct Signer<const N: usize> {
    pub(super) separator: char,
    /// The first one signs.
    pub(super) macs: Vec<Mac>,
}

/// The parts of a token whose MAC holds.
pub(super) struct Signed<'a> {
    pub(super) payload: &'a str,
    pub(super) time: &'a str,
    pub(super) fallback: bool,
}

impl<const N: usize> Signer<N> {
    pub(super) fn open<'a>(&self, token: &'a str) -> Result<Signed<'a>, Rejection> {
        let malformed = Rejection::unverified(Reason::Malformed);
        let forged = Rejection::unverified(Reason::BadSignature);
        let (signed, mac) = token.rsplit_once(self.separator).ok_or(malformed)?;
        let (payload, time) = signed.rsplit_once(self.separator).ok_or(malformed)?;
        let mac = base64::decode_url_array::<N>(mac).ok_or(forged)?;
        let key = self
            .macs
            .iter()
            .position(|key| key.verify(&[signed.as_bytes()], &mac))
            .ok_or(forged)?;
        Ok(Signed {
            payload,
            time,
            fallback: key > 0,
        })
    }

    pub(super) fn encode(&self, payload: String, time: &str) -> String {
        let mut token = payload;
        token.push(self.separator);
        token.push_str(time);
        let mac = self.macs[0].tag(&[token.as_bytes()]);
        token.push(self.separator);
        base64::encode_url(&mac, &mut token);
        token
    }
}
