//! An example program while it serves.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use harness::{Process, free_ports};

/// A process of its own, until it is dropped.
pub(crate) struct Server {
    program: PathBuf,
    log: PathBuf,
    port: u16,
    process: Process,
}

impl Server {
    /// Starts a program on a port that is free.
    pub(crate) fn start(program: &Path, log: PathBuf, key: &str) -> Result<Self> {
        let [port] = free_ports()?;
        Ok(Self {
            process: launch(program, &log, port, key)?,
            program: program.to_owned(),
            log,
            port,
        })
    }

    /// Kills it, and starts it on the same port.
    pub(crate) fn restart(self, key: &str) -> Result<Self> {
        let Self {
            program,
            log,
            port,
            process,
        } = self;
        drop(process);
        Ok(Self {
            process: launch(&program, &log, port, key)?,
            program,
            log,
            port,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }
}

fn launch(program: &Path, log: &Path, port: u16, key: &str) -> Result<Process> {
    let mut command = Command::new(program);
    command
        .env("PORT", port.to_string())
        .env("SESSION_KEY", key)
        .env_remove("INSECURE");
    let announced = format!("listening on http://localhost:{port}");
    let ready = |written: &str| written.contains(&announced).then_some(());
    let (process, ()) = Process::start(&mut command, log, ready)?;
    Ok(process)
}
