use anyhow::{Result, ensure};
use serde_json::json;

use super::login_flow::at;
use super::shop::{MESSAGE, PASSWORD, cart, sign_in};
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    let browser = stage.browser()?;

    browser.open(&server.url("/"))?;
    ensure!(browser.texts(".card")?.len() == 12, "not twelve pieces");
    ensure!(browser.cookies()?.is_empty(), "a cookie for looking");

    browser.click("[href='/pieces/avocet']")?;
    at(&browser, "/pieces/avocet", "Avocet")?;
    browser.retype("#quantity", "2")?;
    browser.type_into("#note", "For <b>Ida</b> & Max")?;
    browser.click("main form button")?;
    at(&browser, "/cart", "Your cart")?;
    browser.expect(MESSAGE, "It is in your cart.")?;
    browser.expect("dd.total", "€252")?;
    // After Post/Redirect/Get, a reload asks for the page alone.
    browser.reload()?;
    browser.expect("dd.total", "€252")?;
    ensure!(browser.texts(MESSAGE)?.is_empty(), "shown again");

    browser.retype("#quantity-avocet", "3")?;
    browser.click("[form=edit-avocet]")?;
    browser.expect(MESSAGE, "Your cart is up to date.")?;
    browser.expect("dd.total", "€378")?;
    let line = json!({ "piece": "avocet", "quantity": 3, "note": "For <b>Ida</b> & Max" });
    ensure!(cart(&browser)? == json!([line]), "{}", cart(&browser)?);

    // Strangers sign in to order, and the cart comes along.
    browser.click(".sum button")?;
    at(&browser, "/sign-in", "Sign in")?;
    browser.expect(MESSAGE, "Sign in to order. Your cart comes along.")?;
    browser.type_into("#name", "ada")?;
    browser.type_into("#password", "guess")?;
    browser.click("main form button")?;
    let wrong = "That is not the name and password of the account below.";
    browser.expect(MESSAGE, wrong)?;
    browser.type_into("#name", "ada")?;
    browser.type_into("#password", PASSWORD)?;
    browser.click("main form button")?;
    at(&browser, "/cart", "Your cart")?;
    browser.expect(MESSAGE, "You are signed in.")?;
    browser.expect(".user", "ada")?;
    ensure!(cart(&browser)? == json!([line]), "the cart is another");
    stage.picture(&browser, "shop-cart")?;

    browser.click("#remove-avocet .plain")?;
    browser.expect(MESSAGE, "It is out of your cart.")?;
    browser.expect(".empty p:first-child", "Nothing in it yet.")?;

    // Out, and the cookie goes with the message.
    browser.click(".top form button")?;
    at(&browser, "/", "Stoneware from the edge of the tide")?;
    browser.expect(MESSAGE, "You are signed out.")?;
    ensure!(browser.cookies()?.is_empty(), "the cookie is still there");
    browser.back()?;
    browser.open(&server.url("/cart"))?;
    browser.expect(".empty p:first-child", "Nothing in it yet.")?;

    // An order empties the cart.
    super::shop::add(&browser, &server, "knot", "1", "")?;
    sign_in(&browser, &server)?;
    browser.expect("dd.total", "€19")?;
    browser.click(".sum button")?;
    browser.expect(".empty p:first-child", "Nothing in it yet.")
}
