//! Drives a real Chromium and a real curl against the example programs. See README.md.

mod app;
mod bound;
mod browser;
mod certificate;
mod checks;
mod curl;
mod examples;
mod migration;
mod openid;
mod proxy;
mod server;
mod settings;
mod site;
mod stage;
mod stored;
mod token;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use crate::checks::{CHECKS, Check};
use crate::stage::Stage;

/// What the command line asks for.
#[derive(Default)]
struct Wanted {
    /// Where pictures of the pages go.
    screenshots: Option<PathBuf>,
    /// Parts of checks' names; none for all checks.
    names: Vec<String>,
}

impl Wanted {
    fn has(&self, check: &Check) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| check.name.contains(name))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("browser: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything passed.
fn run() -> Result<bool> {
    let wanted = arguments()?;
    let chosen: Vec<&Check> = CHECKS.iter().filter(|check| wanted.has(check)).collect();
    ensure!(!chosen.is_empty(), "no check is called that");

    let stage = Stage::set_up(wanted.screenshots)?;
    println!("{}", stage.versions()?);
    let failed = chosen.iter().filter(|check| !play(check, &stage)).count();
    if failed > 0 {
        println!("what the servers said: {}", stage.dir.display());
    }
    drop(stage);
    println!("{} passed, {failed} failed", chosen.len() - failed);
    Ok(failed == 0)
}

fn play(check: &Check, stage: &Stage) -> bool {
    let result = (check.play)(stage);
    match &result {
        Ok(()) => println!("ok {}", check.name),
        Err(error) => println!("FAILED {}: {error:#}", check.name),
    }
    result.is_ok()
}

fn arguments() -> Result<Wanted> {
    let mut wanted = Wanted::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--screenshots" => {
                let dir = arguments.next().context("--screenshots needs a folder")?;
                wanted.screenshots = Some(dir.into());
            }
            option if option.starts_with('-') => {
                bail!("what is {option}? Known are --screenshots DIR and parts of checks' names")
            }
            _ => wanted.names.push(argument),
        }
    }
    Ok(wanted)
}
