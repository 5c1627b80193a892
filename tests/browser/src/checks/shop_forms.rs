use anyhow::{Result, ensure};

use super::shop::add;
use crate::browser::Browser;
use crate::server::Server;
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    let browser = stage.browser()?;
    add(&browser, &server, "heron", "1", "")?;
    let before = browser.cookie()?.value().to_owned();

    // What the form's own limits would hold back is sent all the same.
    let million = "n".repeat(1024 * 1024);
    let cases = [
        ("-1", "", "422", "How many, please?"),
        (
            &format!("1{}", "0".repeat(30)),
            "",
            "422",
            "How many, please?",
        ),
        ("two", "", "422", "How many, please?"),
        ("1", &million[..501], "422", "The note is too long"),
        ("1", &million, "413", "That is too much"),
    ];
    for (quantity, note, status, title) in cases {
        send(&browser, &server, quantity, note)?;
        browser.expect("h1", title)?;
        browser.expect(".eyebrow", status)?;
        ensure!(
            browser.cookie()?.value() == before,
            "{title}: another cookie"
        );
    }
    for path in ["/pieces/dodo", "/nowhere"] {
        browser.open(&server.url(path))?;
        browser.expect(".eyebrow", "404")?;
    }
    stage.picture(&browser, "shop-nowhere")?;
    browser.open(&server.url("/cart"))?;
    browser.expect("dd.total", "€148")
}

fn send(browser: &Browser<'_>, server: &Server, quantity: &str, note: &str) -> Result<()> {
    browser.open(&server.url("/pieces/knot"))?;
    let count = note.len();
    browser.script(&format!(
        "const form = document.querySelector('main form');
         form.noValidate = true;
         form.quantity.type = 'text'; form.quantity.value = '{quantity}';
         form.note.removeAttribute('maxlength'); form.note.value = 'n'.repeat({count});
         form.submit()"
    ))?;
    Ok(())
}
