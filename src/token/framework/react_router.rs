//! The sessions of `createCookieSessionStorage`, of React Router and of Remix.

use std::borrow::Cow;
use std::time::Duration;

use crate::data::json_style::JsonStyle;
use crate::status::Reason;
use crate::token::framework::javascript::{self, indices_first_in_root};
use crate::token::framework::percent;
use crate::token::key::Key;
use crate::token::keyring::KeyRing;
use crate::token::mac::{Hash, hmac};
use crate::token::random::RandomError;
use crate::token::timestamps::Timestamps;
use crate::token::{
    Candidate, EncodedCookie, FormatOptions, Rejection, TokenFormat, VerifiedToken, base64,
};

static OPTIONS: FormatOptions = FormatOptions {
    json_style: &JAVASCRIPT,
    has_issued_at: false,
    ..FormatOptions::FRAMEWORK
};

static JAVASCRIPT: JsonStyle = JsonStyle {
    flash_key: Some(["__flash_", "__"]),
    ..javascript::JAVASCRIPT
};

struct ReactRouter {
    name: [String; 1],
    keys: KeyRing,
}

pub(crate) fn new(name: &str, keys: &[Key], _: Option<Duration>) -> Box<dyn TokenFormat> {
    Box::new(ReactRouter {
        name: [name.to_owned()],
        keys: KeyRing::new(keys, |secret| hmac(Hash::Sha256, secret)),
    })
}

impl TokenFormat for ReactRouter {
    fn cookie_names(&self) -> &[String] {
        &self.name
    }

    fn options(&self) -> &'static FormatOptions {
        &OPTIONS
    }

    fn verify<'a>(
        &self,
        candidate: &Candidate<'a>,
        now: Duration,
    ) -> Result<VerifiedToken<'a>, Rejection> {
        // 1. The percent-encoding is outside of the MAC.
        let malformed = Rejection::unverified(Reason::Malformed);
        let token = percent::decode(candidate.value).ok_or(malformed)?;
        let (payload, mac) = token.rsplit_once('.').ok_or(malformed)?;
        // 2. Verify the MAC, which is written without the padding.
        let forged = Rejection::unverified(Reason::BadSignature);
        let mac = base64::decode_standard(&format!("{mac}="))
            .filter(|mac| mac.len() == 32)
            .ok_or(forged)?;
        let key = self
            .keys
            .verify(&[payload.as_bytes()], &mac)
            .ok_or(forged)?;
        let end = payload.len();
        let payload = match token {
            Cow::Borrowed(token) => token[..end].into(),
            Cow::Owned(mut token) => {
                token.truncate(end);
                token.into()
            }
        };
        Ok(VerifiedToken {
            payload,
            timestamps: Timestamps::starting(now.as_secs()),
            key,
        })
    }

    fn decode(&self, token: &VerifiedToken<'_>) -> Option<String> {
        javascript::decode(&token.payload)
    }

    fn encode(&self, json: &str, _: Timestamps) -> Result<Vec<EncodedCookie<'_>>, RandomError> {
        let mut token = base64::encode_standard(indices_first_in_root(json).as_bytes());
        let mac = base64::encode_standard(&self.keys.sign(&[token.as_bytes()]));
        token.push('.');
        token.push_str(mac.trim_end_matches('='));
        Ok(vec![EncodedCookie {
            name: &self.name[0],
            value: percent::encode(&token),
        }])
    }
}
