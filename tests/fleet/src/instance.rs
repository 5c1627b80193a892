//! A process of the fleet, on a port that it keeps over restarts.

use std::env;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::time::sleep;

/// What an instance is started with.
#[derive(Clone)]
pub(crate) struct Settings {
    /// The first one signs.
    pub(crate) keys: Vec<&'static str>,
    /// Of tokens. The first one is written, the others are those of fallback configs.
    pub(crate) versions: Vec<&'static str>,
    pub(crate) release: u8,
    /// Seconds by which its clock is ahead.
    pub(crate) ahead: i64,
}

pub(crate) struct Instance {
    pub(crate) port: u16,
    pub(crate) settings: Settings,
    process: Child,
}

impl Instance {
    pub(crate) async fn start(port: u16, settings: Settings) -> Result<Self> {
        let process = launch(port, &settings)?;
        let mut instance = Self {
            port,
            settings,
            process,
        };
        instance.listens().await?;
        Ok(instance)
    }

    /// Kills it where it stands (SIGKILL), and starts it with its present settings.
    pub(crate) async fn restart(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        // Long enough for requests to find the instance gone.
        sleep(Duration::from_millis(30)).await;
        self.process = launch(self.port, &self.settings)?;
        self.listens().await
    }

    async fn listens(&mut self) -> Result<()> {
        for _ in 0..500 {
            if let Some(status) = self.process.try_wait()? {
                bail!("an instance ended with {status}");
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(10)).await;
        }
        bail!("an instance does not listen on port {}", self.port)
    }
}

fn launch(port: u16, settings: &Settings) -> Result<Child> {
    Command::new(env::current_exe()?)
        .arg("serve")
        .env("PORT", port.to_string())
        .env("KEYS", settings.keys.join(","))
        .env("VERSIONS", settings.versions.join(","))
        .env("RELEASE", settings.release.to_string())
        .env("CLOCK_AHEAD", settings.ahead.to_string())
        .stdin(Stdio::piped())
        .spawn()
        .context("cannot start an instance")
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
