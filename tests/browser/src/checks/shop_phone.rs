use anyhow::{Result, ensure};

use super::shop::{add, sign_in};
use crate::stage::Stage;

const PATHS: [&str; 7] = [
    "/",
    "/pieces/avocet",
    "/cart",
    "/session",
    "/sign-in",
    "/nowhere",
    "/pieces/dodo",
];

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("shop")?;
    let browser = stage.browser()?;
    // A word that breaks nowhere by itself.
    add(
        &browser,
        &server,
        "avocet",
        "2",
        &"Donaudampfschiff".repeat(10),
    )?;
    add(&browser, &server, "plover", "9", "")?;
    sign_in(&browser, &server)?;
    browser.expect("h1", "Your cart")?;

    for (width, scheme) in [
        (320, "light"),
        (390, "light"),
        (390, "dark"),
        (1280, "dark"),
    ] {
        browser.screen(width, 844, width < 400)?;
        browser.scheme(scheme)?;
        for path in PATHS {
            browser.open(&server.url(path))?;
            let name = path.trim_start_matches('/').replace('/', "-");
            stage.picture(&browser, &format!("shop-{width}-{scheme}-{name}"))?;
            let sideways = "const page = document.documentElement;
                            return [page.scrollWidth, page.clientWidth]";
            let widths = browser.script(sideways)?;
            ensure!(
                widths[0].as_u64() <= widths[1].as_u64(),
                "{path} is wide: {widths}"
            );
            let tops = browser.script(
                "return ['.top nav a', '.basket'].map(found => document.querySelector(found).offsetTop)",
            )?;
            ensure!(
                tops[0] == tops[1],
                "{path}: the cart is not in the first line of {width}"
            );
            let scripts = browser.script(
                "return document.scripts.length + [...document.querySelectorAll('*')]
                     .flatMap(element => [...element.attributes])
                     .filter(attribute => /^on|^style$/.test(attribute.name)).length",
            )?;
            ensure!(scripts == 0, "{path} has {scripts} scripts");
            unlabelled(&browser.script(NAMELESS)?, path)?;
        }
    }
    Ok(())
}

/// Fields, buttons and links that a screen reader has no name for.
const NAMELESS: &str = "return [...document.querySelectorAll('input, textarea, button, a')]
    .filter(element => !element.closest('[aria-hidden]'))
    .filter(element => element.labels ? !(element.labels.length || element.textContent.trim())
                                      : !element.textContent.trim())
    .map(element => element.outerHTML)";

fn unlabelled(found: &serde_json::Value, path: &str) -> Result<()> {
    ensure!(
        found.as_array().is_some_and(Vec::is_empty),
        "{path}: {found}"
    );
    Ok(())
}
