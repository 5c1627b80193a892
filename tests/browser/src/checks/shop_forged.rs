use anyhow::{Result, ensure};

use super::shop::{MESSAGE, add};
use crate::stage::Stage;
use crate::token;

const AFRESH: &str = "The cookie that came with your request was no session of ours, or its time \
                      was over. This is a new session.";

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    let browser = stage.browser()?;
    add(&browser, &server, "heron", "1", "")?;
    let genuine = browser.cookie()?.value().to_owned();

    let middle = genuine.len() / 2;
    let other = if &genuine[middle..=middle] == "A" {
        'B'
    } else {
        'A'
    };
    for forged in [token::with(&genuine, middle, other), "junk".to_owned()] {
        browser.set_token(&forged)?;
        for path in ["/", "/cart", "/session", "/nowhere"] {
            browser.open(&server.url(path))?;
            browser.expect("main > .message", AFRESH)?;
            ensure!(browser.texts(".count")?.is_empty(), "a count on {path}");
        }
        ensure!(
            browser.cookie()?.value() == forged,
            "the cookie was changed"
        );
    }

    browser.set_token(&genuine)?;
    browser.open(&server.url("/cart"))?;
    browser.expect("dd.total", "€148")?;
    ensure!(browser.texts("main > .message")?.is_empty(), "still afresh");

    // The first change makes a session of its own.
    browser.set_token("junk")?;
    add(&browser, &server, "knot", "1", "")?;
    browser.expect(MESSAGE, "It is in your cart.")?;
    browser.expect("dd.total", "€19")
}
