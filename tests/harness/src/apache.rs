//! An Apache httpd in front of other servers.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{Process, need};

/// Runs until it is dropped.
pub struct Apache {
    _process: Process,
}

impl Apache {
    /// Writes a configuration, which has to listen on this port of 127.0.0.1, and starts Apache with
    /// it, in its folder. The log is next to it.
    pub fn start(file: &Path, config: &str, port: u16) -> Result<Self> {
        fs::write(file, config)?;
        let folder = file.parent().context("a file has a folder")?;
        // The package of the program alone: `apache2` would start the system's service.
        let mut command = Command::new(need("apache2", &["apache2-bin"])?);
        // One process, so that nothing is left when it is killed.
        command.arg("-X").arg("-d").arg(folder).arg("-f").arg(file);
        command.args(["-E", "/dev/stderr"]);
        let connects = |_: &str| TcpStream::connect(("127.0.0.1", port)).ok();
        let log = file.with_extension("log");
        let (process, _) = Process::start(&mut command, &log, connects)?;
        Ok(Self { _process: process })
    }
}
