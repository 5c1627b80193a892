use anyhow::{Context, Result, ensure};

use crate::browser::Browser;
use crate::proxy::Proxy;
use crate::settings::Settings;
use crate::stage::Stage;

/// A session that fits 4096 bytes, and nginx's default for a response's header does not hold.
pub(super) fn response(stage: &Stage) -> Result<()> {
    let proxy = Proxy::start(stage)?;
    let browser = stage.browser()?;
    browser.open(&proxy.url("/"))?;
    let login = |pad: &str| Settings::default().at("/login", &[("pad", pad)]);
    browser.fetch(vec![proxy.url(&login("2000"))])?;
    refused(&browser, proxy.url(&login("2990")), 502, "Bad Gateway")?;
    ensure!(
        proxy.has_logged(
            "upstream sent too big header while reading response header from upstream"
        )?,
        "nginx logs something else"
    );
    // The visitor keeps the session of before.
    browser.open(&proxy.url(&Settings::default().at("/who", &[])))?;
    browser.expect("h1", "ada")?;

    browser.open(&proxy.larger("/"))?;
    browser.fetch(vec![proxy.larger(&login("2990"))])?;
    Ok(())
}

/// The cookies of one host that one header brings.
pub(super) fn request(stage: &Stage) -> Result<()> {
    let proxy = Proxy::start(stage)?;
    let browser = stage.browser()?;
    browser.open(&proxy.larger("/"))?;
    for name in ["one", "two", "three"] {
        let login = Settings::named(name).at("/login", &[("pad", "2800")]);
        browser.fetch(vec![proxy.larger(&login)])?;
    }
    let who = Settings::named("one").at("/who", &[]);
    browser.open(&proxy.larger(&who))?;
    browser.expect("h1", "ada")?;

    // The port does not tell cookies apart. Every page of the host is refused.
    browser.open(&proxy.url("/"))?;
    browser.expect("h1", "400 Bad Request")?;
    let page = browser.texts("body")?.concat();
    ensure!(
        page.contains("Request Header Or Cookie Too Large"),
        "{page}"
    );
    browser.forget_cookies()?;
    browser.open(&proxy.url("/"))?;
    browser.expect("h1", "empty")
}

fn refused(browser: &Browser<'_>, url: String, status: u16, text: &str) -> Result<()> {
    let answer = browser.fetch(vec![url]);
    let error = format!("{:#}", answer.err().context("it was not refused")?);
    ensure!(
        error.contains(&format!(": {status}")) && error.contains(text),
        "{error}"
    );
    Ok(())
}
