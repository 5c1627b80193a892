use anyhow::{Result, ensure};

use crate::settings::query;
use crate::site::SHOP;
use crate::stage::Stage;

const NAME: &str = "__Host-session";

pub(super) fn play(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    browser.open(&stage.site.url(SHOP, "/app"))?;
    let attributes = [
        ("Secure; Path=/", true),
        ("Secure; Path=/; HttpOnly; SameSite=Lax; Max-Age=600", true),
        ("Path=/", false),
        ("Secure", false),
        ("Secure; Path=", false),
        ("Secure; Path=/app", false),
        ("Secure; Path=/; Domain=shop.example.test", false),
        ("Secure; Path=/; Domain=example.test", false),
    ];
    for (attributes, kept) in attributes {
        let raw = query(&[("raw", &format!("{NAME}=value; {attributes}"))]);
        browser.fetch(vec![stage.site.url(SHOP, &format!("/app/raw?{raw}"))])?;
        let stored = browser.stored()?;
        let is_kept = stored.iter().any(|cookie| cookie.name == NAME);
        ensure!(is_kept == kept, "{attributes}: {stored:?}");
        browser.forget_cookies()?;

        // Nor does a script get further.
        browser.script(&format!("document.cookie = '{NAME}=value; {attributes}'"))?;
        let stored = browser.stored()?;
        let is_kept = !stored.is_empty();
        let kept = kept && !attributes.contains("HttpOnly");
        ensure!(is_kept == kept, "script, {attributes}: {stored:?}");
        browser.forget_cookies()?;
    }
    Ok(())
}
