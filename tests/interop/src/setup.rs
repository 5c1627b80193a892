//! The real packages, below the target folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::peer::{Language, PEERS, Packages, Peer};

/// Imports the packages on its command line, and prints `name version` of each.
const PYTHON_VERSIONS: &str = "
import importlib, importlib.metadata, sys
for name in sys.argv[1:]:
    importlib.import_module(name.replace('-', '_'))
    print(name, importlib.metadata.version(name))";
const NODE_VERSIONS: &str = "
for (const name of process.argv.slice(1)) {
  // What has no CommonJS is imported when its server starts.
  try { require(name) } catch (error) { if (!/ESM|EXPORTED/.test(error.code)) throw error }
  const file = require('path').join(process.env.NODE_PATH, name, 'package.json')
  console.log(name, JSON.parse(require('fs').readFileSync(file)).version)
}";

const RUBY_VERSIONS: &str = "
%w[activesupport activemodel actionview actionpack railties].each do |gem|
  $LOAD_PATH.unshift(\"#{ENV['RAILS']}/#{gem}/lib\") if ENV['RAILS']
end
require 'rails/version'
require 'webrick'
puts \"rails #{Rails::VERSION::STRING}\"";

/// Written into the folder of packages once they work: what was asked for.
const STAMP: &str = "installed.txt";

/// The interpreters and the packages that the peers run on.
pub(crate) struct Tools {
    /// The folder of everything that is installed and logged.
    pub(crate) folder: PathBuf,
    /// By folder of packages, then by name.
    versions: BTreeMap<&'static str, BTreeMap<String, String>>,
}

impl Tools {
    /// Installs the packages of these peers unless they are there, and tries them out. If `fresh`,
    /// it removes all packages first.
    pub(crate) fn set_up(fresh: bool, peers: &[&Peer]) -> Result<Self> {
        let mut tools = Self {
            folder: target_folder()?.join("interop"),
            versions: BTreeMap::new(),
        };
        if fresh && tools.folder.exists() {
            fs::remove_dir_all(&tools.folder).context("cannot remove the old packages")?;
        }
        fs::create_dir_all(&tools.folder).context("cannot make the target folder")?;

        for peer in peers {
            let packages = peer.packages;
            if !tools.versions.contains_key(packages.folder) {
                let versions = tools
                    .installed(packages)
                    .with_context(|| format!("the packages of {} do not work", peer.name))?;
                tools.versions.insert(packages.folder, versions);
            }
        }
        Ok(tools)
    }

    /// Installs packages that no peer has.
    pub(crate) fn set_up_one(packages: &Packages) -> Result<Self> {
        let mut tools = Self::set_up(false, &[])?;
        let versions = tools.installed(packages)?;
        tools.versions.insert(packages.folder, versions);
        Ok(tools)
    }

    /// The versions of a peer, such as `flask 3.1.3, itsdangerous 2.2.0`.
    pub(crate) fn versions(&self, peer: &Peer) -> String {
        let versions = &self.versions[peer.packages.folder];
        let shown = peer
            .shown
            .iter()
            .map(|name| format!("{name} {}", versions[*name]));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The interpreter that sees these packages.
    pub(crate) fn interpreter(&self, packages: &Packages) -> Command {
        let folder = self.folder.join(packages.folder);
        match packages.language {
            Language::Python => {
                let mut command = Command::new(folder.join("bin/python"));
                command
                    .env("PYTHONDONTWRITEBYTECODE", "1")
                    .env("PYTHONWARNINGS", "ignore");
                command
            }
            Language::Node => {
                let mut command = Command::new("node");
                command
                    .env("NODE_PATH", folder.join("node_modules"))
                    .env("NODE_NO_WARNINGS", "1");
                command
            }
            Language::Ruby => {
                let mut command = Command::new("ruby");
                command.env_remove("RAILS");
                if !packages.names.is_empty() {
                    command.env("RAILS", folder);
                }
                command
            }
        }
    }

    fn installed(&self, packages: &Packages) -> Result<BTreeMap<String, String>> {
        let stamp = self.folder.join(packages.folder).join(STAMP);
        let wanted = packages.names.join(" ");
        let is_there = fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted);
        let known = is_there.then(|| self.try_out(packages).ok()).flatten();
        if let Some(versions) = known {
            return Ok(versions);
        }
        println!("installing {wanted}");
        match packages.language {
            Language::Python => self.install_python(packages)?,
            Language::Node => self.install_node(packages)?,
            Language::Ruby => self.install_ruby(packages)?,
        }
        let versions = self.try_out(packages)?;
        fs::write(&stamp, wanted).context("cannot write the target folder")?;
        Ok(versions)
    }

    /// Imports the packages.
    fn try_out(&self, packages: &Packages) -> Result<BTreeMap<String, String>> {
        let mut command = self.interpreter(packages);
        match packages.language {
            Language::Python => command.args(["-c", PYTHON_VERSIONS]),
            Language::Node => command.args(["-e", NODE_VERSIONS]),
            Language::Ruby => return versions(command.args(["-e", RUBY_VERSIONS])),
        };
        let names = packages.names.iter().map(|name| bare(name));
        versions(command.args(names))
    }

    fn install_python(&self, packages: &Packages) -> Result<()> {
        let folder = self.folder.join(packages.folder);
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&folder);
        lines(&mut venv).context("Python 3 with its venv module is needed (`python3 -m venv`)")?;

        let mut pip = self.interpreter(packages);
        pip.args(["-m", "pip", "install", "--upgrade"])
            .args(["--quiet", "--disable-pip-version-check"])
            .args(packages.names);
        lines(&mut pip).context("pip could not install the packages")?;
        Ok(())
    }

    fn install_node(&self, packages: &Packages) -> Result<()> {
        lines(Command::new("node").arg("--version")).context("Node is needed (`node`)")?;
        let folder = self.folder.join(packages.folder);
        if folder.exists() {
            fs::remove_dir_all(&folder).context("cannot remove the old packages")?;
        }
        fs::create_dir_all(&folder).context("cannot make the folder of packages")?;

        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .args(packages.names);
        lines(&mut npm).context("npm could not install the packages")?;
        Ok(())
    }

    /// Debian installs its own Rails, and others come from a clone.
    fn install_ruby(&self, packages: &Packages) -> Result<()> {
        let folder = self.folder.join(packages.folder);
        fs::create_dir_all(&folder).context("cannot make the folder of packages")?;
        let Some(tag) = packages.names.first() else {
            return Ok(());
        };
        let clone = std::env::var_os(RAILS_GIT);
        let clone = clone.with_context(|| format!("{RAILS_GIT} has to name a clone of Rails"))?;
        let archive = folder.join("rails.tar");
        let gems = [
            "activesupport",
            "activemodel",
            "actionview",
            "actionpack",
            "railties",
        ];
        let mut git = Command::new("git");
        git.arg("-C")
            .arg(clone)
            .arg("archive")
            .arg("-o")
            .arg(&archive);
        git.arg(tag).args(gems.map(|gem| format!("{gem}/lib")));
        lines(&mut git).context("git could not read the clone of Rails")?;
        lines(
            Command::new("tar")
                .arg("-C")
                .arg(&folder)
                .arg("-xf")
                .arg(&archive),
        )?;
        Ok(())
    }
}

