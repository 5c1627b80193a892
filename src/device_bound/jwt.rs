//! The browser's answer to a challenge: a JWT that the key of its device signed (RFC 7515, 7518).

use crate::data::object::Object;
use crate::device_bound::signature::{PublicKey, Signature, public_key};
use crate::token::base64;

/// Bytes that are read at most. Chromium's have fewer than 600.
pub(crate) const MAX_LEN: usize = 2048;

/// The `typ` of these JWTs; `alg` can only be ES256.
const TYPE: &str = "dbsc+jwt";

/// A JWT of the right shape. Nothing of it is verified.
pub(crate) struct Jwt<'a> {
    /// Header and claims as they were signed.
    signed: &'a str,
    signature: Signature,
    header: Object,
    /// The challenge that it answers.
    pub(crate) challenge: String,
}

impl<'a> Jwt<'a> {
    /// Reads the value of a `Secure-Session-Response` header. The specification says that it is in
    /// double quotes, and Chromium sends it without.
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        if value.len() > MAX_LEN {
            return None;
        }
        let text = std::str::from_utf8(value).ok()?;
        let unquoted = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        let (signed, signature) = unquoted.unwrap_or(text).rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = Signature::from_bytes(&base64::decode_url_array(signature)?)?;
        let (header, claims) = (object(header)?, object(claims)?);
        // What must be understood (RFC 7515, section 4.1.11) is not.
        let is_ours = text_of(&header, "alg")? == "ES256"
            && text_of(&header, "typ")? == TYPE
            && header.get("crit").is_none();
        is_ours.then_some(Self {
            signed,
            signature,
            challenge: text_of(&claims, "jti")?,
            header,
        })
    }

    /// The key that a registration names in its header, `jwk` (RFC 7517).
    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        let jwk = Object::from_serde(self.header.get("jwk")?.to_owned());
        if !jwk.is_valid() || text_of(&jwk, "kty")? != "EC" || text_of(&jwk, "crv")? != "P-256" {
            return None;
        }
        let coordinate = |name| base64::decode_url_array::<32>(&text_of(&jwk, name)?);
        public_key(&coordinate("x")?, &coordinate("y")?)
    }

    /// Whether `key` signed it.
    pub(crate) fn verify(&self, key: &PublicKey) -> bool {
        self.signature.verify(key, self.signed.as_bytes())
    }
}

fn object(base64url: &str) -> Option<Object> {
    let json = String::from_utf8(base64::decode_url(base64url)?).ok()?;
    let object = Object::from_serde(json);
    object.is_valid().then_some(object)
}

