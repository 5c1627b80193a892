//! What a config is built from, as it stands in the query of an address.

use std::time::{Duration, SystemTime};

use axum_cookie_session::{ConfigError, Key, SameSite, SessionConfig};
use serde::{Deserialize, Serialize};

use crate::site::PARENT;
use crate::stage::KEY;

/// The attributes of a session's cookie. The defaults are the library's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) domain: Option<String>,
    pub(crate) secure: bool,
    pub(crate) http_only: bool,
    pub(crate) same_site: String,
    pub(crate) partitioned: bool,
    pub(crate) persistent: bool,
    pub(crate) allow_cross_site_writes: bool,
    pub(crate) no_store: bool,
    /// The query of the fallback config's settings.
    pub(crate) fallback: Option<String>,
    /// Seconds by which the server's clock is ahead.
    pub(crate) later: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "__Host-session".to_owned(),
            path: "/".to_owned(),
            domain: None,
            secure: true,
            http_only: true,
            same_site: "Lax".to_owned(),
            partitioned: false,
            persistent: true,
            allow_cross_site_writes: false,
            no_store: false,
            fallback: None,
            later: 0,
        }
    }
}

const PREFIXES: [&str; 8] = [
    "",
    "__Secure-",
    "__Host-",
    "__Http-",
    "__Host-Http-",
    // Browsers read a prefix in any case.
    "__secure-",
    "__HOST-",
    "__host-http-",
];

impl Settings {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Every combination, each under a name of its own.
    pub(crate) fn every() -> Vec<Self> {
        let bools = [true, false];
        let mut every = Vec::new();
        for prefix in PREFIXES {
            for path in ["/", "/app"] {
                for domain in [None, Some(PARENT)] {
                    for same_site in ["Strict", "Lax", "None"] {
                        for flags in 0..16 {
                            let flag = |bit: usize| bools[flags >> bit & 1];
                            every.push(Self {
                                name: format!("{prefix}session{}", every.len()),
                                path: path.to_owned(),
                                domain: domain.map(str::to_owned),
                                secure: flag(0),
                                http_only: flag(1),
                                same_site: same_site.to_owned(),
                                partitioned: flag(2),
                                persistent: !flag(3),
                                ..Self::default()
                            });
                        }
                    }
                }
            }
        }
        every
    }

    /// What the library says to them.
    pub(crate) fn build(&self) -> Result<SessionConfig, ConfigError> {
        let key = Key::new(KEY).expect("it has 32 bytes");
        let mut builder = SessionConfig::builder(key)
            .cookie_name(&self.name)
            .path(&self.path)
            .secure(self.secure)
            .http_only(self.http_only)
            .partitioned(self.partitioned)
            .persistent(self.persistent)
            .allow_cross_site_writes(self.allow_cross_site_writes)
            .no_store(self.no_store)
            .same_site(match self.same_site.as_str() {
                "Strict" => SameSite::Strict,
                "None" => SameSite::None,
                _ => SameSite::Lax,
            });
        if let Some(domain) = &self.domain {
            builder = builder.domain(domain);
        }
        if let Some(fallback) = &self.fallback {
            let settings: Self = serde_urlencoded::from_str(fallback).expect("a check wrote it");
            builder = builder.fallback_config(settings.build()?);
        }
        if self.later > 0 {
            let later = Duration::from_secs(self.later);
            builder = builder.clock(move || SystemTime::now() + later);
        }
        builder.build()
    }

    /// As they would be sent, whatever the library says to them.
    pub(crate) fn set_cookie(&self, value: &str) -> String {
        let mut text = format!("{}={value}; Path={}", self.name, self.path);
        if let Some(domain) = &self.domain {
            text += &format!("; Domain={domain}");
        }
        text += &format!("; SameSite={}", self.same_site);
        for (flag, attribute) in [
            (self.secure, "; Secure"),
            (self.http_only, "; HttpOnly"),
            (self.partitioned, "; Partitioned"),
            (self.persistent, "; Max-Age=600"),
        ] {
            if flag {
                text += attribute;
            }
        }
        text
    }

    /// These settings with a fallback config of those settings.
    pub(crate) fn with_fallback(&self, settings: &Self) -> Self {
        Self {
            fallback: Some(serde_urlencoded::to_string(settings).expect("it is flat")),
            ..self.clone()
        }
    }

    /// The address of a page under these settings. `more` is what the page is asked besides.
    pub(crate) fn at(&self, page: &str, more: &[(&str, &str)]) -> String {
        let settings = serde_urlencoded::to_string(self).expect("it is flat");
        format!("{page}?{settings}&{}", query(more))
    }
}

pub(crate) fn query(pairs: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(pairs).expect("they are pairs")
}
