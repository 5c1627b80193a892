use anyhow::{Context, Result, bail, ensure};

use crate::browser::Browser;
use crate::settings::{Settings, query};
use crate::site::SHOP;
use crate::stage::Stage;

const LIMIT: usize = 4096;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    browser.open(&stage.site.url(SHOP, "/"))?;
    // Of these lengths base64 fills the limit to the byte.
    for name in ["session1", "__Secure-session", "__Host-session1"] {
        let settings = Settings::named(name);
        let largest = largest(stage, &browser, &settings)?;
        ensure!(kept(&browser, name)? == LIMIT, "not the limit: {name}");

        // The server reads it, too.
        browser.open(&stage.site.url(SHOP, &settings.at("/who", &[])))?;
        browser.expect("h1", "ada")?;

        // One byte more: the library has an error for it, and the session stays as it was.
        let pad = largest.pad + 1;
        let more = settings.at("/login", &[("pad", &pad.to_string())]);
        let answer = browser.fetch(vec![stage.site.url(SHOP, &more)]);
        ensure!(
            answer.is_err_and(|error| format!("{error:#}").contains(": 500")),
            "no error for {pad} bytes"
        );
        ensure!(kept(&browser, name)? == LIMIT, "not as it was: {name}");
        browser.reload()?;
        browser.expect("h1", "ada")?;

        // Chromium drops the same cookie with one byte more, in the name or in the value.
        browser.forget_cookies()?;
        let (pair, attributes) = largest.set_cookie.split_once("; ").context("a cookie")?;
        for longer in [format!("{pair}A"), pair.replacen('=', "2=", 1)] {
            let raw = query(&[("raw", &format!("{longer}; {attributes}"))]);
            browser.fetch(vec![stage.site.url(SHOP, &format!("/raw?{raw}"))])?;
            let stored = browser.stored()?;
            ensure!(stored.is_empty(), "kept: {} bytes", longer.len() - 1);
        }
        let raw = query(&[("raw", &largest.set_cookie)]);
        browser.fetch(vec![stage.site.url(SHOP, &format!("/raw?{raw}"))])?;
        ensure!(kept(&browser, name)? == LIMIT, "not kept again: {name}");
        browser.forget_cookies()?;
    }
    Ok(())
}

struct Largest {
    pad: usize,
    set_cookie: String,
}

/// Signs in with the largest session that the library writes.
fn largest(stage: &Stage, browser: &Browser<'_>, settings: &Settings) -> Result<Largest> {
    // 3033 bytes of JSON are the most; the session holds some besides.
    let mut largest = None;
    for pad in 2990..3033 {
        let url = settings.at("/login", &[("pad", &pad.to_string())]);
        let Ok(answers) = browser.fetch(vec![stage.site.url(SHOP, &url)]) else {
            return largest.context("no size is written");
        };
        largest = Some(Largest {
            pad,
            set_cookie: answers.concat(),
        });
    }
    bail!("every size is written")
}

/// Bytes of the name and the value of a cookie in the browser.
fn kept(browser: &Browser<'_>, name: &str) -> Result<usize> {
    let stored = browser.stored()?;
    let cookie = stored.iter().find(|cookie| cookie.name == name);
    let cookie = cookie.with_context(|| format!("{name} is not stored"))?;
    Ok(cookie.name.len() + cookie.value.len())
}