/// Prints the versions of packages, and parses them.
fn versions(command: &mut Command) -> Result<BTreeMap<String, String>> {
    let pairs = lines(command)?;
    let pairs = pairs.iter().filter_map(|pair| pair.split_once(' '));
    Ok(pairs
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect())
}

/// The variable that names a clone of Rails.
const RAILS_GIT: &str = "RAILS_GIT";

/// The peers of these names. If there is no name, all of them, but those that need a clone of Rails
/// only if there is one.
pub(crate) fn chosen(names: &[String]) -> Vec<&'static Peer> {
    const KNOWN: &[Peer] = &PEERS;
    let can_run = |packages: &Packages| {
        packages.language != Language::Ruby
            || packages.names.is_empty()
            || std::env::var_os(RAILS_GIT).is_some()
    };
    KNOWN
        .iter()
        .filter(|peer| match names {
            [] => can_run(peer.packages),
            _ => names.iter().any(|name| name == peer.name),
        })
        .collect()
}

/// The name of a package without the version that is asked for.
fn bare(package: &str) -> &str {
    let scope = usize::from(package.starts_with('@'));
    let end = package[scope..].find(['=', '@']);
    end.map_or(package, |end| &package[..scope + end])
}

/// Cargo's target folder: this program runs from `target/debug` or `target/release`.
fn target_folder() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where does this program run from?")?;
    let target = program.parent().and_then(Path::parent);
    Ok(target.context("run this with `cargo run`")?.to_owned())
}

/// Runs a command and returns its output. Fails if the command fails.
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
