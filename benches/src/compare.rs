//! Asks each session crate what it does, prints a table, and fails if a row differs from the page
//! `guide::comparison`. The page is the expectation.
//!
//! ```sh
//! cargo run --release -p benches -- compare   # installs Redis if it is missing
//! ```

mod dependencies;
mod probe;

use std::process::ExitCode;

use anyhow::{Context, Result};

use self::probe::PROBES;
use crate::contender::{CONTENDERS, Contender};
use crate::world::World;

const PAGE: &str = include_str!("../../src/guide/comparison.md");

pub(crate) fn run(world: &World) -> Result<ExitCode> {
    let names = row("", |contender| Ok(contender.column.to_owned()))?;
    let line = format!("|{}", "---|".repeat(CONTENDERS.len() + 1));
    let mut rows = vec![names, line];
    for (name, probe) in PROBES {
        rows.push(row(name, |contender| {
            probe(world, contender).with_context(|| format!("{}: {name}", contender.column))
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
    // These vary with ciphertext, dates and the versions of all dependencies.
    let bytes = |contender: &Contender| Ok(probe::bytes(world, contender)?.to_string());
    println!("{}", row("bytes of the cookie of `{\"visits\":1}`", bytes)?);
    println!("{}", row("packages it adds", dependencies::count)?);
    Ok(if is_as_shown {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn row(name: &str, cell: impl Fn(&Contender) -> Result<String>) -> Result<String> {
    let cells = CONTENDERS.iter().map(cell).collect::<Result<Vec<_>>>()?;
    Ok(format!("| {name} | {} |", cells.join(" | ")))
}
