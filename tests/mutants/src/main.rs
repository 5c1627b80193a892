//! Changes the library in all the ways that cargo-mutants knows, and fails if no test notices; see
//! README.md.

mod accepted;
mod library;
mod mutant;
mod rewrite;
mod suite;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::Parser;

use crate::accepted::{Accepted, Survivor};
use crate::library::Library;
use crate::mutant::Mutant;
use crate::suite::{Outcome, Suite, in_parallel};

/// Tests the tests of the library: changes the code, and expects that one of them fails
#[derive(Parser)]
struct Arguments {
    /// Only the mutants of these files, such as src/token/mac.rs
    files: Vec<String>,

    /// Only the mutants of files that differ from those at this commit
    #[arg(long, value_name = "COMMIT", conflicts_with = "files")]
    since: Option<String>,

    /// Start no further mutant if the mutants have taken this long, and say how many are left
    #[arg(long)]
    seconds: Option<u64>,
}

fn main() -> Result<ExitCode> {
    let start = Instant::now();
    let arguments = Arguments::parse();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()?;
    let accepted = Accepted::read(include_str!("../accepted.toml"))?;

    for file in &arguments.files {
        ensure!(
            mutant::is_source(&workspace, file),
            "{file} is not a file of the library. Name it as src/token/mac.rs"
        );
    }
    let files = match &arguments.since {
        Some(commit) => Some(mutant::changed_since(&workspace, commit)?),
        None if arguments.files.is_empty() => None,
        None => Some(arguments.files),
    };
    if files.as_ref().is_some_and(Vec::is_empty) {
        println!("no file of the library has changed");
        return Ok(ExitCode::SUCCESS);
    }
    let is_chosen = |file: &str| {
        let files = files.as_ref();
        files.is_none_or(|files| files.iter().any(|chosen| chosen == file))
    };
    let all = mutant::list(&workspace)?;
    let stale = stale(&accepted, &all);
    let mut mutants = all;
    mutants.retain(|mutant| is_chosen(&mutant.file));
    // A part of them is a fair sample if the time does not suffice for all.
    mutants.sort_by_key(|mutant| {
        let mut hasher = DefaultHasher::new();
        mutant.name.hash(&mut hasher);
        hasher.finish()
    });
    println!("{} mutants", mutants.len());
    if mutants.is_empty() {
        return Ok(finish(&stale));
    }

    let mut library = Library::copy(&workspace)?;
    library.switch(&mutants)?;
    let suite = Suite::record(library.folder(), library.build()?)?;
    println!(
        "{} tests pass without a mutant, in {:.1?}; built after {:.0?}",
        suite.len(),
        suite.took(),
        start.elapsed()
    );

    let built = Instant::now();
    let is_late = || {
        let limit = arguments.seconds.map(Duration::from_secs);
        limit.is_some_and(|limit| built.elapsed() > limit)
    };
    let (singles, switched): (Vec<_>, Vec<_>) = mutants
        .iter()
        .partition(|mutant| library.single.contains(&mutant.id));
    let mut results = Vec::new();
    results.extend(in_parallel(&switched, |_, mutant| {
        let outcome = if is_late() {
            Outcome::LeftOut
        } else {
            suite.run(mutant.id)?
        };
        show(mutant, outcome, &accepted);
        Ok((*mutant, outcome))
    }));
    for mutant in singles {
        let outcome = if is_late() {
            Outcome::LeftOut
        } else {
            let near = switched.iter().filter(|near| near.file == mutant.file);
            let first = suite.widest(&near.map(|near| near.id).collect(), 4);
            run_single(&library, &suite, &first, mutant)?
        };
        show(mutant, outcome, &accepted);
        results.push(Ok((mutant, outcome)));
    }
    let results = results.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(report(
        &mutants, &library, &results, &accepted, stale, start,
    ))
}

/// Shows at once what will be a problem.
fn show(mutant: &Mutant, outcome: Outcome, accepted: &Accepted) {
    if accepted.get(&mutant.name).is_some() {
        return;
    }
    match outcome {
        Outcome::Survived => println!("survived: {}", mutant.place()),
        Outcome::Unreached => println!("no test reaches: {}", mutant.place()),
        _ => {}
    }
}

/// Builds a mutant that cannot be switched. The tests that reach the most of its file are built first.
fn run_single(
    library: &Library,
    suite: &Suite,
    first: &[&str],
    mutant: &Mutant,
) -> Result<Outcome> {
    library.write_single(mutant)?;
    let mut outcome = Outcome::Survived;
    for targets in [first, &[]] {
        outcome = match library.build_single(targets)? {
            Some(binaries) => suite.run_single(&binaries)?,
            None => Outcome::Unviable,
        };
        if outcome != Outcome::Survived {
            break;
        }
    }
    library.restore(mutant)?;
    Ok(outcome)
}

fn report(
    mutants: &[Mutant],
    library: &Library,
    results: &[(&Mutant, Outcome)],
    accepted: &Accepted,
    mut problems: Vec<String>,
    start: Instant,
) -> ExitCode {
    let count = |outcome| results.iter().filter(|(_, of)| *of == outcome).count();
    let (mut explained, mut open) = (0, 0);
    let mut survivors: Vec<_> = results.iter().collect();
    survivors.sort_by_key(|(mutant, _)| mutant.id);
    for (mutant, outcome) in survivors {
        match (outcome, accepted.get(&mutant.name)) {
            (Outcome::Survived | Outcome::Unreached, Some(Survivor::Accepted)) => explained += 1,
            (Outcome::Survived | Outcome::Unreached, Some(Survivor::Open)) => open += 1,
            (Outcome::Survived, None) => problems.push(format!("survived: {}", mutant.place())),
            (Outcome::Unreached, None) => {
                problems.push(format!("no test reaches: {}", mutant.place()));
            }
            (Outcome::Caught | Outcome::TimedOut | Outcome::Unviable, Some(_)) => {
                problems.push(format!(
                    "in accepted.toml, but it is noticed: {}",
                    mutant.name
                ));
            }
            (Outcome::LeftOut, _) | (_, None) => {}
        }
    }
    println!(
        "{} mutants: {} caught, {} endless, {} do not compile, {} survived, of which {explained} \
         are accepted and {open} are open; {} needed a build of their own; {:.0?}",
        mutants.len(),
        count(Outcome::Caught),
        count(Outcome::TimedOut),
        count(Outcome::Unviable),
        count(Outcome::Survived) + count(Outcome::Unreached),
        library.single.len(),
        start.elapsed(),
    );
    if count(Outcome::LeftOut) > 0 {
        println!(
            "{} were left out, as the time was over",
            count(Outcome::LeftOut)
        );
    }
    println!(
        "not run: doctests and {} tests, which take too long",
        suite::LEFT_OUT.len()
    );
    finish(&problems)
}

fn finish(problems: &[String]) -> ExitCode {
    for problem in problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        println!("{} problems: see tests/mutants/README.md", problems.len());
        ExitCode::FAILURE
    }
}

/// What accepted.toml names and cargo-mutants does not.
fn stale(accepted: &Accepted, all: &[Mutant]) -> Vec<String> {
    let known: HashSet<_> = all.iter().map(|mutant| &*mutant.name).collect();
    let stale = accepted.names().filter(|name| !known.contains(name));
    stale
        .map(|name| format!("in accepted.toml, but not a mutant: {name}"))
        .collect()
}
