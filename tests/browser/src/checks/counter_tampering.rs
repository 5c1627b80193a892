use anyhow::{Result, ensure};

use crate::stage::Stage;
use crate::token::{self, Part};

pub(super) fn play(stage: &Stage, part: Part) -> Result<()> {
    let server = stage.serve("counter")?;
    let browser = stage.browser()?;

    browser.open(&server.url("/"))?;
    browser.reload()?;
    browser.expect("h1", "Visit number 2")?;

    // A cookie set by hand counts like any other.
    let token = browser.cookie()?.value().to_owned();
    browser.reload()?;
    browser.expect("h1", "Visit number 3")?;
    browser.set_token(&token)?;
    browser.reload()?;
    browser.expect("h1", "Visit number 3")?;

    let forged = token::forged(&token, part)?;
    browser.set_token(&forged)?;
    ensure!(
        browser.cookie()?.value() == forged,
        "the cookie was not changed"
    );
    browser.reload()?;
    browser.expect("h1", "Visit number 1")?;
    browser.reload()?;
    browser.expect("h1", "Visit number 2")
}
