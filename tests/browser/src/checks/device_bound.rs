use anyhow::{Context, Result, bail, ensure};

use crate::bound::{BoundSite, PROOF, SESSION};
use crate::browser::Browser;
use crate::stage::{KEY, OTHER_KEY, Stage, poll};

/// More than the lifetime of a proof and the leeway.
const DEAD: u64 = 80;

const UNPROVEN: &str = "nobody Rejected(Unproven)";

/// Opens a page until it says this.
fn settle(browser: &Browser<'_>, site: &BoundSite, path: &str, text: &str) -> Result<()> {
    let mut said = Vec::new();
    let settled = poll(|| {
        browser.open(&site.url(path))?;
        said = browser.texts("h1")?;
        Ok((said == [text]).then_some(()))
    })?;
    match settled {
        Some(()) => Ok(()),
        None => bail!("{path} says {said:?}, not {text:?}\n{}", site.log()),
    }
}

fn sign_in(browser: &Browser<'_>, site: &BoundSite) -> Result<()> {
    browser.open(&site.url("/login"))?;
    settle(browser, site, "/", "ada bound")
}

/// One cookie, as a thief who has read the profile sends it.
fn pair(browser: &Browser<'_>, name: &str) -> Result<String> {
    let stored = browser.stored()?;
    let cookie = stored.iter().find(|cookie| cookie.name == name);
    let cookie = cookie.with_context(|| format!("no {name} in {stored:?}"))?;
    Ok(format!("{name}={}", cookie.value))
}

/// The session, and the session with its proof.
fn steal(browser: &Browser<'_>) -> Result<[String; 2]> {
    let session = pair(browser, SESSION)?;
    let both = format!("{session}; {}", pair(browser, PROOF)?);
    Ok([session, both])
}

/// Forgets the proof, so that the next request refreshes it first.
fn forget_proof(browser: &Browser<'_>) -> Result<()> {
    browser.forget_cookie(PROOF)
}

fn thief(stage: &Stage, site: &BoundSite, cookies: &str) -> Result<String> {
    let curl = stage.curl();
    curl.steal(&site.url("/api/1"), &site.resolve(), cookies)
}

pub(super) fn stolen(stage: &Stage) -> Result<()> {
    let site = BoundSite::start(&stage.certificate, &[KEY])?;
    let browser = stage.binding_browser()?;
    sign_in(&browser, &site)?;
    ensure!(site.seen("POST /dbsc/register 200") == 1, "{}", site.log());
    let [session, both] = steal(&browser)?;
    ensure!(thief(stage, &site, &session)? == UNPROVEN, "alone");
    ensure!(thief(stage, &site, &both)? == "ada bound", "with its proof");

    site.advance(DEAD);
    ensure!(
        thief(stage, &site, &both)? == UNPROVEN,
        "with its old proof"
    );
    // The browser goes on: it fetches a proof by itself.
    let refreshes = site.seen("POST /dbsc/refresh 200");
    settle(&browser, &site, "/", "ada bound")?;
    ensure!(
        site.seen("POST /dbsc/refresh 200") > refreshes,
        "{}",
        site.log()
    );
    ensure!(site.seen("POST /dbsc/register") == 1, "{}", site.log());
    ensure!(
        thief(stage, &site, &both)? == UNPROVEN,
        "with its old proof"
    );
    settle(&browser, &site, "/count", "ada bound")
}

pub(super) fn signed_out(stage: &Stage) -> Result<()> {
    let site = BoundSite::start(&stage.certificate, &[KEY])?;
    let browser = stage.binding_browser()?;
    sign_in(&browser, &site)?;
    let [_, first] = steal(&browser)?;
    // A second login in between, as another user.
    browser.open(&site.url("/login?user=grace"))?;
    settle(&browser, &site, "/", "grace bound")?;
    ensure!(site.seen("POST /dbsc/register 200") == 2, "{}", site.log());
    let [_, second] = steal(&browser)?;

    browser.open(&site.url("/logout"))?;
    settle(&browser, &site, "/", "nobody New")?;
    // A refresh that was under way sets a proof that proves nothing any more, and soon ends.
    let none_is_left = poll(|| Ok(browser.stored()?.is_empty().then_some(())))?;
    ensure!(
        none_is_left.is_some(),
        "cookies are left: {:?}",
        browser.stored()?
    );
    site.advance(DEAD);
    for copy in [first, second] {
        ensure!(thief(stage, &site, &copy)? == UNPROVEN, "a copy lives");
    }
    sign_in(&browser, &site)
}

