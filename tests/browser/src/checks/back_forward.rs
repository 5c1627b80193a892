use anyhow::{Result, ensure};

use crate::browser::Browser;
use crate::settings::Settings;
use crate::site::SHOP;
use crate::stage::Stage;

#[derive(Debug, Clone, Copy)]
enum Direction {
    Back,
    Forward,
}

use Direction::{Back, Forward};

/// Holds for every page, also for one that does not return its session.
pub(super) fn no_store(stage: &Stage) -> Result<()> {
    for page in ["/who", "/peek"] {
        for direction in [Back, Forward] {
            let browser = stage.browser()?;
            come_back(stage, &browser, page, Some("no-store"), direction)?;
            browser.expect("h1", "bob")?;
        }
    }
    Ok(())
}

/// Chromium's cache for Back and Forward keeps whole pages; this is about its cache of responses.
pub(super) fn returned(stage: &Stage) -> Result<()> {
    let browser = stage.browser_without("BackForwardCache")?;
    for direction in [Back, Forward] {
        for cache_control in [
            None,
            Some("private, max-age=600"),
            Some("public, max-age=600"),
        ] {
            come_back(stage, &browser, "/who", cache_control, direction)?;
            browser.expect("h1", "bob")?;
            come_back(stage, &browser, "/visits", cache_control, direction)?;
            browser.expect("h1", "bob 1")?;
            // What the documentation warns of.
            come_back(stage, &browser, "/peek", cache_control, direction)?;
            browser.expect("h1", "ada")?;
        }
    }
    Ok(())
}

/// Where the browser still has the page itself, it shows it. Nothing else of ada is left.
pub(super) fn kept_alive(stage: &Stage) -> Result<()> {
    for direction in [Back, Forward] {
        let browser = stage.browser()?;
        come_back(stage, &browser, "/who", None, direction)?;
        let shown = browser.texts("h1")?.concat();
        println!("note: without no-store, {direction:?} shows a page of {shown:?}");

        let who = stage.site.url(SHOP, &Settings::default().at("/who", &[]));
        let asked = browser.fetch(vec![who])?.concat();
        ensure!(
            asked.contains("<h1>bob</h1>"),
            "its requests are of {asked}"
        );
        browser.reload()?;
        browser.expect("h1", "bob")?;
    }
    Ok(())
}

/// Ada sees a page and signs out, Bob signs in, and then the browser goes back or forward to it.
fn come_back(
    stage: &Stage,
    browser: &Browser<'_>,
    page: &str,
    cache_control: Option<&str>,
    direction: Direction,
) -> Result<()> {
    let url = |page: &str, asked: &[(&str, &str)]| {
        stage.site.url(SHOP, &Settings::default().at(page, asked))
    };
    let asked = cache_control.map(|value| ("cache_control", value));
    let asked: Vec<_> = asked.into_iter().collect();
    browser.open(&stage.site.url(SHOP, "/"))?;
    browser.fetch(vec![url("/login", &[])])?;
    browser.open(&url(page, &asked))?;
    match direction {
        Back => browser.open(&stage.site.url(SHOP, "/app"))?,
        Forward => browser.back()?,
    }
    browser.expect("h1", "empty")?;
    browser.fetch(vec![url("/logout", &[])])?;
    browser.fetch(vec![url("/login", &[("user", "bob")])])?;
    match direction {
        Back => browser.back(),
        Forward => browser.forward(),
    }
}
