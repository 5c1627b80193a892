//! The programs of the machine that the checks need.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

const PACKAGES: &str = "chromium chromium-driver curl nginx-light python3 python3-venv";

/// Where the programs are.
pub(crate) struct Tools {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
    pub(crate) curl: PathBuf,
    pub(crate) nginx: PathBuf,
    pub(crate) python: PathBuf,
}

impl Tools {
    /// Installs what is missing, where that may be done.
    pub(crate) fn find() -> Result<Self> {
        match Self::found() {
            Ok(tools) => Ok(tools),
            Err(missing) => {
                eprintln!("{missing}");
                install().context(missing)?;
                Self::found()
            }
        }
    }

    fn found() -> Result<Self> {
        Ok(Self {
            chromium: find("chromium")?,
            chromedriver: find("chromedriver")?,
            curl: find("curl")?,
            nginx: find("nginx")?,
            python: find("python3")?,
        })
    }

    /// In one line.
    pub(crate) fn versions(&self) -> Result<String> {
        let programs = [&self.chromium, &self.chromedriver, &self.curl];
        let versions: Result<Vec<String>> =
            programs.map(|path| version(path)).into_iter().collect();
        Ok(versions?.join(", "))
    }
}

fn find(program: &str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian's nginx is where only root's PATH leads.
    let found = env::split_paths(&path)
        .chain([PathBuf::from("/usr/sbin")])
        .map(|dir| dir.join(program))
        .find(|path| path.is_file());
    let Some(found) = found else {
        bail!("{program} is missing: apt-get install {PACKAGES}");
    };
    Ok(found)
}

fn install() -> Result<()> {
    for arguments in ["update -qq", "install -y -qq --no-install-recommends"] {
        let mut command = Command::new("apt-get");
        command.args(arguments.split(' '));
        if arguments.starts_with("install") {
            command.args(PACKAGES.split(' '));
        }
        let command = command.env("DEBIAN_FRONTEND", "noninteractive");
        let status = command.stdout(Stdio::null()).status();
        let status = status.context("there is no apt-get")?;
        ensure!(status.success(), "apt-get {arguments}: {status}");
    }
    Ok(())
}

/// The first two words: name and number.
fn version(program: &Path) -> Result<String> {
    let output = Command::new(program)
        .arg("--version")
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    ensure!(
        output.status.success(),
        "{} --version: {}",
        program.display(),
        output.status
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let words: Vec<&str> = text.split_whitespace().take(2).collect();
    Ok(words.join(" "))
}
