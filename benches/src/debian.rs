//! Programs from Debian's packages.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Installs the package that has the program, where it is missing.
pub(crate) fn need(program: &str, package: &str) -> Result<()> {
    if is_installed(program)? {
        return Ok(());
    }
    eprintln!("installing {package}");
    install(package).with_context(|| format!("{program} is missing"))?;
    ensure!(
        is_installed(program)?,
        "the package {package} did not bring {program}"
    );
    Ok(())
}

/// Whether it can be run, whatever it answers: wrk has no `--version`.
fn is_installed(program: &str) -> Result<bool> {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    match command.output() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot run {program}")),
    }
}

fn install(package: &str) -> Result<()> {
    apt_get(&["update", "-qq"])?;
    apt_get(&["install", "-y", "-qq", "--no-install-recommends", package])
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    let output = command.output().context("cannot run apt-get")?;
    ensure!(
        output.status.success(),
        "apt-get {}: {}\n{}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
