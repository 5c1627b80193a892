//! The sessions of Django's `signed_cookies` backend.

use std::time::Duration;

use crate::config::SessionConfig;
use crate::config::builder::SessionConfigBuilder;
use crate::data::json_style::{Python, ascii};
use crate::data::object::Object;
use crate::status::Reason;
use crate::token::framework::signer::Signer;
use crate::token::framework::zlib;
use crate::token::key::Key;
use crate::token::mac::{Hash, Mac};
use crate::token::timestamps::Times;
use crate::token::{Candidate, Dialect, Format, Habits, Opened, Rejection, Sealed};

const SALT: &[u8] = b"django.contrib.sessions.backends.signed_cookies";

impl SessionConfig {
    /// Starts a config that shares its sessions with a Django application whose `SESSION_ENGINE`
    /// is `django.contrib.sessions.backends.signed_cookies`.
    ///
    /// `secret` is the application's `SECRET_KEY`, by [`Key::legacy`]; its `SECRET_KEY_FALLBACKS`
    /// are [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie is named `"sessionid"`
    /// and the idle timeout is 14 days, as in Django; the other attributes are this crate's defaults.
    /// An application with another `SESSION_COOKIE_AGE` needs the same
    /// [`idle_timeout`](SessionConfigBuilder::idle_timeout) here.
    ///
    /// Django notes no beginning of a session: [`created_at`](crate::Session::created_at) is
    /// [`issued_at`](crate::Session::issued_at), and the absolute timeout is not enforced.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::django(Key::legacy("Django's SECRET_KEY")?).build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("sessionid=e30:"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "django")))]
    pub fn django(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::of_peer(secret, "sessionid", 14, |_, keys| {
            let macs = keys.iter().map(|key| {
                let derived = Hash::Sha256.digest(&[SALT, b"signer", key.as_bytes()]);
                Mac::new(Hash::Sha256, &derived)
            });
            Box::new(Django(Signer {
                separator: ':',
                macs: macs.collect(),
            }))
        })
    }
}

struct Django(Signer<32>);

impl Format for Django {
    fn open<'a>(&self, candidate: &Candidate<'a>, _: Duration) -> Result<Opened<'a>, Rejection> {
        let signed = self.0.open(candidate.value)?;
        let time = base62(signed.time).ok_or(Rejection::verified(Reason::Malformed))?;
        Ok(Opened {
            payload: signed.payload,
            times: Times::starting(time),
            fallback: signed.fallback,
        })
    }

    fn json(&self, payload: &str) -> Option<String> {
        // Django reads the payload as Latin-1, in which each byte is a character.
        let json: String = zlib::decode(payload)?.into_iter().map(char::from).collect();
        Some(match json.is_ascii() {
            true => json,
            false => ascii(&json),
        })
    }

    fn encode(&self, json: &str, times: Times) -> Sealed {
        let payload = zlib::encode(json.as_bytes());
        Sealed::one(self.0.encode(payload, &to_base62(times.issued)))
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &PYTHON
    }

    fn outlives_browser(&self, session: &Object) -> bool {
        // What `set_expiry(0)` leaves.
        session.get("_session_expiry") != Some("0")
    }

    fn habits(&self) -> Habits {
        Habits {
            knows_creation: false,
            counts_fractions: true,
            last_first: true,
            max_json: zlib::MAX_INFLATED,
        }
    }
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Seconds, most significant digit first and without leading zeros.
fn base62(text: &str) -> Option<u64> {
    if text.is_empty() || text.starts_with('0') && text != "0" {
        return None;
    }
    text.bytes().try_fold(0u64, |time, digit| {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        time.checked_mul(62)?.checked_add(value as u64)
    })
}

fn to_base62(mut time: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(DIGITS[(time % 62) as usize]));
        time /= 62;
        if time == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

/// Compact JSON, all of it ASCII.
static PYTHON: Python = Python {
    name: "django",
    comma: ",",
    colon: ":",
};
