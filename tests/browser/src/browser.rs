//! A visitor whose browser is Chromium.

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use fantoccini::cookies::Cookie;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use harness::Process;
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use url::{ParseError, Url};

use crate::stage::{PATIENCE, poll};
use crate::stored::Stored;
use crate::tools::Tools;

/// The name of the examples' cookie.
pub(crate) const COOKIE: &str = "__Host-session";

/// A chromedriver, until it is dropped.
pub(crate) struct Driver {
    chromium: PathBuf,
    url: String,
    /// Of the certificate that is trusted.
    fingerprint: String,
    runtime: Runtime,
    _process: Process,
}

impl Driver {
    pub(crate) fn start(tools: &Tools, log: &Path, fingerprint: String) -> Result<Self> {
        let mut command = Command::new(&tools.chromedriver);
        command.arg("--port=0");
        let (process, port) = Process::start(&mut command, log, announced_port)?;
        Ok(Self {
            chromium: tools.chromium.clone(),
            url: format!("http://127.0.0.1:{port}"),
            fingerprint,
            runtime: Builder::new_current_thread().enable_all().build()?,
            _process: process,
        })
    }

    /// Starts a Chromium, with some of its features and without others.
    pub(crate) fn browser(
        &self,
        profile: PathBuf,
        with: &str,
        without: &str,
    ) -> Result<Browser<'_>> {
        let options = json!({
            "binary": self.chromium,
            // Third-party cookies are let through: it is SameSite that has to hold them back.
            "prefs": { "profile.cookie_controls_mode": 0 },
            "args": [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                // It ends with chromedriver, however that ends.
                "--remote-debugging-pipe",
                "--window-size=800,600",
                format!("--enable-features={with}"),
                format!("--disable-features={without}"),
                "--host-resolver-rules=MAP *.test 127.0.0.1",
                format!("--ignore-certificate-errors-spki-list={}", self.fingerprint),
                format!("--user-data-dir={}", profile.display()),
            ],
        });
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        capabilities.insert(
            "timeouts".to_owned(),
            json!({ "pageLoad": 15_000, "script": 15_000 }),
        );

        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let client = self.wait(builder.connect(&self.url))?;
        Ok(Browser {
            driver: self,
            client: client.context("Chromium does not start")?,
            profile,
            keeps_profile: false,
        })
    }

    fn wait<T>(&self, future: impl Future<Output = T>) -> Result<T> {
        let limited = async { timeout(PATIENCE, future).await };
        self.runtime
            .block_on(limited)
            .context("chromedriver does not answer")
    }
}

fn announced_port(written: &str) -> Option<u16> {
    let (_, rest) = written.split_once("started successfully on port ")?;
    let (port, _) = rest.split_once('.')?;
    port.parse().ok()
}

/// A Chromium, until it is dropped.
pub(crate) struct Browser<'a> {
    driver: &'a Driver,
    client: Client,
    profile: PathBuf,
    keeps_profile: bool,
}

