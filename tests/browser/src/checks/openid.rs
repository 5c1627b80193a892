use anyhow::{Context, Result, ensure};

use crate::browser::{Browser, COOKIE};
use crate::openid::OpenId;
use crate::stage::{Stage, poll};
use crate::stored::Stored;

const SIGN_IN: &str = "__Host-sign-in";

const ANONYMOUS: &str = "You are not signed in";
const ADA: &str = "Hello, ada Lovelace";

pub(super) fn in_and_out(stage: &Stage) -> Result<()> {
    let site = OpenId::start(stage, "query")?;
    let browser = stage.browser()?;
    begin(&site, &browser)?;
    let attempt = cookie(&browser, SIGN_IN)?.context("no attempt is kept")?;
    println!("note: one attempt is a cookie of {} bytes", len(&attempt));
    absent(&browser, COOKIE, "a session began too early")?;
    log_in(&browser)?;
    agree(&browser)?;
    at(&site, &browser, ADA)?;
    absent(&browser, SIGN_IN, "the attempt is still there")?;
    let session = cookie(&browser, COOKIE)?.context("no session")?;
    println!("note: the session is a cookie of {} bytes", len(&session));
    ensure!(session.same_site.as_deref() == Some("Lax"), "it is not Lax");

    browser.click("button")?;
    agree_to_sign_out(&browser)?;
    at(&site, &browser, ANONYMOUS)?;
    absent(&browser, COOKIE, "the session is still there")?;
    browser.keep_cookie(&site.url("/"), &session)?;
    browser.reload()?;
    at(&site, &browser, ANONYMOUS)?;
    // The provider has signed the user out too: it asks for the password.
    begin(&site, &browser)
}

pub(super) fn back_channel(stage: &Stage) -> Result<()> {
    let site = OpenId::start(stage, "query")?;
    let browser = stage.browser()?;
    sign_in(&site, &browser)?;
    browser.open(&site.provider("/session/end"))?;
    agree_to_sign_out(&browser)?;
    browser.expect("h1", "Sign-out Success")?;
    ensure!(cookie(&browser, COOKIE)?.is_some(), "the browser lost it");
    browser.open(&site.url("/"))?;
    at(&site, &browser, ANONYMOUS)
}

pub(super) fn tabs(stage: &Stage) -> Result<()> {
    let site = OpenId::start(stage, "query")?;
    let browser = stage.browser()?;
    begin(&site, &browser)?;
    browser.new_tab()?;
    begin(&site, &browser)?;
    browser.new_tab()?;
    begin(&site, &browser)?;

    // The second tab is the first one that ends.
    browser.switch_to_tab(1)?;
    log_in(&browser)?;
    agree(&browser)?;
    at(&site, &browser, ADA)?;
    let session = cookie(&browser, COOKIE)?;

    browser.switch_to_tab(0)?;
    browser.click("[href$='/abort']")?;
    failed(
        &browser,
        403,
        "You are not signed in, because you declined.",
    )?;
    ensure!(cookie(&browser, COOKIE)? == session, "the session changed");

    browser.switch_to_tab(2)?;
    log_in(&browser)?;
    at(&site, &browser, ADA)?;
    absent(&browser, SIGN_IN, "an attempt is left")?;
    Ok(())
}

