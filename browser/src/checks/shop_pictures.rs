use anyhow::Result;

use super::shop::{add, sign_in};
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    let browser = stage.browser()?;
    browser.screen(1200, 900, false)?;
    browser.scheme("light")?;
    add(
        &browser,
        &server,
        "avocet",
        "1",
        "For Ida and Max, and many quiet mornings.",
    )?;
    add(&browser, &server, "dunlin", "2", "")?;
    sign_in(&browser, &server)?;
    browser.expect("h1", "Your cart")?;

    browser.open(&server.url("/"))?;
    browser.expect(".count", "3")?;
    stage.picture(&browser, "shop")?;
    // With a key more.
    browser.open(&server.url("/session"))?;
    browser.click("[value=light]")?;
    browser.expect("[aria-pressed=true]", "Light")?;
    stage.picture(&browser, "session")
}
