//! The cookies that a browser keeps.

use std::collections::BTreeMap;
use std::time::SystemTime;

use anyhow::{Context, Result};
use cookie_store::RawCookie;

/// Values by name.
#[derive(Default)]
pub(crate) struct Jar(BTreeMap<String, String>);

impl Jar {
    /// Keeps `Set-Cookie` headers.
    pub(crate) fn keep(&mut self, cookies: &[String]) -> Result<()> {
        for text in cookies {
            let cookie = RawCookie::parse(text.as_str()).context("not a cookie")?;
            let name = cookie.name().to_owned();
            match lifetime(text)?.is_some_and(|left| left <= 0) {
                true => self.0.remove(&name),
                false => self.0.insert(name, cookie.value().to_owned()),
            };
        }
        Ok(())
    }

    /// The `Cookie` header.
    pub(crate) fn header(&self) -> String {
        self.joined(|name, value| format!("{name}={value}"))
    }

    /// The `Cookie` header of a client that puts values into quotes, as aiohttp does.
    pub(crate) fn quoted(&self) -> String {
        self.joined(|name, value| format!("{name}=\"{value}\""))
    }

    fn joined(&self, pair: impl Fn(&str, &str) -> String) -> String {
        let pairs = self.0.iter().map(|(name, value)| pair(name, value));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Bytes of name and value of the longest cookie.
    pub(crate) fn longest(&self) -> usize {
        let lengths = self.0.iter().map(|(name, value)| name.len() + value.len());
        lengths.max().unwrap_or(0)
    }
}

/// How many seconds a browser keeps a cookie; none if it forgets it when it closes.
pub(crate) fn lifetime(cookie: &str) -> Result<Option<i64>> {
    let cookie = RawCookie::parse(cookie).context("not a cookie")?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let expires = cookie.expires_datetime();
    let expires = expires.map(|date| date.unix_timestamp() - now.as_secs() as i64);
    Ok(cookie.max_age().map(|age| age.whole_seconds()).or(expires))
}
