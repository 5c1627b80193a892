//! The encrypted session cookies of Rails (`ActionDispatch::Session::CookieStore`).

use std::borrow::Cow;
use std::time::Duration;

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;

use crate::data::change::Change;
use crate::data::json_style::{JsonStyle, NotRepresentable, SERDE};
use crate::data::object::Object;
use crate::status::Reason;
use crate::token::framework::{number, percent};
use crate::token::key::Key;
use crate::token::keyring::SIGNING_KEY;
use crate::token::mac::Hash;
use crate::token::random::{OPERATING_SYSTEM, RandomError};
use crate::token::timestamps::Timestamps;
use crate::token::{
    Candidate, EncodedCookie, FormatOptions, Rejection, TokenFormat, VerifiedToken, base64,
};

const OPTIONS: FormatOptions = FormatOptions {
    json_style: &RUBY,
    ..FormatOptions::FRAMEWORK
};

/// With `expire_after`, a token says when it expires.
static EXPIRING: FormatOptions = OPTIONS;

static WITHOUT_TIME: FormatOptions = FormatOptions {
    has_issued_at: false,
    ..OPTIONS
};

static RUBY: JsonStyle = JsonStyle {
    // Ruby's parser stops at 100 levels, and the session is the first.
    max_depth: 99,
    number: number::ruby,
    check_member: check_value,
    ..JsonStyle::PLAIN
};

const SALT: &[u8] = b"authenticated encrypted cookie";
const ROUNDS: u32 = 1000;
const IV_LEN: usize = 12;
const TAG_LEN: usize = 16;

struct Rails {
    name: [String; 1],
    /// The purpose in the envelope of a token for this cookie. Another cookie's is not ours.
    purpose: String,
    /// The first one encrypts.
    ciphers: Vec<Aes256Gcm>,
    /// `expire_after` in seconds.
    expire_after: Option<u64>,
}

/// For `hash_digest_class` SHA-256, the default since Rails 7.0.
pub(crate) fn new(
    name: &str,
    keys: &[Key],
    idle_timeout: Option<Duration>,
) -> Box<dyn TokenFormat> {
    Rails::new(Hash::Sha256, name, keys, idle_timeout)
}

/// For SHA-1, the default of older applications.
pub(crate) fn new_sha1(
    name: &str,
    keys: &[Key],
    idle_timeout: Option<Duration>,
) -> Box<dyn TokenFormat> {
    Rails::new(Hash::Sha1, name, keys, idle_timeout)
}

impl Rails {
    #[expect(clippy::new_ret_no_self, reason = "as the other formats")]
    fn new(
        hash: Hash,
        name: &str,
        keys: &[Key],
        idle_timeout: Option<Duration>,
    ) -> Box<dyn TokenFormat> {
        Box::new(Self {
            name: [name.to_owned()],
            purpose: format!("cookie.{name}"),
            ciphers: keys.iter().map(|key| cipher(hash, key)).collect(),
            expire_after: idle_timeout.map(|timeout| timeout.as_secs()),
        })
    }

    /// The plaintext of `IV`, ciphertext and tag, and the position of the key that opens it.
    fn decrypt(&self, mut text: Vec<u8>, iv: &[u8], tag: &[u8]) -> Option<(Vec<u8>, usize)> {
        let (iv, tag) = (iv.try_into().ok()?, tag.try_into().ok()?);
        // Without the right key, the text stays as it is.
        let key = self.ciphers.iter().position(|cipher| {
            let text = text.as_mut_slice().into();
            cipher.decrypt_inout_detached(iv, b"", text, tag).is_ok()
        })?;
        Some((text, key))
    }
}

fn cipher(hash: Hash, key: &Key) -> Aes256Gcm {
    let derived = hash.pbkdf2(key.as_bytes(), SALT, ROUNDS);
    Aes256Gcm::new(&(*derived).into())
}

