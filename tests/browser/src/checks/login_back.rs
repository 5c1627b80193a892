use anyhow::Result;

use super::login_flow::{PASSWORD, at, sign_in};
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("login")?;
    let browser = stage.browser()?;

    browser.open(&server.url("/login"))?;
    sign_in(&browser, "ada", PASSWORD)?;
    at(&browser, "/", "Hello, ada")?;
    browser.click("button")?;
    at(&browser, "/login", "Sign in")?;

    // A browser may show a page that it still has: nothing is promised of it.
    browser.back()?;
    let shown = browser.texts("h1")?.concat();
    println!("note: after signing out, Back shows {shown:?}");
    stage.picture(&browser, "login-back")?;

    // What the server says counts.
    browser.reload()?;
    at(&browser, "/login", "Sign in")
}