pub(super) fn answers(stage: &Stage) -> Result<()> {
    let mut site = OpenId::start(stage, "query")?;
    let browser = stage.browser()?;
    let first = answer(&mut site, &browser)?;
    let attempts = cookie(&browser, SIGN_IN)?.context("no attempt is kept")?;
    browser.open(&first)?;
    at(&site, &browser, ADA)?;
    let session = cookie(&browser, COOKIE)?;

    let over = "This sign-in is over: it was used, it began more than ten minutes ago, \
                or it began in another browser.";
    let unchanged = |url: &str, status: u16, text: &str| {
        browser.open(url)?;
        failed(&browser, status, text)?;
        ensure!(cookie(&browser, COOKIE)? == session, "the session changed");
        Ok(())
    };
    // Once more, as the Back button would do it.
    unchanged(&first, 400, over)?;
    // Once more with a copy of the attempt: the provider has seen the code before.
    browser.keep_cookie(&site.url("/"), &attempts)?;
    let refused = "The provider does not accept this sign-in any more.";
    unchanged(&first, 400, refused)?;

    // One tab's code with the state of another one. The provider needs no password any more.
    let [one, other] = [answer(&mut site, &browser)?, answer(&mut site, &browser)?];
    let state = |url: &str| -> Result<String> {
        let (_, rest) = url.split_once("state=").context("no state")?;
        Ok(rest.split('&').next().unwrap_or_default().to_owned())
    };
    let mixed = one.replace(&state(&one)?, &state(&other)?);
    unchanged(&mixed, 400, refused)?;
    // A state that this browser never got.
    unchanged(&mixed.replace("state=", "state=x"), 400, over)?;
    // The issuer of another provider.
    let (elsewhere, _) = one.split_once("&iss=").context("no iss")?;
    let elsewhere = format!("{elsewhere}&iss=https://other.example");
    unchanged(&elsewhere, 400, "The answer comes from another provider.")
}

pub(super) fn provider_down(stage: &Stage) -> Result<()> {
    let mut site = OpenId::start(stage, "query")?;
    let browser = stage.browser()?;
    sign_in(&site, &browser)?;
    let session = cookie(&browser, COOKIE)?;
    let unchanged = |status: u16, text: &str| {
        failed(&browser, status, text)?;
        ensure!(cookie(&browser, COOKIE)? == session, "the session changed");
        Ok(())
    };
    let late = answer(&mut site, &browser)?;

    site.rename_issuer()?;
    post(&site, &browser, "/sign-in")?;
    unchanged(502, "The provider's answer cannot be used.")?;

    site.stop_provider();
    let down = "The provider does not answer. Try again later.";
    post(&site, &browser, "/sign-in")?;
    unchanged(503, down)?;
    browser.open(late.split("&iss=").next().unwrap_or_default())?;
    unchanged(503, down)?;

    // The sign-out here does not wait for the provider.
    post(&site, &browser, "/sign-out")?;
    let text = "You are signed out here. The provider does not answer: \
                you may still be signed in there.";
    failed(&browser, 503, text)?;
    absent(&browser, COOKIE, "the session is still there")?;
    Ok(())
}

pub(super) fn form_post(stage: &Stage) -> Result<()> {
    let site = OpenId::start(stage, "form_post")?;
    let browser = stage.browser()?;
    begin(&site, &browser)?;
    let attempt = cookie(&browser, SIGN_IN)?.context("no attempt is kept")?;
    ensure!(
        attempt.same_site.as_deref() == Some("None"),
        "it is not None"
    );
    log_in(&browser)?;
    agree(&browser)?;
    at(&site, &browser, ADA)?;
    absent(&browser, SIGN_IN, "the attempt is still there")?;
    let session = cookie(&browser, COOKIE)?.context("no session")?;
    ensure!(session.same_site.as_deref() == Some("Lax"), "it is not Lax");

    // A second sign-in, to which the session does not come along, replaces it.
    post(&site, &browser, "/sign-in")?;
    at(&site, &browser, ADA)
}

pub(super) fn form_post_twice(stage: &Stage) -> Result<()> {
    let site = OpenId::start(stage, "form_post_twice")?;
    let browser = stage.browser()?;
    sign_in(&site, &browser)?;
    absent(&browser, SIGN_IN, "an attempt is left")?;

    // Step by step: nothing is submitted by itself.
    let session = cookie(&browser, COOKIE)?;
    post(&site, &browser, "/sign-out")?;
    agree_to_sign_out(&browser)?;
    at(&site, &browser, ANONYMOUS)?;
    begin(&site, &browser)?;
    let attempt = cookie(&browser, SIGN_IN)?;
    ensure!(attempt.is_some(), "no attempt is kept");
    browser.allow_scripts(false)?;
    log_in(&browser)?;
    agree(&browser)?;
    browser.expect("noscript button", "Continue")?;
    browser.click("noscript button")?;
    browser.expect("button", "Go on")?;
    ensure!(
        cookie(&browser, SIGN_IN)? == attempt && cookie(&browser, COOKIE)?.is_none(),
        "the provider's form changed a cookie"
    );
    browser.click("button")?;
    at(&site, &browser, ADA)?;
    ensure!(cookie(&browser, COOKIE)? != session, "the same session");
    browser.allow_scripts(true)
}

