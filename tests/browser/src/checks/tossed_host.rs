use anyhow::{Result, ensure};

use super::tossed::{encoded_token, toss};
use crate::settings::Settings;
use crate::site::{PARENT, SHOP};
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    let settings = Settings::default();
    let token = encoded_token(&settings, "mallory")?;
    // The name as it is, and what a lenient reader might take for it.
    let names = [
        "__Host-session=",
        "__host-session=",
        "__HOST-SESSION=",
        " __Host-session =",
        "=__Host-session=",
        "__Host%2Dsession=",
        "\"__Host-session\"=",
        "\u{2000}__Host-session=",
        "\u{a0}__Host-session=",
        "$Version=1,__Host-session=",
        "other=1, __Host-session=",
        "__Secure-session=",
        "session=",
    ];
    let paths = ["/", "/app"];
    for name in names {
        for path in paths {
            let attributes = format!("Secure; Path={path}; Domain={PARENT}");
            toss(stage, &browser, &format!("{name}{token}; {attributes}"))?;
        }
    }
    // One that Chromium keeps, for the sibling alone.
    toss(
        stage,
        &browser,
        &format!("__Host-session={token}; Secure; Path=/"),
    )?;

    let everywhere = |user: &str| {
        for path in ["/who", "/app/who"] {
            browser.open(&stage.site.url(SHOP, &settings.at(path, &[])))?;
            browser.expect("h1", user)?;
        }
        anyhow::Ok(())
    };
    everywhere("nobody")?;
    browser.open(&stage.site.url(SHOP, &settings.at("/login", &[])))?;
    everywhere("ada")?;
    browser.open(&stage.site.url(SHOP, &settings.at("/logout", &[])))?;
    everywhere("nobody")?;

    // Many of them did come along.
    browser.open(&stage.site.url(SHOP, "/sent"))?;
    let sent = stage.site.sent()?;
    ensure!(sent.contains("__Host%2Dsession"), "{sent:?} was sent");
    Ok(())
}
