use anyhow::{Result, ensure};

use super::shop::{MESSAGE, add, cart, kept, sign_in};
use crate::stage::Stage;

const FULL: &str = "That does not fit: a cart is a cookie, and this one is full. Shorten a note, \
                    or take a piece out. The cart is as it was.";

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    let browser = stage.browser()?;
    let note = "A card as long as a card can be. ".repeat(20);
    // The field itself stops at 500 characters.
    for piece in ["heron", "plover", "avocet", "dunlin", "egret"] {
        add(&browser, &server, piece, "1", &note)?;
        browser.expect(MESSAGE, "It is in your cart.")?;
    }
    let before = cart(&browser)?;
    add(&browser, &server, "curlew", "1", &note)?;
    browser.expect(MESSAGE, FULL)?;
    stage.picture(&browser, "shop-full")?;
    ensure!(cart(&browser)? == before, "the cart is another");
    let full = kept(&browser)?;
    ensure!((3600..=3696).contains(&full), "{full} bytes");

    // All else has room still.
    sign_in(&browser, &server)?;
    browser.expect(MESSAGE, "You are signed in.")?;
    add(&browser, &server, "curlew", "1", &note)?;
    browser.expect(MESSAGE, FULL)?;
    browser.open(&server.url("/session"))?;
    browser.click("[value=dark]")?;
    browser.expect("[aria-pressed=true]", "Dark")?;
    ensure!(cart(&browser)? == before, "the cart is another");

    // A shorter note makes room.
    browser.open(&server.url("/cart"))?;
    browser.retype("#note-heron", "Shorter.")?;
    browser.click("[form=edit-heron]")?;
    browser.expect(MESSAGE, "Your cart is up to date.")?;
    add(&browser, &server, "curlew", "1", &note[..400])?;
    browser.expect(MESSAGE, "It is in your cart.")
}
