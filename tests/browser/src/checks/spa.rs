//! `examples/spa`: a page, and its API on another port.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use harness::{Process, free_ports};
use serde_json::json;

use super::login_flow::PASSWORD;
use crate::browser::Browser;
use crate::stage::{KEY, Stage, poll};

struct Spa {
    api: u16,
    page: u16,
    log: PathBuf,
    _process: Process,
}

impl Spa {
    fn start(stage: &Stage) -> Result<Self> {
        let [api, page] = free_ports()?;
        let log = stage.file("spa.log");
        let mut command = Command::new(stage.examples.path("spa")?);
        command
            .env("PORT", api.to_string())
            .env("PAGE_PORT", page.to_string())
            .env("SESSION_KEY", KEY);
        let announced = format!("listening on http://localhost:{api}");
        let ready = |written: &str| written.contains(&announced).then_some(());
        let (process, ()) = Process::start(&mut command, &log, ready)?;
        Ok(Self {
            api,
            page,
            log,
            _process: process,
        })
    }

    fn api(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.api)
    }

    fn page(&self) -> String {
        format!("http://localhost:{}/", self.page)
    }

    /// The log's lines about responses to this request with this status.
    fn responses(&self, request: &str, status: u16) -> Result<Vec<String>> {
        let (uri, status) = (format!(" uri={request} "), format!(" status={status} "));
        let log = fs::read_to_string(&self.log)?;
        let lines = log.lines().filter(|line| {
            let line = format!("{line} ");
            line.contains(&uri) && line.contains(&status)
        });
        Ok(lines.map(str::to_owned).collect())
    }
}

fn sign_in(browser: &Browser<'_>, password: &str) -> Result<()> {
    shown(browser, "#sign-in button")?;
    browser.retype("[name=name]", "ada")?;
    browser.retype("[name=password]", password)?;
    browser.click("#sign-in button")
}

/// Waits until a button can be pressed.
fn shown(browser: &Browser<'_>, selector: &str) -> Result<()> {
    let script = format!(
        "const it = document.querySelector('{selector}');
         return !it.disabled && it.checkVisibility()"
    );
    poll(|| Ok((browser.script(&script)? == true).then_some(())))?
        .with_context(|| format!("{selector} cannot be pressed"))
}

fn signed_in(browser: &Browser<'_>, spa: &Spa) -> Result<()> {
    browser.open(&spa.page())?;
    sign_in(browser, PASSWORD)?;
    browser.expect("#user", "ada")
}

/// The page on its own origin.
pub(super) fn other_origin(stage: &Stage) -> Result<()> {
    let spa = Spa::start(stage)?;
    visit(stage, &spa.page())
}

/// The page on the origin of the API.
pub(super) fn one_origin(stage: &Stage) -> Result<()> {
    let spa = Spa::start(stage)?;
    visit(stage, &spa.api("/"))
}

fn visit(stage: &Stage, page: &str) -> Result<()> {
    let browser = stage.browser()?;
    browser.open(page)?;
    sign_in(&browser, "guess")?;
    browser.expect("#status", "401: wrong name or password")?;
    ensure!(browser.stored()?.is_empty(), "a cookie");
    sign_in(&browser, PASSWORD)?;
    browser.expect("#user", "ada")?;

    // Each message comes back as an event.
    for (text, button) in [("by fetch", "#by-fetch"), ("by socket", "#by-socket")] {
        shown(&browser, button)?;
        browser.type_into("[name=text]", text)?;
        browser.click(button)?;
        browser.expect("#messages li:last-child", &format!("ada: {text}"))?;
    }
    browser.reload()?;
    browser.expect("#user", "ada")?;
    browser.expect("#messages li:first-child", "ada: by fetch")?;

    browser.click("#sign-out")?;
    shown(&browser, "#sign-in button")?;
    ensure!(browser.stored()?.is_empty(), "the cookie is still there");
    browser.reload()?;
    shown(&browser, "#sign-in button")
}

