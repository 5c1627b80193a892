use anyhow::Result;

use crate::stage::{KEY, OTHER_KEY, Stage};

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("counter")?;
    let browser = stage.browser()?;

    browser.open(&server.url("/"))?;
    browser.expect("h1", "Visit number 1")?;
    let server = server.restart(KEY)?;
    browser.reload()?;
    browser.expect("h1", "Visit number 2")?;

    // It is the key that matters.
    let _server = server.restart(OTHER_KEY)?;
    browser.reload()?;
    browser.expect("h1", "Visit number 1")
}
