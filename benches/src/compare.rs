//! Asks each session crate what it does, prints a table, and fails where a row is not the one that
//! the page `guide::comparison` shows: the page is what is expected.
//!
//! ```sh
//! cargo run --release -p benches -- compare   # installs Redis if it is missing
//! ```

mod app;
mod contender;
mod dependencies;
mod probe;
mod world;

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::compare::contender::{CONTENDERS, Contender};
use crate::compare::probe::PROBES;
use crate::compare::world::World;

const PAGE: &str = include_str!("../../src/guide/comparison.md");

pub(crate) fn run() -> Result<ExitCode> {
    let world = World::new()?;
    let names = row("", |contender| Ok(contender.name.to_owned()))?;
    let line = format!("|{}", "---|".repeat(CONTENDERS.len() + 1));
    let mut rows = vec![names, line];
    for (name, probe) in PROBES {
        rows.push(row(name, |contender| {
            probe(&world, contender).with_context(|| format!("{}: {name}", contender.name))
        })?);
    }
    let mut is_as_shown = true;
    for row in rows {
        println!("{row}");
        if !PAGE.lines().any(|line| line == row) {
            eprintln!("^ not in guide/comparison.md");
            is_as_shown = false;
        }
    }
    // Figures of a day: they vary with ciphertext, dates and the versions of anything.
    let bytes = |contender: &Contender| Ok(probe::bytes(&world, contender)?.to_string());
    println!("{}", row("bytes of the cookie of `{\"visits\":1}`", bytes)?);
    println!("{}", row("packages it adds", dependencies::count)?);
    Ok(match is_as_shown {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn row(name: &str, cell: impl Fn(&Contender) -> Result<String>) -> Result<String> {
    let cells = CONTENDERS.iter().map(cell).collect::<Result<Vec<_>>>()?;
    Ok(format!("| {name} | {} |", cells.join(" | ")))
}
