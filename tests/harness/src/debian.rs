//! Programs from Debian's packages.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The path of a program. Where it is missing, packages that bring it are installed, which needs root
/// and Debian. Who comes next finds the program, and installs nothing.
pub fn need(program: &str, packages: &[&str]) -> Result<PathBuf> {
    if let Some(path) = find(program) {
        return Ok(path);
    }
    let names = packages.join(" ");
    eprintln!("{program} is missing: apt-get install {names}");
    let install = ["install", "-y", "-qq", "--no-install-recommends"];
    apt_get(&["update", "-qq"])
        .and_then(|()| apt_get(&[&install, packages].concat()))
        .with_context(|| {
            format!("{program} is missing; install it by hand, or as root on Debian")
        })?;
    find(program).with_context(|| format!("there is no {program} after apt-get install {names}"))
}

fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        // Debian's nginx is where only root's PATH leads.
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|dir| dir.join(program))
        .find(|path| path.is_file())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let output = Command::new("apt-get")
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null())
        .output()
        .context("cannot run apt-get")?;
    ensure!(
        output.status.success(),
        "apt-get {}: {}\n{}",
        arguments.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