/// Goes to the provider's form.
fn begin(site: &OpenId<'_>, browser: &Browser<'_>) -> Result<()> {
    browser.open(&site.url("/"))?;
    at(site, browser, ANONYMOUS)?;
    browser.click("button")?;
    browser.expect("h1", "Sign-in")
}

/// Fills the provider's form in.
fn log_in(browser: &Browser<'_>) -> Result<()> {
    browser.type_into("[name=login]", "ada")?;
    browser.type_into("[name=password]", "any")?;
    browser.click("[type=submit]")
}

/// Answers the provider's question, which it asks once.
fn agree(browser: &Browser<'_>) -> Result<()> {
    browser.expect("h1", "Authorize")?;
    browser.click("[type=submit]")
}

fn agree_to_sign_out(browser: &Browser<'_>) -> Result<()> {
    browser.expect("[name=logout]", "Yes, sign me out")?;
    browser.click("[name=logout]")
}

fn sign_in(site: &OpenId<'_>, browser: &Browser<'_>) -> Result<()> {
    begin(site, browser)?;
    log_in(browser)?;
    agree(browser)?;
    at(site, browser, ADA)
}

/// The address of the provider's answer, which the application does not get: it is down, and up again
/// afterwards.
fn answer(site: &mut OpenId<'_>, browser: &Browser<'_>) -> Result<String> {
    // The provider asks again, so that there is a moment for it.
    for cookie in browser.stored()? {
        if cookie.domain == "127.0.0.1" {
            browser.forget_cookie(&cookie.name)?;
        }
    }
    post(site, browser, "/sign-in")?;
    browser.expect("h1", "Sign-in")?;
    log_in(browser)?;
    browser.expect("h1", "Authorize")?;
    site.stop_app();
    browser.click("[type=submit]")?;
    let callback = site.url("/callback?");
    let url = poll(|| {
        let url = String::from(browser.url()?);
        Ok(url.starts_with(&callback).then_some(url))
    })?;
    site.start_app()?;
    url.context("the provider's answer does not come")
}

/// Submits a form of the application, from a page of it.
fn post(site: &OpenId<'_>, browser: &Browser<'_>, path: &str) -> Result<()> {
    browser.open(&site.url("/"))?;
    browser
        .script(&format!(
            "const form = document.createElement('form');
             form.method = 'post'; form.action = '{path}';
             document.body.append(form); form.submit()"
        ))
        .map(drop)
}

/// Waits for the application's front page.
fn at(site: &OpenId<'_>, browser: &Browser<'_>, heading: &str) -> Result<()> {
    browser.expect("h1", heading)?;
    let url = browser.url()?;
    ensure!(url.as_str() == site.url("/"), "this is {url}");
    Ok(())
}

/// Waits for the page that says what went wrong.
fn failed(browser: &Browser<'_>, status: u16, text: &str) -> Result<()> {
    browser.expect("h1", text)?;
    let shown =
        browser.script("return performance.getEntriesByType('navigation')[0].responseStatus")?;
    ensure!(shown == status, "the status is {shown}");
    Ok(())
}

fn absent(browser: &Browser<'_>, name: &str, otherwise: &'static str) -> Result<()> {
    ensure!(cookie(browser, name)?.is_none(), otherwise);
    Ok(())
}

fn cookie(browser: &Browser<'_>, name: &str) -> Result<Option<Stored>> {
    let stored = browser.stored()?;
    Ok(stored.into_iter().find(|cookie| cookie.name == name))
}

fn len(cookie: &Stored) -> usize {
    cookie.name.len() + cookie.value.len()
}
