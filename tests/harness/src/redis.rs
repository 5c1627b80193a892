//! A Redis server of our own, until it is dropped.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::{Process, free_ports, need};

pub struct Redis {
    keeps: Keeps,
    port: u16,
    folder: PathBuf,
    /// Settings next to those of `launch`.
    settings: Vec<String>,
    process: Process,
}

/// What it still has after a restart.
#[derive(Clone, Copy)]
pub enum Keeps {
    /// What it confirmed, on the disk.
    Everything,
    /// As is usual for sessions in a store.
    Nothing,
}

impl Redis {
    /// Starts one on a free port, with an empty folder.
    pub fn start(folder: PathBuf, keeps: Keeps) -> Result<Self> {
        Self::start_with(folder, keeps, |_| Vec::new())
    }

    /// The same, with settings of its own, which may name the port.
    pub fn start_with(
        folder: PathBuf,
        keeps: Keeps,
        settings: impl FnOnce(u16) -> Vec<String>,
    ) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let [port] = free_ports()?;
        let settings = settings(port);
        Ok(Self {
            process: launch(&folder, port, keeps, &settings)?,
            keeps,
            port,
            folder,
            settings,
        })
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// With SIGKILL: nothing is written at the end.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// It answers no more, and its connections stay.
    pub fn freeze(&self) -> Result<()> {
        self.signal("-STOP")
    }

    pub fn thaw(&self) -> Result<()> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let pid = self.pid().to_string();
        let status = Command::new("kill").args([signal, &pid]).status()?;
        ensure!(status.success(), "kill {signal}: {status}");
        Ok(())
    }

    pub fn restart(&mut self) -> Result<()> {
        self.process = launch(&self.folder, self.port, self.keeps, &self.settings)?;
        Ok(())
    }

    /// Another server comes in its place, which knows nothing.
    pub fn replace_with_empty(&mut self) -> Result<()> {
        self.kill()?;
        fs::remove_dir_all(&self.folder)?;
        fs::create_dir_all(&self.folder)?;
        self.restart()
    }

    pub fn version() -> Result<String> {
        let output = Command::new(program()?).arg("--version").output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let words: Vec<_> = text.split_whitespace().take(3).collect();
        Ok(words.join(" "))
    }
}

fn program() -> Result<PathBuf> {
    need("redis-server", &["redis-server"])
}

fn launch(folder: &Path, port: u16, keeps: Keeps, settings: &[String]) -> Result<Process> {
    let append: &[&str] = match keeps {
        // What was ended has to stay so: it is on the disk before it is confirmed. It is little, and
        // written rarely.
        Keeps::Everything => &["--appendonly", "yes", "--appendfsync", "always"],
        Keeps::Nothing => &["--appendonly", "no"],
    };
    let mut command = Command::new(program()?);
    command
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .arg("--dir")
        .arg(folder)
        .args(append)
        .args(["--save", ""])
        // It forgets nothing to make room.
        .args(["--maxmemory-policy", "noeviction"])
        .args(settings);
    let connects = |_: &str| TcpStream::connect(("127.0.0.1", port)).ok();
    let (process, _) = Process::start(&mut command, &folder.join("redis.log"), connects)?;
    Ok(process)
}
