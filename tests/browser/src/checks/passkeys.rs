use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::browser::Browser;
use crate::server::Server;
use crate::stage::Stage;

/// A browser with a passkey, and an account of ada's to which she is signed in.
fn ada<'a>(stage: &'a Stage, server: &Server) -> Result<Browser<'a>> {
    let browser = stage.browser()?;
    browser.add_authenticator("internal")?;
    register(&browser, server)?;
    Ok(browser)
}

fn register(browser: &Browser<'_>, server: &Server) -> Result<()> {
    browser.open(&server.url("/"))?;
    browser.type_into("#name", "ada")?;
    browser.click("#register")?;
    browser.expect("h1", "Hello, ada")
}

fn sign_out(browser: &Browser<'_>) -> Result<()> {
    browser.click("#sign-out")?;
    browser.expect("h1", "Sign in")
}

fn sign_in(browser: &Browser<'_>) -> Result<()> {
    browser.retype("#name", "ada")?;
    browser.click("#sign-in")
}

/// Starts a sign-in, and gives the options.
fn start(browser: &Browser<'_>) -> Result<Value> {
    browser.script(
        "return fetch('/sign-in/start', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ name: 'ada' }),
        }).then(answer => answer.json())",
    )
}

/// What the passkey answers to these options, on the page that is open.
fn answer(browser: &Browser<'_>, options: &Value) -> Result<Value> {
    let script = format!(
        "const options = PublicKeyCredential.parseRequestOptionsFromJSON({});
         return navigator.credentials.get({{ publicKey: options }}).then(it => it.toJSON())",
        options["publicKey"]
    );
    browser.script(&script)
}

/// The status, and the body.
fn finish(browser: &Browser<'_>, answer: &Value) -> Result<String> {
    let script = format!(
        "return fetch('/sign-in/finish', {{
            method: 'POST',
            headers: {{ 'content-type': 'application/json' }},
            body: JSON.stringify({answer}),
        }}).then(async it => `${{it.status}} ${{await it.text()}}`)"
    );
    let said = browser.script(&script)?;
    Ok(said.as_str().context("no text")?.to_owned())
}

const OVER: &str =
    r#"410 {"error":"This took too long, or was finished before. Please start again."}"#;

pub(super) fn signs_in(stage: &Stage) -> Result<()> {
    let server = stage.serve("passkeys")?;
    let browser = ada(stage, &server)?;
    browser.expect("#passkeys", "Passkeys: 1")?;
    // The authenticator has a passkey of this account already, and says so.
    browser.click("#register")?;
    let refused = "The user attempted to register an authenticator that contains one of the \
                   credentials already registered with the relying party.";
    browser.expect("#problem", refused)?;
    browser.add_authenticator("usb")?;
    browser.click("#register")?;
    browser.expect("#passkeys", "Passkeys: 2")?;
    stage.picture(&browser, "passkeys")?;

    for _ in 0..2 {
        sign_out(&browser)?;
        ensure!(browser.cookies()?.is_empty(), "the cookie is still there");
        sign_in(&browser)?;
        browser.expect("h1", "Hello, ada")?;
    }
    let shown = browser.script("return document.cookie")?;
    ensure!(shown == "", "document.cookie shows {shown}");

    sign_out(&browser)?;
    browser.type_into("#name", "eve")?;
    browser.click("#sign-in")?;
    browser.expect("#problem", "There is no account of this name.")?;
    browser.retype("#name", "ada")?;
    browser.click("#register")?;
    let taken = "This name or this passkey belongs to an account already.";
    browser.expect("#problem", taken)
}

pub(super) fn replayed(stage: &Stage) -> Result<()> {
    let server = stage.serve("passkeys")?;
    let browser = ada(stage, &server)?;
    sign_out(&browser)?;

    let options = start(&browser)?;
    let before = browser.cookie()?.value().to_owned();
    let answer = answer(&browser, &options)?;
    let first = finish(&browser, &answer)?;
    ensure!(first == "200 {}", "{first}");
    let again = finish(&browser, &answer)?;
    ensure!(again == OVER, "again: {again}");
    browser.set_token(&before)?;
    let replayed = finish(&browser, &answer)?;
    ensure!(replayed == OVER, "with the cookie of before: {replayed}");
    browser.reload()?;
    browser.expect("h1", "Sign in")
}

pub(super) fn from_elsewhere(stage: &Stage) -> Result<()> {
    let server = stage.serve("passkeys")?;
    let browser = ada(stage, &server)?;
    sign_out(&browser)?;

    // Another port of the host is another origin, and may use the passkeys of the host.
    let elsewhere = stage.serve("counter")?;
    let options = start(&browser)?;
    browser.open(&elsewhere.url("/"))?;
    let answer = answer(&browser, &options)?;
    browser.open(&server.url("/"))?;
    let said = finish(&browser, &answer)?;
    let refused = r#"403 {"error":"The passkey was used on another site."}"#;
    ensure!(said == refused, "{said}");
    // It ended the ceremony too.
    let said = finish(&browser, &answer)?;
    ensure!(said == OVER, "{said}");
    browser.reload()?;
    browser.expect("h1", "Sign in")
}

pub(super) fn copied(stage: &Stage) -> Result<()> {
    let server = stage.serve("passkeys")?;
    let browser = stage.browser()?;
    let authenticator = browser.add_authenticator("internal")?;
    register(&browser, &server)?;
    sign_out(&browser)?;
    let passkeys = browser.passkeys(&authenticator)?;
    let copy = passkeys[0].clone();
    for _ in 0..2 {
        sign_in(&browser)?;
        browser.expect("h1", "Hello, ada")?;
        sign_out(&browser)?;
    }

    // The copy has counted fewer sign-ins than the passkey.
    let thief = stage.browser()?;
    let authenticator = thief.add_authenticator("internal")?;
    thief.add_passkey(&authenticator, copy)?;
    thief.open(&server.url("/"))?;
    sign_in(&thief)?;
    let refused = "The passkey is not the right one. Please start again.";
    thief.expect("#problem", refused)?;
    sign_in(&browser)?;
    browser.expect("h1", "Hello, ada")
}
