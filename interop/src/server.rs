//! Servers while they run: a peer in a process of its own, or ours in this one.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::here;
use crate::peer::{Language, Peer};
use crate::setup::Tools;

const PATIENCE: Duration = Duration::from_secs(60);

/// What a server is started with, on either side.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Signs, and verifies.
    pub(crate) secret: &'static str,
    /// Verifies too.
    pub(crate) fallback: Option<&'static str>,
    /// In seconds; none for the peer's own default.
    pub(crate) lifetime: Option<u32>,
    /// Seconds that its clock is ahead.
    pub(crate) clock: i32,
}

/// A server on this machine, until it is dropped.
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    run: Run,
}

enum Run {
    Process(Child),
    Task(JoinHandle<()>),
}

impl Server {
    /// Starts the peer.
    pub(crate) fn there(
        peer: &Peer,
        settings: Settings,
        tools: &Tools,
        log: &Path,
    ) -> Result<Self> {
        let mut command = match peer.language {
            Language::Python => tools.python(),
            Language::Node => tools.node(),
        };
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        command
            .arg(peers.join(peer.file))
            .env("SECRET", settings.secret)
            .env("FALLBACKS", settings.fallback.unwrap_or_default())
            .env("CLOCK", settings.clock.to_string())
            .env("PORT", "0")
            .env("STOP_WITH_STDIN", "1")
            .env_remove("COOKIE")
            .env_remove("LIFETIME");
        if let Some(seconds) = settings.lifetime {
            command.env("LIFETIME", seconds.to_string());
        }

        let mut child = start(&mut command, log)?;
        match address(&mut child, log) {
            Ok(address) => Ok(Self {
                name: peer.name.to_owned(),
                address,
                run: Run::Process(child),
            }),
            Err(error) => {
                stop(&mut child);
                Err(error.context(format!("{} did not start", peer.file)))
            }
        }
    }

    /// Starts ours, as the peer's partner.
    pub(crate) fn here(peer: &Peer, settings: Settings, runtime: &Runtime) -> Result<Self> {
        Self::task("here", here::app(here::config(peer, settings)?), runtime)
    }

    /// Starts an axum application.
    pub(crate) fn task(name: &str, app: Router, runtime: &Runtime) -> Result<Self> {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        Ok(Self {
            name: name.to_owned(),
            address: listener.local_addr()?,
            run: Run::Task(runtime.spawn(async move {
                axum::serve(listener, app).await.expect("it never ends");
            })),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        match &mut self.run {
            Run::Process(child) => stop(child),
            Run::Task(task) => task.abort(),
        }
    }
}

fn start(command: &mut Command, log: &Path) -> Result<Child> {
    let output = File::create(log).context("cannot write a log")?;
    command
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()
        .with_context(|| format!("cannot run {}", command.get_program().to_string_lossy()))
}

/// Waits until the peer has written where it listens.
fn address(child: &mut Child, log: &Path) -> Result<SocketAddr> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let written = fs::read_to_string(log).unwrap_or_default();
        let announced = written.lines().find_map(|line| {
            let address = line.strip_prefix("listening on ")?;
            address.parse().ok()
        });
        if let Some(address) = announced {
            return Ok(address);
        }
        if let Some(status) = child.try_wait()? {
            bail!("{status}\n{written}");
        }
        if Instant::now() > deadline {
            bail!("it says nothing for {PATIENCE:?}\n{written}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A peer that is gone already is what this is for, too.
fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}
