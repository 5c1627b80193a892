//! Cookies from a sibling host. No check of its own.

use anyhow::{Context, Result};
use axum_cookie_session::SessionMap;

use crate::browser::Browser;
use crate::settings::{Settings, query};
use crate::site::EVIL;
use crate::stage::Stage;

/// The token of a user's session at the shop.
pub(super) fn encoded_token(settings: &Settings, user: &str) -> Result<String> {
    let mut data = SessionMap::default();
    data.insert("user", user);
    let pair = settings.build()?.encode(&data)?;
    let (_, token) = pair.split_once('=').context("no pair")?;
    Ok(token.to_owned())
}

/// Has the sibling host set a cookie: in a response, and from a script.
pub(super) fn toss(stage: &Stage, browser: &Browser<'_>, set_cookie: &str) -> Result<()> {
    let raw = query(&[("raw", set_cookie)]);
    browser.open(&stage.site.url(EVIL, &format!("/raw?{raw}")))?;
    browser.script(&format!(
        "document.cookie = {}",
        serde_json::to_string(set_cookie)?
    ))?;
    Ok(())
}