impl Browser<'_> {
    /// Closes it, and leaves its profile for the next one.
    pub(crate) fn close(mut self) -> PathBuf {
        self.keeps_profile = true;
        self.profile.clone()
    }

    pub(crate) fn open(&self, url: &str) -> Result<()> {
        self.wait(self.client.goto(url))
    }

    pub(crate) fn reload(&self) -> Result<()> {
        self.wait(self.client.refresh())
    }

    pub(crate) fn back(&self) -> Result<()> {
        self.wait(self.client.back())
    }

    pub(crate) fn forward(&self) -> Result<()> {
        self.wait(self.client.forward())
    }

    /// Opens another tab, and goes on in it.
    pub(crate) fn new_tab(&self) -> Result<()> {
        self.wait(async {
            let tab = self.client.new_window(true).await?;
            self.client.switch_to_window(tab.handle).await
        })
    }

    /// Goes on in the tab of this number, in the order in which they were opened.
    pub(crate) fn switch_to_tab(&self, index: usize) -> Result<()> {
        let tabs = self.wait(self.client.windows())?;
        let tab = tabs
            .into_iter()
            .nth(index)
            .context("there is no such tab")?;
        self.wait(self.client.switch_to_window(tab))
    }

    pub(crate) fn url(&self) -> Result<Url> {
        self.wait(self.client.current_url())
    }

    pub(crate) fn path(&self) -> Result<String> {
        Ok(self.url()?.path().to_owned())
    }

    pub(crate) fn click(&self, selector: &str) -> Result<()> {
        self.wait(async {
            self.client
                .find(Locator::Css(selector))
                .await?
                .click()
                .await
        })
    }

    pub(crate) fn type_into(&self, selector: &str, text: &str) -> Result<()> {
        self.wait(async {
            self.client
                .find(Locator::Css(selector))
                .await?
                .send_keys(text)
                .await
        })
    }

    /// Types over what a field holds.
    pub(crate) fn retype(&self, selector: &str, text: &str) -> Result<()> {
        let all = format!(
            "{}a{}{text}",
            char::from(Key::Control),
            char::from(Key::Null)
        );
        self.type_into(selector, &all)
    }

    /// The texts of all elements that a selector finds now.
    pub(crate) fn texts(&self, selector: &str) -> Result<Vec<String>> {
        self.wait(async {
            let mut texts = Vec::new();
            for element in self.client.find_all(Locator::Css(selector)).await? {
                texts.push(element.text().await?);
            }
            Ok(texts)
        })
    }

    /// Waits for the one element that a selector finds to have this text.
    pub(crate) fn expect(&self, selector: &str, text: &str) -> Result<()> {
        let mut seen = Ok(Vec::new());
        let found = poll(|| {
            // A page that is on its way out gives stale elements: ask again.
            seen = self.texts(selector);
            Ok(matches!(&seen, Ok(texts) if texts == &[text]).then_some(()))
        })?;
        if found.is_none() {
            bail!("{selector} is {:?}, not {text:?}", seen?);
        }
        Ok(())
    }

    /// What a script gives back.
    pub(crate) fn script(&self, script: &str) -> Result<Value> {
        self.wait(self.client.execute(script, Vec::new()))
    }

    /// What these addresses answer to scripts of this page; all at once.
    pub(crate) fn fetch(&self, urls: Vec<String>) -> Result<Vec<String>> {
        let script = "return Promise.all(arguments[0].map(async url => {
            const answer = await fetch(url);
            if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
            return await answer.text();
        }))";
        let texts = self.wait(self.client.execute(script, vec![json!(urls)]))?;
        Ok(serde_json::from_value(texts)?)
    }

    /// Every cookie of the profile, whatever page is open.
    pub(crate) fn stored(&self) -> Result<Vec<Stored>> {
        Stored::all(&mut self.devtools("Network.getAllCookies", json!({}))?)
    }

    pub(crate) fn forget_cookies(&self) -> Result<()> {
        self.devtools("Network.clearBrowserCookies", json!({}))
            .map(drop)
    }

    /// Removes the cookies of this name, of the page that is open or of any.
    pub(crate) fn forget_cookie(&self, name: &str) -> Result<()> {
        for cookie in self.stored()?.iter().filter(|cookie| cookie.name == name) {
            let which = json!({
                "name": name, "domain": cookie.domain, "path": cookie.path,
            });
            self.devtools("Network.deleteCookies", which)?;
        }
        Ok(())
    }

    /// Keeps a cookie again, for the site of this address.
    pub(crate) fn keep_cookie(&self, url: &str, cookie: &Stored) -> Result<()> {
        let params = json!({
            "url": url, "name": cookie.name, "value": cookie.value, "path": cookie.path,
            "secure": cookie.secure, "httpOnly": cookie.http_only, "sameSite": cookie.same_site,
        });
        self.devtools("Network.setCookie", params).map(drop)
    }

    /// Whether pages may run scripts.
    pub(crate) fn allow_scripts(&self, allow: bool) -> Result<()> {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !allow }),
        )
        .map(drop)
    }

    pub(crate) fn forget_pages(&self) -> Result<()> {
        self.devtools("Network.clearBrowserCache", json!({}))
            .map(drop)
    }

    /// Shows pages as a device with a screen of this size does.
    pub(crate) fn screen(&self, width: u32, height: u32, mobile: bool) -> Result<()> {
        let screen = json!({
            "width": width, "height": height, "mobile": mobile, "deviceScaleFactor": 1,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", screen)?;
        // They take room on a desktop, and are no part of a picture.
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true }))
            .map(drop)
    }

    /// Tells pages that the system prefers `light` or `dark`.
    pub(crate) fn scheme(&self, scheme: &str) -> Result<()> {
        let media = json!({
            "features": [{ "name": "prefers-color-scheme", "value": scheme }],
        });
        self.devtools("Emulation.setEmulatedMedia", media).map(drop)
    }

    /// Gives the browser an authenticator, `internal` or `usb`, whose user agrees to everything at once.
    /// Gives back its id.
    pub(crate) fn add_authenticator(&self, transport: &str) -> Result<String> {
        let authenticator = json!({
            "protocol": "ctap2",
            "transport": transport,
            "hasUserVerification": true,
            "isUserVerified": true,
        });
        let id = self.wait(self.client.issue_cmd(WebAuthn::Add(authenticator)))?;
        Ok(id
            .as_str()
            .context("an authenticator has no id")?
            .to_owned())
    }

    /// The passkeys of an authenticator, with their private keys.
    pub(crate) fn passkeys(&self, authenticator: &str) -> Result<Value> {
        let command = WebAuthn::Passkeys(authenticator.to_owned());
        self.wait(self.client.issue_cmd(command))
    }

    /// Copies a passkey into an authenticator.
    pub(crate) fn add_passkey(&self, authenticator: &str, passkey: Value) -> Result<()> {
        let command = WebAuthn::AddPasskey(authenticator.to_owned(), passkey);
        self.wait(self.client.issue_cmd(command)).map(drop)
    }

    fn devtools(&self, method: &'static str, params: Value) -> Result<Value> {
        self.wait(self.client.issue_cmd(DevTools { method, params }))
    }

    /// The cookies that this page is sent with.
    pub(crate) fn cookies(&self) -> Result<Vec<Cookie<'static>>> {
        self.wait(self.client.get_all_cookies())
    }

    /// The session's cookie.
    pub(crate) fn cookie(&self) -> Result<Cookie<'static>> {
        self.wait(self.client.get_named_cookie(COOKIE))
    }

    /// Replaces the value of the session's cookie.
    pub(crate) fn set_token(&self, token: &str) -> Result<()> {
        let mut cookie = self.cookie()?;
        cookie.set_value(token.to_owned());
        // With a Domain it would be no `__Host-` cookie.
        cookie.set_domain("");
        self.wait(self.client.add_cookie(cookie))
    }

    pub(crate) fn screenshot(&self) -> Result<Vec<u8>> {
        self.wait(self.client.screenshot())
    }

    fn wait<T>(&self, future: impl Future<Output = Result<T, CmdError>>) -> Result<T> {
        Ok(self.driver.wait(future)??)
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        let _ = self.wait(self.client.clone().close());
        if !self.keeps_profile {
            let _ = fs::remove_dir_all(&self.profile);
        }
    }
}

/// A command of the Chrome DevTools Protocol, through chromedriver.
#[derive(Debug)]
struct DevTools {
    method: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.method, "params": self.params });
        (Method::POST, Some(body.to_string()))
    }
}

/// The commands for virtual authenticators of the WebAuthn specification, section 11.
#[derive(Debug)]
enum WebAuthn {
    Add(Value),
    Passkeys(String),
    AddPasskey(String, Value),
}

impl WebDriverCompatibleCommand for WebAuthn {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        let path = match self {
            Self::Add(_) => String::new(),
            Self::Passkeys(id) => format!("/{id}/credentials"),
            Self::AddPasskey(id, _) => format!("/{id}/credential"),
        };
        base.join(&format!("session/{session}/webauthn/authenticator{path}"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        match self {
            Self::Add(body) | Self::AddPasskey(_, body) => (Method::POST, Some(body.to_string())),
            Self::Passkeys(_) => (Method::GET, None),
        }
    }
}
