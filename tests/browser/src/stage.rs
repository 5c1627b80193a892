//! What every check plays on: the programs, and a folder for what they write.

use std::cell::Cell;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::browser::{Browser, Driver};
use crate::certificate::Certificate;
use crate::curl::Curl;
use crate::examples::Examples;
use crate::server::Server;
use crate::site::{HOSTS, Site};
use crate::tools::Tools;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The key that servers sign with.
pub(crate) const KEY: &str = "a key for browser checks, 32 bytes or more";
pub(crate) const OTHER_KEY: &str = "another key for browser checks, 32 bytes or more";

/// What makes Chromium bind sessions on a machine without the hardware for it.
const BINDING: &str = "DeviceBoundSessions:RefreshQuota/false,\
                       EnableBoundSessionCredentialsSoftwareKeysForManualTesting";

pub(crate) struct Stage {
    /// Logs, profiles and cookie jars.
    pub(crate) dir: PathBuf,
    pub(crate) tools: Tools,
    pub(crate) examples: Examples,
    pub(crate) certificate: Certificate,
    pub(crate) site: Site,
    driver: Driver,
    screenshots: Option<PathBuf>,
    /// How many files have been named.
    named: Cell<usize>,
}

impl Stage {
    pub(crate) fn set_up(screenshots: Option<PathBuf>) -> Result<Self> {
        let tools = Tools::find()?;
        let examples = Examples::build()?;
        let dir = dir()?;
        if let Some(screenshots) = &screenshots {
            fs::create_dir_all(screenshots)?;
        }
        let certificate = Certificate::make(HOSTS)?;
        let log = dir.join("chromedriver.log");
        Ok(Self {
            driver: Driver::start(&tools, &log, certificate.fingerprint())?,
            site: Site::start(&certificate)?,
            certificate,
            dir,
            tools,
            examples,
            screenshots,
            named: Cell::new(0),
        })
    }

    pub(crate) fn versions(&self) -> Result<String> {
        self.tools.versions()
    }

    /// An example that signs with [`KEY`].
    pub(crate) fn serve(&self, example: &str) -> Result<Server> {
        let program = self.examples.path(example)?;
        Server::start(program, self.file(&format!("{example}.log")), KEY)
    }

    /// A browser that was never used.
    pub(crate) fn browser(&self) -> Result<Browser<'_>> {
        self.driver.browser(self.file("profile"), "", "")
    }

    /// A browser that was never used, without a feature of Chromium.
    pub(crate) fn browser_without(&self, feature: &str) -> Result<Browser<'_>> {
        self.driver.browser(self.file("profile"), "", feature)
    }

    /// A browser that binds sessions to a key, which it has in software here, and refreshes its
    /// proof as often as it likes.
    pub(crate) fn binding_browser(&self) -> Result<Browser<'_>> {
        self.driver.browser(self.file("profile"), BINDING, "")
    }

    /// The same one, started again.
    pub(crate) fn restarted(&self, browser: Browser<'_>) -> Result<Browser<'_>> {
        self.driver.browser(browser.close(), BINDING, "")
    }

    /// A curl with an empty cookie jar.
    pub(crate) fn curl(&self) -> Curl<'_> {
        Curl::new(&self.tools.curl, self.file("jar"))
    }

    /// Keeps a picture of the page, where that was asked for.
    pub(crate) fn picture(&self, browser: &Browser<'_>, name: &str) -> Result<()> {
        if let Some(dir) = &self.screenshots {
            fs::write(dir.join(format!("{name}.png")), browser.screenshot()?)?;
        }
        Ok(())
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.named.set(self.named.get() + 1);
        self.dir.join(format!("{:03}-{name}", self.named.get()))
    }
}

/// `target/browser`, emptied.
fn dir() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .nth(2)
        .context("there is no target folder")?;
    let dir = target.join("browser");
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Asks until there is an answer; none where that takes too long.
pub(crate) fn poll<T>(mut ask: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = ask()?;
        if answer.is_some() || Instant::now() > deadline {
            return Ok(answer);
        }
        thread::sleep(Duration::from_millis(20));
    }
}
