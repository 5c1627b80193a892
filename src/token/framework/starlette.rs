//! The sessions of Starlette's `SessionMiddleware`, which is FastAPI's too.

use std::time::Duration;

use crate::config::SessionConfig;
use crate::config::builder::SessionConfigBuilder;
use crate::data::json_style::Python;
use crate::token::base64;
use crate::token::framework::itsdangerous::Itsdangerous;
use crate::token::key::Key;
use crate::token::mac::{Hash, Mac};
use crate::token::timestamps::Times;
use crate::token::{Candidate, Dialect, Format, Habits, Opened, Rejection, Sealed};

impl SessionConfig {
    /// Starts a config that shares its sessions with a Starlette or FastAPI application.
    ///
    /// `secret` is the middleware's `secret_key`, by [`Key::legacy`]. The cookie is named
    /// `"session"` and the idle timeout is 14 days, as there; the other attributes are this crate's
    /// defaults. An application with another `max_age` needs the same
    /// [`idle_timeout`](SessionConfigBuilder::idle_timeout) here.
    ///
    /// Starlette notes no beginning of a session: [`created_at`](crate::Session::created_at) is
    /// [`issued_at`](crate::Session::issued_at), and the absolute timeout is not enforced. It has no
    /// rotation of keys either: change its key first, with the old one as a fallback here.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::starlette(Key::legacy("the secret_key")?).build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("session=e30=."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "starlette")))]
    pub fn starlette(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::of_peer(secret, "session", 14, |_, keys| {
            let macs = keys.iter().map(|key| {
                let derived =
                    Hash::Sha1.digest(&[b"itsdangerous.Signer", b"signer", key.as_bytes()]);
                Mac::new(Hash::Sha1, &derived)
            });
            Box::new(Starlette(Itsdangerous::new(macs.collect())))
        })
    }
}

struct Starlette(Itsdangerous);

impl Format for Starlette {
    fn open<'a>(&self, candidate: &Candidate<'a>, _: Duration) -> Result<Opened<'a>, Rejection> {
        self.0.open(candidate.value)
    }

    fn json(&self, payload: &str) -> Option<String> {
        String::from_utf8(base64::decode_standard(payload)?).ok()
    }

    fn encode(&self, json: &str, times: Times) -> Sealed {
        // Its reader answers 500 to a payload without the padding, or of the other alphabet.
        let payload = base64::encode_standard(json.as_bytes());
        Sealed::one(self.0.encode(payload, times.issued))
    }

    fn dialect(&self) -> &'static dyn Dialect {
        &PYTHON
    }

    fn habits(&self) -> Habits {
        Habits {
            knows_creation: false,
            last_first: true,
            ..Habits::default()
        }
    }
}

/// JSON as Python's `json.dumps` spells it.
static PYTHON: Python = Python {
    name: "starlette",
    comma: ", ",
    colon: ": ",
};
