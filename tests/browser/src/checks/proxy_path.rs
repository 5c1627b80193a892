use anyhow::{Result, ensure};

use crate::browser::Browser;
use crate::proxy::{Proxy, below};
use crate::settings::Settings;
use crate::stage::Stage;

/// The application is told one path, and the visitor sees another.
pub(super) fn moved(stage: &Stage) -> Result<()> {
    let proxy = Proxy::start(stage)?;
    let settings = Settings {
        path: "/app".to_owned(),
        ..Settings::named("session")
    };
    let browser = stage.browser()?;
    logs_in(&proxy, &browser, "/moved", &settings, "nobody")?;
    let paths: Vec<_> = browser.stored()?.into_iter().map(|one| one.path).collect();
    ensure!(paths == ["/app"], "{paths:?}");
    logs_in(&proxy, &browser, "/mended", &settings, "ada")
}

/// The proxy gives the cookie another Path than `__Host-` allows.
pub(super) fn rewritten(stage: &Stage) -> Result<()> {
    let proxy = Proxy::start(stage)?;
    let browser = stage.browser()?;
    logs_in(
        &proxy,
        &browser,
        "/rewritten",
        &Settings::default(),
        "nobody",
    )?;
    ensure!(browser.stored()?.is_empty(), "it was kept");
    logs_in(&proxy, &browser, "", &Settings::default(), "ada")?;
    browser.forget_cookies()?;
    logs_in(
        &proxy,
        &browser,
        "/rewritten",
        &Settings::named("session"),
        "ada",
    )
}

fn logs_in(
    proxy: &Proxy,
    browser: &Browser<'_>,
    prefix: &str,
    settings: &Settings,
    user: &str,
) -> Result<()> {
    browser.open(&proxy.url(&below(prefix, settings, "/login")))?;
    browser.open(&proxy.url(&below(prefix, settings, "/who")))?;
    browser.expect("h1", user)
}
