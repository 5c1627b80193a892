//! Random sessions, there and back. See README.md.

mod case;
mod jar;
mod model;
mod oracle;
pub(crate) mod rng;
mod trips;
mod value;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use self::case::{Case, Direction};
use self::rng::Rng;
use self::trips::{Failure, Outcome, Trips, Trouble};
use crate::peer::Peer;
use crate::setup::Tools;

/// The arguments of the command.
pub(crate) struct Wanted {
    /// Cases of each direction.
    pub(crate) cases: u64,
    pub(crate) seed: u64,
    /// This case alone.
    pub(crate) case: Option<u64>,
}

/// Failures of a peer that are made smaller; the others are counted.
const SHRUNK: usize = 60;
/// How long one failure is made smaller.
const PATIENCE: Duration = Duration::from_secs(1);
/// Failures of one kind that are printed.
const PRINTED: usize = 4;

type Inputs = BTreeMap<String, (String, usize)>;

/// How the cases of one peer went.
#[derive(Default)]
struct Report {
    same: usize,
    refused_here: usize,
    refused_there: usize,
    failed: usize,
    /// By direction and kind, then by smallest input: the text of the first one, and how many there
    /// are.
    failures: BTreeMap<(&'static str, &'static str), Inputs>,
    seconds: f32,
}

/// Whether everything passed.
pub(crate) fn run(peers: &[&'static Peer], tools: &Tools, wanted: &Wanted) -> Result<bool> {
    println!("seed {}", wanted.seed);
    let queue = Mutex::new(peers.iter().copied().enumerate());
    let reports = Mutex::new(BTreeMap::new());
    let next = || queue.lock().map(|mut queue| queue.next()).unwrap_or(None);
    let work = || {
        while let Some((at, peer)) = next() {
            let report = explore(peer, tools, wanted);
            if let Ok(report) = &report {
                print(peer, wanted, report);
            }
            if let Ok(mut reports) = reports.lock() {
                reports.insert(at, (peer, report));
            }
        }
    };
    thread::scope(|scope| -> Result<()> {
        for _ in 0..thread::available_parallelism()?.get() {
            // Nested values are read by recursion.
            let builder = thread::Builder::new().stack_size(64 * 1024 * 1024);
            builder.spawn_scoped(scope, work)?;
        }
        Ok(())
    })?;

    let mut passed = 0;
    let mut failed = 0;
    println!(
        "\n{:<15} {:>7} {:>13} {:>14} {:>7} {:>8}  versions",
        "peer", "same", "refused here", "refused there", "failed", "seconds"
    );
    for (peer, report) in reports
        .into_inner()
        .ok()
        .into_iter()
        .flatten()
        .map(|(_, one)| one)
    {
        let report = match report {
            Ok(report) => report,
            Err(error) => {
                println!("{:<15} could not be asked: {error:#}", peer.name);
                failed += 1;
                continue;
            }
        };
        println!(
            "{:<15} {:>7} {:>13} {:>14} {:>7} {:>8.1}  {}",
            peer.name,
            report.same,
            report.refused_here,
            report.refused_there,
            report.failed,
            report.seconds,
            tools.versions(peer)
        );
        passed += report.same + report.refused_here + report.refused_there;
        failed += report.failed;
    }
    println!("\n{passed} passed, {failed} failed");
    Ok(failed == 0)
}

fn explore(peer: &'static Peer, tools: &Tools, wanted: &Wanted) -> Result<Report> {
    let start = Instant::now();
    let mut trips = Trips::new(peer, tools)?;
    let mut report = Report::default();
    let numbers = match wanted.case {
        Some(case) => case..case + 1,
        None => 0..wanted.cases,
    };
    for number in numbers {
        let mut rng = Rng::new(wanted.seed, peer.name, number);
        for direction in Direction::ALL {
            let case = Case::new(direction, peer.family, &mut rng);
            match trips.play(&case) {
                Ok(Outcome::Same) => report.same += 1,
                Ok(Outcome::RefusedHere) => report.refused_here += 1,
                Ok(Outcome::RefusedThere) => report.refused_there += 1,
                Err(Trouble::Failure(failure)) => {
                    report.failed += 1;
                    if report.failed > SHRUNK {
                        continue;
                    }
                    let (case, failure) = smallest(&mut trips, case, failure)?;
                    let Failure { kind, detail } = failure;
                    let name = direction.name();
                    let mut text = String::new();
                    writeln!(text, "FAILED {}: case {number}, {name}: {kind}", peer.name)?;
                    writeln!(text, "  {}", cut(&detail))?;
                    writeln!(text, "  smallest input: {}", cut(&case.to_string()))?;
                    let known = report.failures.entry((name, kind)).or_default();
                    known.entry(case.to_string()).or_insert((text, 0)).1 += 1;
                }
                Err(Trouble::Error(error)) => {
                    let name = direction.name();
                    return Err(error.context(format!("case {number}, {name}: {case}")));
                }
            }
        }
    }
    report.seconds = start.elapsed().as_secs_f32();
    Ok(report)
}

/// The smallest case that fails in the same way.
fn smallest(trips: &mut Trips, case: Case, failure: Failure) -> Result<(Case, Failure)> {
    let mut found = (case, failure);
    let start = Instant::now();
    for smaller in [Case::smaller, Case::simpler, Case::smaller] {
        'smaller: loop {
            for case in smaller(&found.0) {
                if start.elapsed() > PATIENCE {
                    return Ok(found);
                }
                match trips.play(&case) {
                    Err(Trouble::Failure(failure)) if failure.kind == found.1.kind => {
                        found = (case, failure);
                        continue 'smaller;
                    }
                    Err(Trouble::Error(error)) => return Err(error),
                    _ => {}
                }
            }
            break;
        }
    }
    Ok(found)
}

fn print(peer: &Peer, wanted: &Wanted, report: &Report) {
    let mut text = String::new();
    for failures in report.failures.values() {
        // The shortest inputs say most.
        let mut failures: Vec<_> = failures.iter().collect();
        failures.sort_by_key(|(input, _)| input.len());
        let more = failures.split_off(failures.len().min(PRINTED));
        for (_, (failure, count)) in failures {
            text.push_str(failure);
            if *count > 1 {
                text.push_str(&format!("  and {} more cases\n", count - 1));
            }
        }
        if !more.is_empty() {
            let more: usize = more.iter().map(|(_, (_, count))| count).sum();
            text.push_str(&format!("  {more} more cases of this kind\n"));
        }
    }
    if report.failed > SHRUNK {
        let more = report.failed - SHRUNK;
        text.push_str(&format!("{}: {more} more failures\n", peer.name));
    }
    if !text.is_empty() {
        let (seed, name) = (wanted.seed, peer.name);
        text.push_str(&format!(
            "  again: cargo run -p interop -- random --seed {seed} --case NUMBER {name}\n"
        ));
    }
    print!("{text}");
}

/// A long text makes a long line.
fn cut(text: &str) -> String {
    const LIMIT: usize = 500;
    match text.char_indices().nth(LIMIT) {
        Some((at, _)) => format!("{} ... ({} bytes)", &text[..at], text.len()),
        None => text.to_owned(),
    }
}
