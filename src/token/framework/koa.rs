//! The end of a session, as koa-session keeps it in the session itself.

use std::time::Duration;

use crate::data::change::Change;
use crate::data::object::Object;
use crate::token::CookieLifetime;
use crate::token::timestamps::Timestamps;

/// In milliseconds, perhaps with a fraction.
#[derive(Clone, Copy)]
pub(super) struct Koa {
    /// Since the Unix epoch.
    expire: f64,
    max_age: f64,
}

impl Koa {
    /// A quick test before a session is parsed.
    pub(super) fn may_be_in(json: &str) -> bool {
        json.contains("\"_expire\"") && json.contains("\"_maxAge\"")
    }

    /// Both keys together tell Koa's sessions. Either one alone is a key like any other.
    pub(super) fn parse(session: &Object) -> Option<Self> {
        let number = |key| {
            session
                .get(key)?
                .parse()
                .ok()
                .filter(|number: &f64| *number >= 0.0)
        };
        Some(Self {
            expire: number("_expire")?,
            max_age: number("_maxAge")?,
        })
    }

    pub(super) fn is_expired(self, now: Duration) -> bool {
        self.expire < now.as_secs_f64() * 1000.0
    }

    pub(super) fn lifetime(self) -> CookieLifetime {
        // `as` saturates.
        CookieLifetime::Seconds {
            seconds: (self.max_age / 1000.0) as u64,
            issued: Some(((self.expire - self.max_age) / 1000.0) as u64),
        }
    }

    /// The session with a new end. Koa moves it with each write.
    pub(super) fn extended(self, session: &Object, timestamps: Timestamps) -> Option<String> {
        let expire = timestamps.issued as f64 * 1000.0 + self.max_age;
        let expire = serde_json::to_string(&expire).ok()?;
        let style = session.style();
        let expire = style.value(&expire).ok()?;
        let extended = session.splice(&[Change::set("_expire", &expire)], style);
        Some(extended.ok()?.text().to_owned())
    }
}