impl TokenFormat for Rails {
    fn cookie_names(&self) -> &[String] {
        &self.name
    }

    fn options(&self) -> &'static FormatOptions {
        match self.expire_after {
            Some(_) => &EXPIRING,
            None => &WITHOUT_TIME,
        }
    }

    fn verify<'a>(
        &self,
        candidate: &Candidate<'a>,
        now: Duration,
    ) -> Result<VerifiedToken<'a>, Rejection> {
        // 1. Split. Rack reads a plus sign as a space, which is not base64.
        let malformed = Rejection::unverified(Reason::Malformed);
        let token = Some(candidate.value).filter(|value| !value.contains('+'));
        let token = token.and_then(percent::decode).ok_or(malformed)?;
        let mut parts = token.split("--").map(base64::decode_standard);
        let (Some(Some(text)), Some(Some(iv)), Some(Some(tag)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed);
        };
        if iv.len() != IV_LEN || tag.len() != TAG_LEN {
            return Err(malformed);
        }
        // 2. Decrypt, which verifies the tag first.
        let forged = Rejection::unverified(Reason::BadSignature);
        let (text, key) = self.decrypt(text, &iv, &tag).ok_or(forged)?;
        // 3. Open the envelope: the cookie that the token is for, and its end.
        let envelope = Envelope::open(text);
        if envelope
            .purpose
            .is_some_and(|purpose| purpose != self.purpose)
        {
            return Err(forged);
        }
        let issued = match envelope.expires {
            None => now.as_secs(),
            Some(None) => return Err(Rejection::verified(Reason::Malformed)),
            Some(Some(expires)) if now >= expires => {
                return Err(Rejection::verified(Reason::IdleTimeout));
            }
            Some(Some(expires)) => {
                let issued = expires
                    .as_secs()
                    .saturating_sub(self.expire_after.unwrap_or(0));
                issued.min(now.as_secs())
            }
        };
        Ok(VerifiedToken {
            payload: envelope.session.into(),
            timestamps: Timestamps::starting(issued),
            key,
        })
    }

    fn decode(&self, token: &VerifiedToken<'_>) -> Option<String> {
        // Marshal, Ruby's own serialization, begins with its version.
        Some(token.payload.to_string()).filter(|json| !json.is_empty())
    }

    fn encode(
        &self,
        json: &str,
        timestamps: Timestamps,
    ) -> Result<Vec<EncodedCookie<'_>>, RandomError> {
        // 1. The envelope.
        let json = with_session_id(json)?;
        let expires = self
            .expire_after
            .and_then(|seconds| iso8601(timestamps.issued.saturating_add(seconds)));
        let expires = expires.map_or(Cow::Borrowed("null"), |date| format!("\"{date}\"").into());
        let message = base64::encode_standard(json.as_bytes());
        let purpose = &self.purpose;
        let envelope =
            format!(r#"{{"_rails":{{"message":"{message}","exp":{expires},"pur":"{purpose}"}}}}"#);
        // 2. Encrypt it.
        let mut iv = [0; IV_LEN];
        OPERATING_SYSTEM(&mut iv)?;
        let mut text = envelope.into_bytes();
        let tag = self.ciphers[SIGNING_KEY]
            .encrypt_inout_detached(&iv.into(), b"", text.as_mut_slice().into())
            .expect("AES-GCM takes 64 GiB, and a session has 64 KiB");
        // 3. Join.
        let parts = [&text[..], &iv, &tag].map(base64::encode_standard);
        Ok(vec![EncodedCookie {
            name: &self.name[0],
            value: percent::encode(&parts.join("--")),
        }])
    }
}

/// The envelope that Rails puts around a session (`ActiveSupport::Messages::Metadata`).
struct Envelope {
    /// JSON. Empty if it is not text, as that of Marshal.
    session: String,
    /// Since the Unix epoch; `Some(None)` if it cannot be read.
    expires: Option<Option<Duration>>,
    purpose: Option<String>,
}

