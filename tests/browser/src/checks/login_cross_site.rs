use anyhow::{Result, ensure};

use super::login_flow::{PASSWORD, at, sign_in};
use crate::browser::Browser;
use crate::server::Server;
use crate::stage::{Stage, poll};

/// A page under 127.0.0.1 submits forms to the example under localhost.
pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("login")?;
    let browser = stage.browser()?;
    browser.open(&server.url("/login"))?;
    sign_in(&browser, "ada", PASSWORD)?;
    at(&browser, "/", "Hello, ada")?;
    let before = browser.cookie()?.value().to_owned();

    for path in ["/login", "/account/logout"] {
        browser.open(&stage.site.plain_url("127.0.0.1", "/"))?;
        submit(&browser, &server, path)?;
        let stored = browser.stored()?;
        ensure!(
            stored.len() == 1 && stored[0].value == before,
            "{path} replaced or removed the session"
        );
    }
    browser.open(&server.url("/"))?;
    at(&browser, "/", "Hello, ada")
}

/// Submits a wrong password, and waits for the answer of the example.
fn submit(browser: &Browser<'_>, server: &Server, path: &str) -> Result<()> {
    browser.script(&format!(
        "const form = document.createElement('form');
         form.method = 'post'; form.action = '{}';
         for (const [name, value] of [['name', 'ada'], ['password', 'guess']]) {{
             const field = document.createElement('input');
             field.name = name; field.value = value; form.append(field);
         }}
         document.body.append(form); form.submit()",
        server.url(path)
    ))?;
    let origin = server.url("");
    let answered = poll(|| {
        let here = browser.script("return [location.origin, document.readyState]");
        Ok(here
            .is_ok_and(|here| here[0] == origin && here[1] == "complete")
            .then_some(()))
    })?;
    ensure!(answered.is_some(), "no answer to {path}");
    Ok(())
}