pub(super) fn faults(stage: &Stage) -> Result<()> {
    let spa = Spa::start(stage)?;
    let browser = stage.browser()?;
    signed_in(&browser, &spa)?;
    let before = browser.cookie()?.value().to_owned();
    for (button, status) in [
        ("#panic", "500: Internal Server Error"),
        ("#slow", "503: Service Unavailable"),
    ] {
        browser.click(button)?;
        browser.expect("#status", status)?;
        ensure!(browser.cookie()?.value() == before, "another cookie");
    }
    browser.reload()?;
    browser.expect("#user", "ada")
}

pub(super) fn refused(stage: &Stage) -> Result<()> {
    let spa = Spa::start(stage)?;
    let browser = stage.browser()?;
    signed_in(&browser, &spa)?;
    let before = browser.cookie()?.value().to_owned();
    // `SameSite=Lax` lets the cookie come along from another port, and not from another site.
    for (host, has_cookie) in [("localhost", true), ("127.0.0.1", false)] {
        let origin = stage.site.plain_url(host, "/");
        browser.open(&origin)?;
        let answers = browser.script(&script(&spa.api("/api")))?;
        let refused = json!(["unread", "unread", "unread", "refused", "refused"]);
        ensure!(answers == refused, "{host}: {answers}");
        for request in ["/api/socket", "/api/logout"] {
            let responses = spa.responses(request, 403)?;
            let from = format!("\"origin\": \"{}\"", origin.trim_end_matches('/'));
            let response = responses.iter().find(|line| line.contains(&from));
            let response = response.with_context(|| format!("{host}: no 403 of {request}"))?;
            ensure!(
                response.contains("\"cookie\": Sensitive") == has_cookie,
                "{host}: {response}"
            );
        }
        // A form shows its answer.
        browser.script(&format!(
            "const form = document.createElement('form');
             form.method = 'post'; form.action = '{}';
             document.body.append(form); form.submit()",
            spa.api("/api/logout")
        ))?;
        browser.expect("pre", "{\"error\":\"this origin is not trusted\"}")?;

        let stored = browser.stored()?;
        ensure!(
            stored.len() == 1 && stored[0].value == before,
            "{host}: other cookies"
        );
    }
    browser.open(&spa.page())?;
    browser.expect("#user", "ada")
}

/// What scripts of another origin get to see.
fn script(api: &str) -> String {
    format!(
        "const api = '{api}';
         const read = (path, init) => fetch(api + path, {{ credentials: 'include', ...init }})
             .then(() => 'read', () => 'unread');
         const opened = (it) => new Promise(done => {{
             it.onopen = () => done('open');
             it.onerror = () => {{ it.close(); done('refused') }};
         }});
         return Promise.all([
             read('/me'),
             read('/login', {{ method: 'POST', headers: {{ 'content-type': 'application/json' }} }}),
             read('/logout', {{ method: 'POST' }}),
             opened(new WebSocket(api.replace(/^http/, 'ws') + '/socket')),
             opened(new EventSource(api + '/events', {{ withCredentials: true }})),
         ])"
    )
}

/// The same page under another host, which makes it another site.
pub(super) fn other_site(stage: &Stage) -> Result<()> {
    let spa = Spa::start(stage)?;
    let browser = stage.browser()?;
    browser.open(&format!("http://127.0.0.1:{}/", spa.page))?;
    sign_in(&browser, PASSWORD)?;
    browser.expect("#status", "Failed to fetch")?;
    ensure!(browser.stored()?.is_empty(), "a cookie");
    // What a browser does that is told to skip the preflight: the CSRF layer refuses the request.
    browser.script(&format!(
        "return fetch('{}', {{ method: 'POST', mode: 'no-cors', credentials: 'include',
             body: '{{\"name\":\"ada\",\"password\":\"{PASSWORD}\"}}' }}).then(() => true)",
        spa.api("/api/login")
    ))?;
    ensure!(spa.responses("/api/login", 403)?.len() == 1, "not refused");
    ensure!(browser.stored()?.is_empty(), "a cookie");
    Ok(())
}
