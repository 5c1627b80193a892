//! A cookie as Chromium keeps it.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

/// A cookie of the Chrome DevTools Protocol (`Network.Cookie`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stored {
    pub(crate) name: String,
    pub(crate) value: String,
    /// With a dot in front where the cookie has a Domain.
    pub(crate) domain: String,
    pub(crate) path: String,
    /// Unix seconds; negative for a cookie that ends with the browser.
    pub(crate) expires: f64,
    pub(crate) http_only: bool,
    pub(crate) secure: bool,
    pub(crate) same_site: Option<String>,
    /// The site under which a partitioned cookie lives.
    pub(crate) partition_key: Option<Value>,
}

impl Stored {
    pub(crate) fn all(answer: &mut Value) -> Result<Vec<Self>> {
        let cookies = answer.get_mut("cookies").context("no cookies")?;
        Ok(serde_json::from_value(cookies.take())?)
    }
}
