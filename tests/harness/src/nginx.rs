//! An nginx in front of other servers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{Process, need};

/// Runs until it is dropped.
pub struct Nginx {
    log: PathBuf,
    _process: Process,
}

impl Nginx {
    /// Writes a configuration, which has to say `daemon off` and `error_log stderr notice`, and starts
    /// nginx with it, in its folder. The log is next to it.
    pub fn start(file: &Path, config: &str) -> Result<Self> {
        fs::write(file, config)?;
        let folder = file.parent().context("a file has a folder")?;
        let mut command = Command::new(need("nginx", &["nginx-light"])?);
        command.arg("-p").arg(folder).arg("-c").arg(file);
        // One process, so that nothing is left when it is killed.
        command.args(["-e", "stderr", "-g", "master_process off;"]);
        let log = file.with_extension("log");
        let ready = |written: &str| written.contains("using the").then_some(());
        let (process, ()) = Process::start(&mut command, &log, ready)?;
        Ok(Self {
            log,
            _process: process,
        })
    }

    pub fn has_logged(&self, text: &str) -> Result<bool> {
        Ok(fs::read_to_string(&self.log)?.contains(text))
    }
}
