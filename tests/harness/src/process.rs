//! A program that runs until it is dropped.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a program may take to start, also on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Process(Child);

impl Process {
    /// Starts a program, and waits until `ready` finds what it looks for: in the output, which goes
    /// to the log, or elsewhere. The program's standard input ends with this process.
    pub fn start<T>(
        command: &mut Command,
        log: &Path,
        ready: impl Fn(&str) -> Option<T>,
    ) -> Result<(Self, T)> {
        let name = command.get_program().to_string_lossy().into_owned();
        let output = File::create(log).context("cannot write a log")?;
        let child = command
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot run {name}"))?;
        let mut process = Self(child);
        let deadline = Instant::now() + PATIENCE;
        loop {
            // Before the log is read, which has the last words then.
            let ended = process.0.try_wait()?;
            let written = fs::read_to_string(log)?;
            if let Some(status) = ended {
                bail!("{name} ended with {status}: {written}");
            }
            if let Some(found) = ready(&written) {
                return Ok((process, found));
            }
            if Instant::now() > deadline {
                bail!("{name} is not ready after {PATIENCE:?}: {written}");
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// With SIGKILL: nothing is written at the end.
    pub fn kill(&mut self) -> Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    /// One that is gone already is what this is for, too.
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
