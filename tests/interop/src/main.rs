//! Proves that sessions are shared with the real servers of seven frameworks. See README.md.

mod browser;
mod here;
mod peer;
mod scenarios;
mod server;
mod setup;
mod stage;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;

use crate::peer::PEERS;
use crate::scenarios::{REFUSALS, SCENARIOS, Scenario};
use crate::setup::{Tools, chosen};
use crate::stage::Stage;

/// What the command line asks for.
#[derive(Default)]
struct Wanted {
    /// Install everything anew.
    fresh: bool,
    /// Let a second server of the same peer stand in for ours: it tests the tests.
    peers_only: bool,
    /// Names of peers; none for all of them.
    peers: Vec<String>,
}

/// How one peer fared.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("interop: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything passed.
fn run() -> Result<bool> {
    let wanted = arguments()?;
    let peers = chosen(&wanted.peers);
    let tools = Tools::set_up(wanted.fresh, &peers)?;
    let runtime = Runtime::new().context("cannot start tokio")?;

    let mut tallies = Vec::new();
    for peer in peers {
        let stage = Stage::new(peer, &tools, &runtime, wanted.peers_only);
        tallies.push((peer, play(&stage)));
    }

    println!("\n{:<18} {:<10} versions", "peer", "passed");
    for (peer, Tally { passed, failed }) in &tallies {
        let of = format!("{passed} of {}", passed + failed);
        println!("{:<18} {of:<10} {}", peer.name, tools.versions(peer));
    }
    let passed: usize = tallies.iter().map(|(_, tally)| tally.passed).sum();
    let failed: usize = tallies.iter().map(|(_, tally)| tally.failed).sum();
    println!("\n{passed} passed, {failed} failed");
    Ok(failed == 0)
}

fn play(stage: &Stage<'_>) -> Tally {
    let mut tally = Tally::default();
    let shared: &[Scenario] = if stage.peer.is_shared() {
        SCENARIOS
    } else {
        &[]
    };
    let scenarios = shared.iter().chain(REFUSALS);
    for scenario in scenarios.filter(|one| (one.applies)(stage)) {
        let (peer, name) = (stage.peer.name, scenario.name);
        match (scenario.play)(stage) {
            Ok(()) => {
                tally.passed += 1;
                println!("ok {peer}: {name}");
            }
            Err(error) => {
                tally.failed += 1;
                // A large session makes a long reason.
                let reason: String = format!("{error:#}").chars().take(600).collect();
                println!("FAILED {peer}: {name}: {reason}");
            }
        }
    }
    tally
}

fn arguments() -> Result<Wanted> {
    let mut wanted = Wanted::default();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--fresh" => wanted.fresh = true,
            "--peers-only" => wanted.peers_only = true,
            name if PEERS.iter().any(|peer| peer.name == name) => wanted.peers.push(argument),
            _ => bail!(
                "what is {argument}? Known are --fresh, --peers-only and the names of peers: {}",
                PEERS.map(|peer| peer.name).join(", ")
            ),
        }
    }
    Ok(wanted)
}