impl Envelope {
    /// Without an envelope, the text is the session, as Rails 5.1 and
    /// `use_cookies_with_metadata = false` write it.
    fn open(text: Vec<u8>) -> Self {
        let text = String::from_utf8(text).unwrap_or_default();
        Self::parse(&text).unwrap_or(Self {
            session: text,
            expires: None,
            purpose: None,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        if !text.contains("\"_rails\"") {
            return None;
        }
        let outer = Object::new(text.to_owned(), &SERDE);
        let envelope = Object::new(outer.get("_rails")?.to_owned(), &SERDE);
        let string = |key| serde_json::from_str::<Option<String>>(envelope.get(key)?).ok()?;
        // From Rails 7.1 on, some serializers put the session itself into the envelope.
        let session = match string("message") {
            Some(message) => {
                let message = base64::decode_standard(&message);
                message.and_then(|bytes| String::from_utf8(bytes).ok())
            }
            None => envelope.get("data").map(str::to_owned),
        };
        let expires = envelope.get("exp").filter(|expires| *expires != "null");
        Some(Self {
            session: session.unwrap_or_default(),
            expires: expires.map(|_| unix_time(&string("exp")?)),
            purpose: string("pur"),
        })
    }
}

/// A date as `Time#iso8601` writes it.
fn unix_time(date: &str) -> Option<Duration> {
    let date = OffsetDateTime::parse(date, &Iso8601::DEFAULT).ok()?;
    let nanoseconds = u64::try_from(date.unix_timestamp_nanos()).ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// `None` for a time beyond the year 9999, which no browser and no server sees.
fn iso8601(seconds: u64) -> Option<String> {
    let date = OffsetDateTime::from_unix_timestamp(seconds.try_into().ok()?).ok()?;
    let (year, month, day) = date.to_calendar_date();
    let (hour, minute, second) = date.to_hms();
    let month = u8::from(month);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.000Z"
    ))
}

/// Rails does not see a session without an id.
fn with_session_id(json: &str) -> Result<Cow<'_, str>, RandomError> {
    let session = Object::new(json.to_owned(), &RUBY);
    if session.get("session_id").is_some() {
        return Ok(Cow::Borrowed(json));
    }
    let mut id = [0; 16];
    OPERATING_SYSTEM(&mut id)?;
    let id = format!("\"{:032x}\"", u128::from_ne_bytes(id));
    let set = Change::set("session_id", &id);
    let session = session.splice(&[set], &RUBY);
    Ok(session.map_or(Cow::Borrowed(json), |session| {
        session.text().to_owned().into()
    }))
}

/// Refuses values that make Rails answer 500 or ignore the session.
fn check_value(key: &str, json: &str) -> Result<(), NotRepresentable> {
    let text = || serde_json::from_str::<String>(json).ok();
    match key {
        "session_id" if text().is_none_or(|id| id.is_empty()) => Err("Rails expects a text here"),
        "_csrf_token" if text().is_none_or(|token| !is_csrf_token(&token)) => {
            Err("Rails expects 32 bytes in base64 here")
        }
        "flash" if json.starts_with('{') => {
            let flash = Object::new(json.to_owned(), &SERDE);
            let flashes = flash
                .get("flashes")
                .is_some_and(|json| json.starts_with('{'));
            let discard = flash
                .get("discard")
                .is_none_or(|json| json.starts_with('['));
            if flashes && discard {
                Ok(())
            } else {
                Err("Rails expects `{\"discard\": [], \"flashes\": {}}` here")
            }
        }
        _ => Ok(()),
    }
}

fn is_csrf_token(token: &str) -> bool {
    // Ruby's `urlsafe_decode64` reads it with and without the padding.
    let unpadded = token.strip_suffix('=').unwrap_or(token);
    let bytes = base64::decode_standard(token).or_else(|| base64::decode_url(unpadded));
    bytes.is_some_and(|bytes| bytes.len() == 32)
}
