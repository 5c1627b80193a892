//! What koa-session keeps in a session about its end.

use std::time::Duration;

use crate::data::change::Change;
use crate::data::object::Object;
use crate::token::Dialect;
use crate::token::timestamps::Times;

/// Milliseconds since the Unix epoch, and of the lifetime.
pub(super) struct Koa {
    expire: f64,
    max_age: Option<u64>,
}

impl Koa {
    pub(super) fn of(json: &str) -> Option<Self> {
        if !json.contains("\"_expire\"") {
            return None;
        }
        let session = Object::new(json.to_owned());
        Some(Self {
            expire: session.get("_expire")?.parse().ok()?,
            max_age: session.get("_maxAge").and_then(|age| age.parse().ok()),
        })
    }

    pub(super) fn is_over(&self, now: Duration) -> bool {
        self.expire < now.as_secs_f64() * 1000.0
    }

    /// Koa moves the end with each write.
    pub(super) fn prolonged(
        &self,
        json: &str,
        times: Times,
        dialect: &'static dyn Dialect,
    ) -> Option<String> {
        let expire = times.issued.checked_mul(1000)?.checked_add(self.max_age?)?;
        let expire = expire.to_string();
        let session = Object::spelt(json.to_owned(), dialect);
        let prolonged = session.splice(&[Change::set("_expire", &expire)], dialect);
        Some(prolonged.ok()?.text().to_owned())
    }
}
