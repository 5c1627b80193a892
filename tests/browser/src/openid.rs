//! The example `openid` and its provider, which runs on Node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use harness::{Process, free_ports};

use crate::migration::example;
use crate::stage::{KEY, Stage};

/// What the provider is made of, below `examples/openid/provider`.
const FILES: [&str; 3] = ["package.json", "package-lock.json", "provider.js"];

/// Both run until this is dropped. They are different sites: `localhost` and `127.0.0.1`.
pub(crate) struct OpenId<'a> {
    stage: &'a Stage,
    response_mode: &'a str,
    app: u16,
    provider: u16,
    /// The provider's address, as the application knows it.
    issuer: String,
    folder: PathBuf,
    processes: [Option<Process>; 2],
}

impl<'a> OpenId<'a> {
    pub(crate) fn start(stage: &'a Stage, response_mode: &'a str) -> Result<Self> {
        let [app, provider] = free_ports()?;
        let mut site = Self {
            stage,
            response_mode,
            app,
            provider,
            issuer: format!("http://127.0.0.1:{provider}"),
            folder: install(stage)?,
            processes: [None, None],
        };
        site.start_provider()?;
        site.start_app()?;
        Ok(site)
    }

    /// A page of the application.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.app)
    }

    /// A page of the provider.
    pub(crate) fn provider(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.provider)
    }

    /// The application gets the provider's address under another name.
    pub(crate) fn rename_issuer(&mut self) -> Result<()> {
        self.issuer = self.issuer.replace("127.0.0.1", "localhost");
        self.stop_app();
        self.start_app()
    }

    pub(crate) fn start_app(&mut self) -> Result<()> {
        let mut command = Command::new(self.stage.examples.path("openid")?);
        command
            .env("PORT", self.app.to_string())
            .env("SESSION_KEY", KEY)
            .env("ISSUER", &self.issuer)
            .env("RESPONSE_MODE", self.response_mode)
            .env_remove("ORIGIN")
            .env_remove("CLIENT_ID")
            .env_remove("CLIENT_SECRET")
            .env("NO_PROXY", "127.0.0.1,localhost");
        self.processes[0] = Some(self.launch(command, "openid.log", "listening on")?);
        Ok(())
    }

    pub(crate) fn stop_app(&mut self) {
        self.processes[0] = None;
    }

    fn start_provider(&mut self) -> Result<()> {
        let mut command = Command::new(&self.stage.tools.node);
        command
            .arg(self.folder.join("provider.js"))
            .env("PROVIDER_PORT", self.provider.to_string())
            .env("ORIGIN", self.url(""));
        self.processes[1] = Some(self.launch(command, "provider.log", "the provider is")?);
        Ok(())
    }

    pub(crate) fn stop_provider(&mut self) {
        self.processes[1] = None;
    }

    fn launch(&self, mut command: Command, log: &str, ready: &str) -> Result<Process> {
        let ready = |written: &str| written.contains(ready).then_some(());
        Ok(Process::start(&mut command, &self.stage.file(log), ready)?.0)
    }
}

/// Copies the provider next to its packages, which npm installs if they are not there yet.
fn install(stage: &Stage) -> Result<PathBuf> {
    // Not in the folder of the stage, which every run empties.
    let target = stage.dir.parent().context("there is no target folder")?;
    let folder = target.join("openid-provider");
    let is_same = |file: &str| -> Result<bool> {
        let wanted = fs::read(example("openid", &format!("provider/{file}")))?;
        Ok(fs::read(folder.join(file)).is_ok_and(|there| there == wanted))
    };
    if is_same("package-lock.json")? && folder.join("installed").exists() {
        copy(&folder)?;
        return Ok(folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    copy(&folder)?;
    let output = Command::new(&stage.tools.npm)
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .output()
        .context("cannot run npm")?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "npm ci: {error}");
    fs::write(folder.join("installed"), "")?;
    Ok(folder)
}

fn copy(folder: &Path) -> Result<()> {
    for file in FILES {
        let from = example("openid", &format!("provider/{file}"));
        fs::copy(from, folder.join(file))?;
    }
    Ok(())
}
