//! The end of a session, as koa-session keeps it in the session itself.

use std::time::Duration;

use crate::data::change::Change;
use crate::data::json_style::JsonStyle;
use crate::data::object::Object;
use crate::token::timestamps::Timestamps;

/// In milliseconds.
pub(super) struct Koa {
    /// Since the Unix epoch.
    expire: f64,
    max_age: Option<u64>,
}

impl Koa {
    pub(super) fn parse(json: &str) -> Option<Self> {
        if !json.contains("\"_expire\"") {
            return None;
        }
        let session = Object::from_serde(json.to_owned());
        Some(Self {
            expire: session.get("_expire")?.parse().ok()?,
            max_age: session.get("_maxAge").and_then(|age| age.parse().ok()),
        })
    }

    pub(super) fn is_expired(&self, now: Duration) -> bool {
        self.expire < now.as_secs_f64() * 1000.0
    }

    /// The session with a new end. Koa moves it with each write.
    pub(super) fn extended(
        &self,
        json: &str,
        timestamps: Timestamps,
        style: &'static JsonStyle,
    ) -> Option<String> {
        let issued = timestamps.issued.checked_mul(1000)?;
        let expire = issued.checked_add(self.max_age?)?.to_string();
        let session = Object::new(json.to_owned(), style);
        let extended = session.splice(&[Change::set("_expire", &expire)], style);
        Some(extended.ok()?.text().to_owned())
    }
}
