//! The real packages, in their newest versions, below the target folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

const PYTHON_PACKAGES: [&str; 9] = [
    "flask",
    "flask-login",
    "itsdangerous",
    "quart",
    "hypercorn",
    "starlette",
    "fastapi",
    "uvicorn",
    "django",
];
const NODE_PACKAGES: [&str; 4] = ["express", "cookie-session", "koa", "koa-session"];

/// Imports what is named on its command line, and prints `name version` of each.
const PYTHON_VERSIONS: &str = "
import importlib, importlib.metadata, sys
for name in sys.argv[1:]:
    importlib.import_module(name.replace('-', '_'))
    print(name, importlib.metadata.version(name))";
const NODE_VERSIONS: &str = "
for (const name of process.argv.slice(1)) {
  require(name)
  const file = require('path').join(process.env.NODE_PATH, name, 'package.json')
  console.log(name, JSON.parse(require('fs').readFileSync(file)).version)
}";

/// The interpreters and the packages that the peers run on.
pub(crate) struct Tools {
    /// The folder of everything that is installed and logged.
    pub(crate) folder: PathBuf,
    versions: BTreeMap<String, String>,
}

impl Tools {
    /// Installs what is not there yet, or everything anew, and tries it out.
    pub(crate) fn set_up(fresh: bool) -> Result<Self> {
        let mut tools = Self {
            folder: target_folder()?.join("interop"),
            versions: BTreeMap::new(),
        };
        if fresh && tools.folder.exists() {
            fs::remove_dir_all(&tools.folder).context("cannot remove the old packages")?;
        }
        fs::create_dir_all(tools.folder.join("node")).context("cannot make the target folder")?;

        let python = match tools.python_versions() {
            Ok(versions) => versions,
            Err(_) => {
                println!("installing {}", PYTHON_PACKAGES.join(", "));
                tools.install_python()?;
                tools.python_versions()?
            }
        };
        let node = match tools.node_versions() {
            Ok(versions) => versions,
            Err(_) => {
                println!("installing {}", NODE_PACKAGES.join(", "));
                tools.install_node()?;
                tools.node_versions()?
            }
        };
        println!("Python packages: {}", python.join(", "));
        println!("Node packages: {}", node.join(", "));
        let pairs = python.iter().chain(&node);
        tools.versions = pairs
            .filter_map(|pair| pair.split_once(' '))
            .map(|(name, version)| (name.to_owned(), version.to_owned()))
            .collect();
        Ok(tools)
    }

    pub(crate) fn version(&self, package: &str) -> &str {
        &self.versions[package]
    }

    pub(crate) fn python(&self) -> Command {
        let mut command = Command::new(self.folder.join("venv/bin/python"));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    pub(crate) fn node(&self) -> Command {
        let mut command = Command::new("node");
        command.env("NODE_PATH", self.folder.join("node/node_modules"));
        command
    }

    fn python_versions(&self) -> Result<Vec<String>> {
        let mut command = self.python();
        command.args(["-c", PYTHON_VERSIONS]).args(PYTHON_PACKAGES);
        lines(&mut command).context("the Python packages do not work")
    }

    fn node_versions(&self) -> Result<Vec<String>> {
        let mut command = self.node();
        command.args(["-e", NODE_VERSIONS]).args(NODE_PACKAGES);
        lines(&mut command).context("the Node packages do not work")
    }

    fn install_python(&self) -> Result<()> {
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"])
            .arg(self.folder.join("venv"));
        lines(&mut venv).context("Python 3 with its venv module is needed (`python3 -m venv`)")?;

        let mut pip = self.python();
        pip.args(["-m", "pip", "install", "--upgrade"])
            .args(["--quiet", "--disable-pip-version-check"])
            .args(PYTHON_PACKAGES);
        lines(&mut pip).context("pip could not install the Python packages")?;
        Ok(())
    }

    fn install_node(&self) -> Result<()> {
        lines(Command::new("node").arg("--version")).context("Node is needed (`node`)")?;

        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"])
            .arg(self.folder.join("node"))
            .args(NODE_PACKAGES.map(|name| format!("{name}@latest")));
        lines(&mut npm).context("npm could not install the Node packages")?;
        Ok(())
    }
}

/// Cargo's target folder: this program runs from `target/debug` or `target/release`.
fn target_folder() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where does this program run from?")?;
    let target = program.parent().and_then(Path::parent);
    Ok(target.context("run this with `cargo run`")?.to_owned())
}

/// What a command prints, where it succeeds.
fn lines(command: &mut Command) -> Result<Vec<String>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => bail!("cannot run {program}: {error}"),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "{program} failed: {}\n{text}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(text.lines().map(str::to_owned).collect())
}