pub(super) fn restarted(stage: &Stage) -> Result<()> {
    let site = BoundSite::start(&stage.certificate, &[KEY])?;
    let browser = stage.binding_browser()?;
    sign_in(&browser, &site)?;
    // Of the server.
    site.restart(&[KEY])?;
    forget_proof(&browser)?;
    settle(&browser, &site, "/", "ada bound")?;
    // Of the browser.
    let browser = stage.restarted(browser)?;
    settle(&browser, &site, "/", "ada bound")?;
    // A new key, with the old one next to it until the device's cookie is signed with the new one.
    site.restart(&[OTHER_KEY, KEY])?;
    settle(&browser, &site, "/", "ada bound")?;
    forget_proof(&browser)?;
    settle(&browser, &site, "/", "ada bound")?;
    site.restart(&[OTHER_KEY])?;
    forget_proof(&browser)?;
    settle(&browser, &site, "/", "ada bound")?;
    ensure!(site.seen("POST /dbsc/register") == 1, "{}", site.log());
    Ok(())
}

pub(super) fn from_elsewhere(stage: &Stage) -> Result<()> {
    let site = BoundSite::start(&stage.certificate, &[KEY])?;
    let browser = stage.binding_browser()?;
    sign_in(&browser, &site)?;
    browser.open(&site.elsewhere("/link"))?;
    forget_proof(&browser)?;
    browser.click("a")?;
    browser
        .expect("h1", "ada bound")
        .with_context(|| format!("by a link\n{}", site.log()))?;

    browser.open(&site.url("/logout"))?;
    browser.open(&site.url("/oidc"))?;
    settle(&browser, &site, "/", "grace bound")
}

pub(super) fn requests(stage: &Stage) -> Result<()> {
    let site = BoundSite::start(&stage.certificate, &[KEY])?;
    let browser = stage.binding_browser()?;
    sign_in(&browser, &site)?;

    // A static file waits for no proof.
    forget_proof(&browser)?;
    let refreshes = site.seen("POST /dbsc/refresh");
    let answers = browser.fetch(vec![site.url("/static/style.css")])?;
    ensure!(answers == [UNPROVEN], "{answers:?}");
    ensure!(
        site.seen("POST /dbsc/refresh") == refreshes,
        "{}",
        site.log()
    );

    // Ten requests at once wait for one refresh.
    let urls = (0..10).map(|n| site.url(&format!("/api/{n}"))).collect();
    let answers = browser.fetch(urls)?;
    ensure!(answers == ["ada bound"; 10], "{answers:?}\n{}", site.log());

    // A form arrives as a whole after a refresh.
    settle(&browser, &site, "/", "ada bound")?;
    forget_proof(&browser)?;
    browser.script("document.querySelector('textarea').value = 'x'.repeat(100000)")?;
    browser.click("button")?;
    browser
        .expect("h1", "ada bound sent 100005 bytes")
        .with_context(|| site.log())
}

pub(super) fn faults(stage: &Stage) -> Result<()> {
    let site = BoundSite::start(&stage.certificate, &[KEY])?;
    let browser = stage.binding_browser()?;
    sign_in(&browser, &site)?;
    let session = pair(&browser, SESSION)?;

    // A page is answered without a proof, and what it would write is left out.
    site.answer_refreshes_with(500);
    forget_proof(&browser)?;
    browser.open(&site.url("/count"))?;
    browser.expect("h1", UNPROVEN)?;
    ensure!(
        site.seen("GET /count 200 skipped server_error") == 1,
        "{}",
        site.log()
    );
    ensure!(
        pair(&browser, SESSION)? == session,
        "the session was written"
    );
    site.answer_refreshes_with(0);
    settle(&browser, &site, "/", "ada bound")?;

    // Chromium gives a binding up that gets this answer; the user signs in again.
    site.answer_refreshes_with(429);
    forget_proof(&browser)?;
    browser.open(&site.url("/"))?;
    browser.expect("h1", UNPROVEN)?;
    site.answer_refreshes_with(0);
    browser.open(&site.url("/"))?;
    browser.expect("h1", UNPROVEN)?;
    sign_in(&browser, &site)
}
