use anyhow::{Result, ensure};

use crate::browser::Browser;
use crate::stage::Stage;

pub(super) const PASSWORD: &str = "correct horse battery staple";
const MESSAGE: &str = "[role=status]";

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("login")?;
    let browser = stage.browser()?;
    let home = server.url("/");

    // A stranger is sent to the form.
    browser.open(&home)?;
    at(&browser, "/login", "Sign in")?;
    browser.expect(MESSAGE, "Please sign in first.")?;
    stage.picture(&browser, "login")?;
    shown_once(&browser)?;

    for (name, password) in [("<b>eve</b>", PASSWORD), ("ada", "guess")] {
        sign_in(&browser, name, password)?;
        browser.expect(MESSAGE, &format!("Wrong name or password, {name}."))?;
        at(&browser, "/login", "Sign in")?;
        stage.picture(&browser, "login-wrong")?;
        shown_once(&browser)?;
    }
    browser.open(&home)?;
    at(&browser, "/login", "Sign in")?;

    sign_in(&browser, "ada", PASSWORD)?;
    at(&browser, "/", "Hello, ada")?;
    browser.expect(MESSAGE, "You are signed in.")?;
    stage.picture(&browser, "login-private")?;
    shown_once(&browser)?;
    at(&browser, "/", "Hello, ada")?;

    // The form posts to /account/logout.
    browser.click("button")?;
    at(&browser, "/login", "Sign in")?;
    browser.expect(MESSAGE, "You are signed out.")?;
    stage.picture(&browser, "login-out")?;
    shown_once(&browser)?;
    ensure!(browser.cookies()?.is_empty(), "the cookie is still there");

    browser.open(&home)?;
    at(&browser, "/login", "Sign in")
}

pub(super) fn sign_in(browser: &Browser<'_>, name: &str, password: &str) -> Result<()> {
    browser.type_into("[name=name]", name)?;
    browser.type_into("[name=password]", password)?;
    browser.click("button")
}

/// Waits for a page.
pub(super) fn at(browser: &Browser<'_>, path: &str, heading: &str) -> Result<()> {
    browser.expect("h1", heading)?;
    ensure!(browser.path()? == path, "this is {}", browser.path()?);
    Ok(())
}

fn shown_once(browser: &Browser<'_>) -> Result<()> {
    browser.reload()?;
    let messages = browser.texts(MESSAGE)?;
    ensure!(messages.is_empty(), "shown again: {messages:?}");
    Ok(())
}
