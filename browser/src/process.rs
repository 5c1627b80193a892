//! A program that runs until it is dropped.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::stage::poll;

pub(crate) struct Process(Child);

impl Process {
    /// Starts a program, and waits until `ready` finds in its output what it looks for.
    pub(crate) fn start<T>(
        command: &mut Command,
        log: &Path,
        ready: impl Fn(&str) -> Option<T>,
    ) -> Result<(Self, T)> {
        let name = command.get_program().to_string_lossy().into_owned();
        let output = File::create(log).context("cannot write a log")?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot run {name}"))?;
        let mut process = Self(child);
        let found = poll(|| {
            let written = fs::read_to_string(log)?;
            if let Some(status) = process.0.try_wait()? {
                bail!("{name} ended with {status}: {written}");
            }
            Ok(ready(&written))
        })?;
        let found = found.with_context(|| format!("{name} is not ready in time"))?;
        Ok((process, found))
    }
}

impl Drop for Process {
    /// One that is gone already is what this is for, too.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