fn text_of(object: &Object, name: &str) -> Option<String> {
    serde_json::from_str(object.get(name)?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    /// From Chromium 156. S of the second signature is high.
    const REGISTRATION: &str = "eyJhbGciOiJFUzI1NiIsImp3ayI6eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6InZtdS1QTE1DXzNROXA2cnpKcWk1eVJjNmVDZ01GYlFwNGdWeE1pS05xNjgiLCJ5IjoiM3V1a2FoYlJOSU01SWNNeHJpM2pqV2NGMUJXdm82TGxhanoyZGUxd3BHbyJ9LCJ0eXAiOiJkYnNjK2p3dCJ9.eyJqdGkiOiJyZWctY2hhbGxlbmdlLTEifQ.tecG4hXd6bgKt6JmELzT3aRRGD8MKCQxMnp-KlgzOvcs7XjaC-bBc8liEKhqc2zv0CRYKsh6SdJvQ0GNx8FvJw";
    const REFRESH: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImRic2Mrand0In0.eyJqdGkiOiJjaC0xNzk1OTA3ODIwODY4In0.lN0vbv6gF-1ZmESKHfHFUTgQTib9pDCDX4GmaVlSTdPDhsvW_VJhcIg9Uv9tiG4bxTGlDkG9Cii6MwQ57mrPkw";

    #[test]
    fn a_registration_of_chromium_verifies_with_its_key() {
        let registration = Jwt::parse(REGISTRATION.as_bytes()).unwrap();
        assert_eq!(registration.challenge, "reg-challenge-1");
        let key = registration.public_key().unwrap();
        assert!(registration.verify(&key));

        let refresh = Jwt::parse(REFRESH.as_bytes()).unwrap();
        assert_eq!(refresh.challenge, "ch-1795907820868");
        assert_eq!(refresh.public_key(), None);
        assert!(refresh.verify(&key));
    }

    #[test]
    fn double_quotes_around_a_jwt_do_not_count() {
        let quoted = format!("\"{REFRESH}\"");
        assert_eq!(
            Jwt::parse(quoted.as_bytes()).unwrap().challenge,
            "ch-1795907820868"
        );
        for half in [format!("\"{REFRESH}"), format!("{REFRESH}\"")] {
            assert!(Jwt::parse(half.as_bytes()).is_none());
        }
    }

    /// A JWT that nobody signed, with a signature of the right shape.
    fn made(header: &str, claims: &str) -> String {
        let mut text = String::new();
        base64::encode_url(header.as_bytes(), &mut text);
        text.push('.');
        base64::encode_url(claims.as_bytes(), &mut text);
        text.push_str(&REFRESH[REFRESH.rfind('.').unwrap()..]);
        text
    }

    #[test]
    fn only_a_header_of_this_type_and_algorithm_is_read() {
        for (header, is_read) in [
            (r#"{"alg":"ES256","typ":"dbsc+jwt"}"#, true),
            (r#"{"alg":"HS256","typ":"dbsc+jwt"}"#, false),
            (r#"{"alg":"ES256","typ":"JWT"}"#, false),
            (r#"{"alg":"none","typ":"JWT"}"#, false),
            (r#"{"alg":"ES256","typ":"dbsc+jwt","crit":["exp"]}"#, false),
        ] {
            let jwt = made(header, r#"{"jti":"a"}"#);
            assert_eq!(Jwt::parse(jwt.as_bytes()).is_some(), is_read, "{header}");
        }
    }

    #[test]
    fn only_a_key_of_this_curve_is_read() {
        let key = |header: &str| {
            let jwt = made(header, r#"{"jti":"a"}"#);
            Jwt::parse(jwt.as_bytes()).unwrap().public_key()
        };
        let real = Jwt::parse(REGISTRATION.as_bytes()).unwrap();
        let header =
            String::from_utf8(base64::decode_url(REGISTRATION.split('.').next().unwrap()).unwrap())
                .unwrap();
        assert_eq!(key(&header), real.public_key());
        assert!(key(&header).is_some());
        assert!(key(&header.replace("P-256", "P-384")).is_none());
        assert!(key(&header.replace("\"EC\"", "\"RSA\"")).is_none());
    }

    #[test]
    fn a_jwt_has_at_most_2048_bytes() {
        for (header, claims, len) in [
            (r#"{"alg":"ES256","typ":"dbsc+jwt" }"#, 1437, 2048),
            (r#"{"alg":"ES256","typ":"dbsc+jwt"}"#, 1438, 2049),
        ] {
            let jwt = made(header, &format!("{:<claims$}", r#"{"jti":"a"}"#));
            assert_eq!(jwt.len(), len);
            assert_eq!(Jwt::parse(jwt.as_bytes()).is_some(), len <= MAX_LEN);
        }
    }

    #[test]
    fn a_registration_of_chromium_with_a_changed_character_does_not_verify() {
        let key = Jwt::parse(REGISTRATION.as_bytes()).unwrap();
        let key = key.public_key().unwrap();
        for at in 0..REFRESH.len() {
            let mut changed = REFRESH.as_bytes().to_vec();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let verifies = Jwt::parse(&changed).is_some_and(|jwt| jwt.verify(&key));
            assert!(!verifies, "{at}");
        }
    }
}
