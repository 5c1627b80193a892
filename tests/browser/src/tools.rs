//! The programs of the machine that the checks need.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

const PACKAGES: [&str; 12] = [
    // The program alone: `apache2` would start the system's service.
    "apache2-bin",
    "chromium",
    "chromium-driver",
    "curl",
    "nginx-light",
    "nodejs",
    "npm",
    "python3",
    "python3-venv",
    "ruby-actionpack",
    "ruby-railties",
    "ruby-webrick",
];

/// Where the programs are.
pub(crate) struct Tools {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
    pub(crate) curl: PathBuf,
    pub(crate) node: PathBuf,
    pub(crate) npm: PathBuf,
    pub(crate) python: PathBuf,
    pub(crate) ruby: PathBuf,
}

impl Tools {
    /// Installs what is missing, where that may be done.
    pub(crate) fn find() -> Result<Self> {
        let need = |program| harness::need(program, &PACKAGES);
        // Or what needs it would fail in the midst of the checks.
        need("nginx")?;
        need("apache2")?;
        Ok(Self {
            chromium: need("chromium")?,
            chromedriver: need("chromedriver")?,
            curl: need("curl")?,
            node: need("node")?,
            npm: need("npm")?,
            python: need("python3")?,
            ruby: need("ruby")?,
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
