use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::browser::COOKIE;
use crate::stage::Stage;

const FOURTEEN_DAYS: i64 = 14 * 24 * 60 * 60;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("counter")?;
    let browser = stage.browser()?;
    browser.open(&server.url("/"))?;

    let cookies = browser.cookies()?;
    let [cookie] = &cookies[..] else {
        anyhow::bail!("there are {} cookies", cookies.len());
    };
    ensure!(cookie.name() == COOKIE, "its name is {}", cookie.name());
    ensure!(cookie.http_only() == Some(true), "it is not HttpOnly");
    ensure!(cookie.secure() == Some(true), "it is not Secure");
    let same_site = cookie.same_site().map(|value| value.to_string());
    ensure!(
        same_site.as_deref() == Some("Lax"),
        "SameSite is {same_site:?}"
    );
    ensure!(cookie.path() == Some("/"), "Path is {:?}", cookie.path());
    // Chromium puts a dot before the domain of a cookie that has the attribute.
    ensure!(
        cookie.domain() == Some("localhost"),
        "Domain is {:?}",
        cookie.domain()
    );

    let expires = cookie.expires_datetime().context("it does not expire")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let lifetime = expires.unix_timestamp() - i64::try_from(now)?;
    ensure!(
        (lifetime - FOURTEEN_DAYS).abs() <= 60,
        "it expires in {lifetime} s"
    );

    // A script sees another cookie, but not this one.
    let seen = browser.script("document.cookie = 'plain=1'; return document.cookie")?;
    ensure!(seen == json!("plain=1"), "a script sees {seen}");
    Ok(())
}
