//! A Redis server of our own, for as long as it is kept.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

pub(crate) struct RedisServer {
    keeps: Keeps,
    port: u16,
    dir: PathBuf,
    process: Child,
}

/// What it still has after a restart.
#[derive(Clone, Copy)]
pub(crate) enum Keeps {
    /// What it confirmed, on the disk.
    Everything,
    /// As is usual for sessions in a store.
    Nothing,
}

impl RedisServer {
    /// Starts one on a free port, with an empty folder.
    pub(crate) fn start(dir: PathBuf, keeps: Keeps) -> Result<Self> {
        install()?;
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        fs::create_dir_all(&dir)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let process = launch(&dir, port, keeps)?;
        Ok(Self {
            keeps,
            port,
            dir,
            process,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// With SIGKILL: nothing is written at the end.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// It answers no more, and its connections stay.
    pub(crate) fn freeze(&self) -> Result<()> {
        self.signal("-STOP")
    }

    pub(crate) fn thaw(&self) -> Result<()> {
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status()?;
        ensure!(status.success(), "kill {signal}: {status}");
        Ok(())
    }

    pub(crate) fn restart(&mut self) -> Result<()> {
        self.process = launch(&self.dir, self.port, self.keeps)?;
        Ok(())
    }
}

impl Drop for RedisServer {
    /// One that is gone already is what this is for, too.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn version() -> Result<String> {
    let output = Command::new("redis-server").arg("--version").output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" "))
}

/// Debian's package, where the program is missing.
fn install() -> Result<()> {
    if version().is_ok() {
        return Ok(());
    }
    eprintln!("redis-server is missing: apt-get install redis-server");
    for arguments in [
        &["update", "-qq"][..],
        &[
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "redis-server",
        ],
    ] {
        let status = Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments)
            .stdout(Stdio::null())
            .status()
            .context("redis-server is missing, and so is apt-get: install it by hand")?;
        ensure!(status.success(), "apt-get {arguments:?}: {status}");
    }
    version().map(drop).context("redis-server is still missing")
}

fn launch(dir: &Path, port: u16, keeps: Keeps) -> Result<Child> {
    let append: &[&str] = match keeps {
        // What was ended has to stay so: it is on the disk before it is confirmed. It is little, and
        // written rarely.
        Keeps::Everything => &["--appendonly", "yes", "--appendfsync", "always"],
        Keeps::Nothing => &["--appendonly", "no"],
    };
    let mut process = Command::new("redis-server")
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .arg("--dir")
        .arg(dir)
        .args(append)
        .args(["--save", ""])
        // It forgets nothing to make room.
        .args(["--maxmemory-policy", "noeviction"])
        .stdin(Stdio::null())
        .stdout(fs::File::create(dir.join("redis.log"))?)
        .spawn()
        .context("cannot run redis-server")?;
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if let Some(status) = process.try_wait()? {
            bail!("redis-server ended with {status}: see {}", dir.display());
        }
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(process);
        }
        thread::sleep(Duration::from_millis(10));
    }
    let _ = process.kill();
    let _ = process.wait();
    bail!("redis-server does not listen")
}
