//! What a visitor of `examples/shop` does on several pages.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::browser::{Browser, COOKIE};
use crate::server::Server;
use crate::token;

pub(super) const MESSAGE: &str = "[role=status] .message";
pub(super) const PASSWORD: &str = "low tide at seven";

/// Adds a piece on its page.
pub(super) fn add(
    browser: &Browser<'_>,
    server: &Server,
    piece: &str,
    quantity: &str,
    note: &str,
) -> Result<()> {
    browser.open(&server.url(&format!("/pieces/{piece}")))?;
    browser.retype("#quantity", quantity)?;
    browser.type_into("#note", note)?;
    browser.click("main form button")?;
    browser.expect("h1", "Your cart")
}

pub(super) fn sign_in(browser: &Browser<'_>, server: &Server) -> Result<()> {
    browser.open(&server.url("/sign-in"))?;
    browser.type_into("#name", "ada")?;
    browser.type_into("#password", PASSWORD)?;
    browser.click("main form button")
}

/// The cart, as the cookie in the browser holds it.
pub(super) fn cart(browser: &Browser<'_>) -> Result<Value> {
    let mut payload = token::payload(browser.cookie()?.value())?;
    Ok(payload["cart"].take())
}

/// Bytes of the name and the value of the one cookie in the browser.
pub(super) fn kept(browser: &Browser<'_>) -> Result<usize> {
    let stored = browser.stored()?;
    let cookie = stored.first().context("no cookie is kept")?;
    ensure!(stored.len() == 1 && cookie.name == COOKIE, "{stored:?}");
    Ok(cookie.name.len() + cookie.value.len())
}
