//! The sessions of cookie-session for Express, and of koa-session.

use std::time::Duration;

use crate::data::json_style::{JsonStyle, NotRepresentable};
use crate::data::object::Object;
use crate::status::Reason;
use crate::token::framework::javascript::{self, indices_first_in_root};
use crate::token::framework::koa::Koa;
use crate::token::key::Key;
use crate::token::keyring::KeyRing;
use crate::token::mac::{Hash, hmac};
use crate::token::random::RandomError;
use crate::token::timestamps::Timestamps;
use crate::token::{
    Candidate, CookieLifetime, EncodedCookie, FormatOptions, Rejection, TokenFormat, VerifiedToken,
    base64,
};

static OPTIONS: FormatOptions = FormatOptions {
    json_style: &JAVASCRIPT,
    has_issued_at: false,
    allows_colon: true,
    lifetime: |session, _| Koa::parse(session).map_or(CookieLifetime::Config, Koa::lifetime),
    ..FormatOptions::FRAMEWORK
};

/// Express sends a cookie again if its JSON differs.
static JAVASCRIPT: JsonStyle = JsonStyle {
    check_member: |key, _| check_key(key),
    ..javascript::JAVASCRIPT
};

struct Express {
    /// Of the session, and of its signature.
    names: [String; 2],
    keys: KeyRing,
}

pub(crate) fn new(name: &str, keys: &[Key], _: Option<Duration>) -> Box<dyn TokenFormat> {
    Box::new(Express {
        names: [name.to_owned(), format!("{name}.sig")],
        keys: KeyRing::new(keys, |secret| hmac(Hash::Sha1, secret)),
    })
}

impl Express {
    fn message<'a>(&'a self, value: &'a str) -> [&'a [u8]; 3] {
        [self.names[0].as_bytes(), b"=", value.as_bytes()]
    }
}

impl TokenFormat for Express {
    fn cookie_names(&self) -> &[String] {
        &self.names
    }

    fn options(&self) -> &'static FormatOptions {
        &OPTIONS
    }

    fn verify<'a>(
        &self,
        candidate: &Candidate<'a>,
        now: Duration,
    ) -> Result<VerifiedToken<'a>, Rejection> {
        let value = candidate.value;
        if value.is_empty() {
            return Err(Rejection::unverified(Reason::Malformed));
        }
        let key = self
            .keys
            .verify_any(&self.message(value), candidate.signatures)
            .ok_or(Rejection::unverified(Reason::BadSignature))?;
        let token = VerifiedToken {
            payload: value.into(),
            timestamps: Timestamps::starting(now.as_secs()),
            key,
        };
        // Only Koa's sessions have an end, and their JSON says it.
        let session = self.decode(&token).filter(|json| Koa::may_be_in(json));
        let session = session.map(|json| Object::new(json, &JAVASCRIPT));
        if session
            .is_some_and(|session| Koa::parse(&session).is_some_and(|koa| koa.is_expired(now)))
        {
            return Err(Rejection::verified(Reason::AbsoluteTimeout));
        }
        Ok(token)
    }

    fn decode(&self, token: &VerifiedToken<'_>) -> Option<String> {
        javascript::decode(&token.payload)
    }

    fn encode(
        &self,
        json: &str,
        timestamps: Timestamps,
    ) -> Result<Vec<EncodedCookie<'_>>, RandomError> {
        let session = Some(json).filter(|json| Koa::may_be_in(json));
        let session = session.map(|json| Object::new(json.to_owned(), &JAVASCRIPT));
        let extended =
            session.and_then(|session| Koa::parse(&session)?.extended(&session, timestamps));
        let json = indices_first_in_root(extended.as_deref().unwrap_or(json));
        let value = base64::encode_standard(json.as_bytes());
        let mut signature = String::new();
        base64::encode_url(&self.keys.sign(&self.message(&value)), &mut signature);
        let [name, signature_name] = &self.names;
        Ok(vec![
            EncodedCookie { name, value },
            EncodedCookie {
                name: signature_name,
                value: signature,
            },
        ])
    }
}

/// Keys of `Session.prototype` and `Object.prototype` and Express' own, which it drops, and those
/// with which koa-session answers 500.
const REFUSED: [&str; 19] = [
    "toJSON",
    "maxAge",
    "_maxAge",
    "_ctx",
    "isChanged",
    "isNew",
    "isPopulated",
    "constructor",
    "__defineGetter__",
    "__defineSetter__",
    "hasOwnProperty",
    "__lookupGetter__",
    "__lookupSetter__",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toString",
    "valueOf",
    "__proto__",
    "toLocaleString",
];

fn check_key(key: &str) -> Result<(), NotRepresentable> {
    if REFUSED.contains(&key) {
        return Err("Express drops a key of this name, or Koa fails at it");
    }
    Ok(())
}
