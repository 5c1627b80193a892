use anyhow::{Result, ensure};

use super::tossed::{encoded_token, toss};
use crate::browser::Browser;
use crate::settings::Settings;
use crate::site::{PARENT, SHOP};
use crate::stage::Stage;

/// The cookie's name, without a prefix.
fn settings() -> Settings {
    Settings::named("session")
}

pub(super) fn forged(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    let forgeries = forgeries()?;

    // There before the visitor signs in.
    for forgery in &forgeries {
        toss(stage, &browser, forgery)?;
    }
    sign_in(stage, &browser)?;
    is(stage, &browser, "/app/who", "ada")?;
    is(stage, &browser, "/who", "ada")?;

    // Set afterwards.
    browser.forget_cookies()?;
    sign_in(stage, &browser)?;
    for forgery in &forgeries {
        toss(stage, &browser, forgery)?;
        is(stage, &browser, "/app/who", "ada")?;
        is(stage, &browser, "/who", "ada")?;
    }

    // What is written is read again.
    is(stage, &browser, "/app/visits", "ada 1")?;
    is(stage, &browser, "/app/visits", "ada 2")
}

/// Cookies that no key has signed for this name, some of them sent before the genuine one.
fn forgeries() -> Result<Vec<String>> {
    let genuine = encoded_token(&settings(), "mallory")?;
    let cut = &genuine[..genuine.len() - 1];
    let other_name = encoded_token(&Settings::named("other"), "mallory")?;
    let mut forgeries = Vec::new();
    for token in ["", "forged", cut, &other_name] {
        for path in ["/", "/app", "/app/who"] {
            let attributes = format!("Secure; Path={path}; Domain={PARENT}");
            forgeries.push(format!("session={token}; {attributes}"));
        }
    }
    Ok(forgeries)
}

/// What the documentation says that a valid session of the attacker's own can do.
pub(super) fn valid(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    let token = encoded_token(&settings(), "mallory")?;

    // Below a longer Path it is sent first: the visitor acts in the attacker's session there.
    sign_in(stage, &browser)?;
    let adas = value(&browser)?;
    let tossed = format!("session={token}; Secure; Domain={PARENT}");
    toss(stage, &browser, &format!("{tossed}; Path=/app"))?;
    is(stage, &browser, "/app/who", "mallory")?;
    is(stage, &browser, "/who", "ada")?;
    ensure!(value(&browser)? == adas, "ada's session was changed");

    // Set before the visitor signs in, it shadows the new session everywhere.
    browser.forget_cookies()?;
    toss(stage, &browser, &format!("{tossed}; Path=/"))?;
    sign_in(stage, &browser)?;
    is(stage, &browser, "/who", "mallory")?;

    // Set afterwards with the same Path, it comes second.
    browser.forget_cookies()?;
    sign_in(stage, &browser)?;
    toss(stage, &browser, &format!("{tossed}; Path=/"))?;
    is(stage, &browser, "/who", "ada")?;

    // Until the visitor signs out.
    browser.open(&stage.site.url(SHOP, &settings().at("/logout", &[])))?;
    is(stage, &browser, "/who", "mallory")
}

fn sign_in(stage: &Stage, browser: &Browser<'_>) -> Result<()> {
    browser.open(&stage.site.url(SHOP, &settings().at("/login", &[])))
}

fn is(stage: &Stage, browser: &Browser<'_>, page: &str, heading: &str) -> Result<()> {
    browser.open(&stage.site.url(SHOP, &settings().at(page, &[])))?;
    browser.expect("h1", heading)
}

/// Of the shop's own cookie.
fn value(browser: &Browser<'_>) -> Result<Option<String>> {
    let stored = browser.stored()?.into_iter();
    let mut own = stored.filter(|cookie| cookie.domain == SHOP);
    Ok(own.next().map(|cookie| cookie.value))
}
