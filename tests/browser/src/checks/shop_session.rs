use anyhow::{Context, Result, ensure};

use super::shop::{add, kept, sign_in};
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    let browser = stage.browser()?;
    browser.open(&server.url("/session"))?;
    let empty = "There is nothing in it, so there is no cookie.";
    browser.expect(".empty p:first-child", empty)?;
    ensure!(browser.stored()?.is_empty(), "a cookie for looking");

    add(
        &browser,
        &server,
        "heron",
        "1",
        "Für Ida, \"in tiefem Blau\" \u{1f3fa}",
    )?;
    sign_in(&browser, &server)?;
    browser.expect("h1", "Your cart")?;
    for look in ["dark", "light", "system"] {
        browser.open(&server.url("/session"))?;
        browser.click(&format!("[value={look}]"))?;
        browser.expect("[aria-pressed=true]:not(:empty)", &capitalized(look))?;
        let total: usize = one(&browser.texts("#total")?)?.parse()?;
        let cells = browser.texts("td.number")?;
        let bytes: Result<Vec<usize>, _> = cells.iter().map(|cell| cell.parse()).collect();
        ensure!(
            bytes?.iter().sum::<usize>() == total,
            "{cells:?} is not {total}"
        );
        ensure!(
            kept(&browser)? == total,
            "{} bytes are kept",
            kept(&browser)?
        );
        let keys = browser.texts(".keys th code")?;
        let expected: &[&str] = match look {
            "system" => &["cart", "user"],
            _ => &["cart", "user", "look"],
        };
        ensure!(keys == expected, "{keys:?}");
    }

    // The cookie ends in the browser when the page says that the session does.
    let script = "return Date.parse(document.querySelector('#idle').dateTime) / 1000";
    let ends = browser.script(script)?.as_f64().context("no time")?;
    let expires = browser.stored()?.first().context("no cookie")?.expires;
    // Chromium counts from when the response came.
    ensure!((expires - ends).abs() < 5.0, "{expires} is not {ends}");
    Ok(())
}

fn one(texts: &[String]) -> Result<&String> {
    texts.first().context("nothing there")
}

fn capitalized(look: &str) -> String {
    let (first, rest) = look.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}
