use anyhow::{Result, ensure};
use serde_json::json;

use crate::stage::Stage;
use crate::token;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("counter")?;
    let browser = stage.browser()?;

    browser.open(&server.url("/"))?;
    browser.expect("h1", "Visit number 1")?;
    browser.reload()?;
    browser.expect("h1", "Visit number 2")?;
    browser.reload()?;
    browser.expect("h1", "Visit number 3")?;
    stage.picture(&browser, "counter")?;

    // The page shows what the cookie holds.
    let cookie = browser.cookie()?;
    let payload = token::payload(cookie.value())?;
    ensure!(
        payload == json!({ "visits": 3 }),
        "the cookie holds {payload}"
    );
    browser.expect("th", "visits")?;
    browser.expect("td", "3")?;
    let paragraphs = browser.texts("p")?.concat();
    let size = cookie.name().len() + cookie.value().len();
    ensure!(
        paragraphs.contains(&format!("{size} of 4096 bytes")),
        "the cookie has {size} bytes, and the page says: {paragraphs}"
    );

    browser.click("button")?;
    browser.expect("h1", "Visit number 1")?;
    ensure!(
        browser.path()? == "/",
        "the button leads to {}",
        browser.path()?
    );
    browser.reload()?;
    browser.expect("h1", "Visit number 2")
}
