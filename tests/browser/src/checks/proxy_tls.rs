use anyhow::{Result, ensure};

use crate::proxy::{Proxy, below};
use crate::settings::Settings;
use crate::site::SHOP;
use crate::stage::Stage;

/// Secure is between the browser and the server that ends TLS.
pub(super) fn ended(stage: &Stage) -> Result<()> {
    let proxy = Proxy::start(stage)?;
    let browser = stage.browser()?;
    for visit in 1..=3 {
        browser.open(&proxy.url("/counter/"))?;
        browser.expect("h1", &format!("Visit number {visit}"))?;
    }
    Ok(())
}

/// A phone that opens the developer's machine by its name or address.
pub(super) fn missing(stage: &Stage) -> Result<()> {
    let proxy = Proxy::start(stage)?;
    let browser = stage.browser()?;
    for _ in 0..3 {
        browser.open(&proxy.plain(SHOP, "/"))?;
        browser.expect("h1", "Visit number 1")?;
    }
    ensure!(browser.stored()?.is_empty(), "a Secure cookie was kept");
    // The same server, by the one name that browsers trust without TLS.
    for visit in 1..=3 {
        browser.open(&proxy.plain("localhost", "/"))?;
        browser.expect("h1", &format!("Visit number {visit}"))?;
    }

    // And by any name with what is documented for development.
    let settings = Settings {
        secure: false,
        ..Settings::named("session")
    };
    browser.open(&proxy.plain(SHOP, &below("/site", &settings, "/login")))?;
    browser.open(&proxy.plain(SHOP, &below("/site", &settings, "/who")))?;
    browser.expect("h1", "ada")
}
