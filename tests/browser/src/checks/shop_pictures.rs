use anyhow::Result;

use super::shop::{add, sign_in};
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    let browser = stage.browser()?;
    browser.screen(1120, 1036, false)?;
    browser.scheme("light")?;
    for (piece, quantity, note) in [
        (
            "avocet",
            "1",
            "For Ida and Max, and many quiet mornings. It does not drip, they say. We will come and see.",
        ),
        ("dunlin", "2", "One each. The chipped ones may retire now."),
        (
            "heron",
            "1",
            "For the reeds from the pond, Grandmother. Do not lift it by the neck.",
        ),
    ] {
        add(&browser, &server, piece, quantity, note)?;
    }
    sign_in(&browser, &server)?;
    browser.expect("h1", "Your cart")?;

    browser.open(&server.url("/"))?;
    browser.expect(".count", "4")?;
    stage.picture(&browser, "shop")?;
    // With a key more, and the times as well.
    browser.screen(1120, 1066, false)?;
    browser.open(&server.url("/session"))?;
    browser.click("[value=light]")?;
    browser.expect("[aria-pressed=true]", "Light")?;
    stage.picture(&browser, "session")?;

    browser.click("[value=dark]")?;
    browser.expect("[aria-pressed=true]", "Dark")?;
    stage.picture(&browser, "session_dark")?;
    browser.screen(1120, 1036, false)?;
    browser.open(&server.url("/"))?;
    stage.picture(&browser, "shop_dark")
}
