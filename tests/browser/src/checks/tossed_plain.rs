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
    let older = tossed(&settings())?;
    // The servers' clocks may differ by a minute.
    let newer = tossed(&Settings {
        later: 30,
        ..settings()
    })?;

    let toss_everywhere = || {
        toss(stage, &browser, &format!("{older}; Path=/"))?;
        toss(stage, &browser, &format!("{older}; Path=/app"))
    };

    // An older one is never shown, set before the user signs in or afterwards.
    for is_first in [true, false] {
        browser.forget_cookies()?;
        if is_first {
            toss_everywhere()?;
        }
        // The session of the user has to be newer by a second.
        let later = Settings {
            later: 5,
            ..settings()
        };
        browser.open(&stage.site.url(SHOP, &later.at("/login", &[])))?;
        if !is_first {
            toss_everywhere()?;
        }
        is(stage, &browser, "/app/who", "ada")?;
        is(stage, &browser, "/who", "ada")?;
    }
    // Until the user signs out.
    browser.open(&stage.site.url(SHOP, &settings().at("/logout", &[])))?;
    is(stage, &browser, "/who", "mallory")?;

    // A newer one is shown below its Path: the user acts in the attacker's session.
    browser.forget_cookies()?;
    sign_in(stage, &browser)?;
    let adas = value(&browser)?;
    toss(stage, &browser, &format!("{newer}; Path=/app"))?;
    is(stage, &browser, "/app/who", "mallory")?;
    is(stage, &browser, "/who", "ada")?;
    toss(stage, &browser, &format!("{newer}; Path=/"))?;
    is(stage, &browser, "/who", "mallory")?;
    ensure!(value(&browser)? == adas, "ada's session was changed");
    Ok(())
}

/// A session of the attacker's, for every host of the domain.
fn tossed(settings: &Settings) -> Result<String> {
    let token = encoded_token(settings, "mallory")?;
    Ok(format!("session={token}; Secure; Domain={PARENT}"))
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
