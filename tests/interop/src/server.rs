//! Servers while they run: a peer in a process of its own, or ours in this one.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use axum::Router;
use harness::Process;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::here;
use crate::peer::Peer;
use crate::setup::Tools;

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
    /// Of the peer alone: [`USUAL`](crate::peer::USUAL), or one of [`Peer::refused`].
    pub(crate) variant: &'static str,
}

/// A server on this machine, until it is dropped.
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    run: Run,
}

enum Run {
    Process { _process: Process },
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
        let mut command = tools.interpreter(peer.packages);
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        command
            .arg(peers.join(peer.file))
            .env("SECRET", settings.secret)
            .env("FALLBACKS", settings.fallback.unwrap_or_default())
            .env("CLOCK", settings.clock.to_string())
            .env("VARIANT", settings.variant)
            .env("PORT", "0")
            .env("STOP_WITH_STDIN", "1")
            .env_remove("COOKIE")
            .env_remove("LIFETIME");
        if let Some(seconds) = settings.lifetime {
            command.env("LIFETIME", seconds.to_string());
        }

        let (process, address) = Process::start(&mut command, log, address)
            .with_context(|| format!("{} did not start", peer.file))?;
        Ok(Self {
            name: peer.name.to_owned(),
            address,
            run: Run::Process { _process: process },
        })
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
        if let Run::Task(task) = &self.run {
            task.abort();
        }
    }
}

/// Where the peer has written that it listens.
fn address(written: &str) -> Option<SocketAddr> {
    written.lines().find_map(|line| {
        let address = line.strip_prefix("listening on ")?;
        address.parse().ok()
    })
}
