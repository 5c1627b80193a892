use anyhow::{Result, ensure};

use super::shop::add;
use crate::browser::Browser;
use crate::site::ELSEWHERE;
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    // Another port of the host is the same site, so SameSite lets the cookie come along. Cookies
    // know no ports at all: this is a page of the neighbour's that leaves the session alone.
    let neighbour = stage.serve("counter")?;
    let browser = stage.browser()?;
    add(&browser, &server, "heron", "1", "")?;
    let before = browser.cookie()?.value().to_owned();

    for origin in [stage.site.url(ELSEWHERE, "/"), neighbour.url("/nowhere")] {
        for path in ["/cart/heron/remove", "/sign-in", "/sign-out"] {
            browser.open(&origin)?;
            submit(&browser, &server.url(path))?;
            browser.expect("h1", "Sent by another site")?;
            browser.expect(".eyebrow", "403")?;
        }
    }
    // The sites differ, and so does what comes along with a POST: see the checks `cross-site`.
    browser.open(&server.url("/cart"))?;
    browser.expect("dd.total", "€148")?;
    let stored = browser.stored()?;
    ensure!(
        stored.iter().any(|cookie| cookie.value == before),
        "another cookie"
    );

    // Its own forms do pass.
    submit(&browser, &server.url("/cart/heron/remove"))?;
    browser.expect(".empty p:first-child", "Nothing in it yet.")
}

fn submit(browser: &Browser<'_>, target: &str) -> Result<()> {
    browser.script(&format!(
        "const form = document.createElement('form');
         form.method = 'post'; form.action = '{target}';
         for (const [name, value] of [['name', 'eve'], ['password', 'x']]) {{
             const field = document.createElement('input');
             field.name = name; field.value = value; form.append(field);
         }}
         document.body.append(form); form.submit()"
    ))?;
    Ok(())
}
