//! Proves that sessions are shared with the real servers of seven frameworks. See README.md.

mod browser;
mod here;
mod native;
mod peer;
mod random;
mod scenarios;
mod server;
mod setup;
mod stage;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;

use crate::peer::{PEERS, Peer};
use crate::scenarios::{REFUSALS, SCENARIOS, Scenario};
use crate::setup::{Tools, chosen};
use crate::stage::Stage;

/// The command line.
#[derive(Default)]
struct Wanted {
    /// Random sessions instead of the scenarios.
    random: bool,
    /// Our own tokens, which Python opens.
    native: bool,
    cases: Option<u64>,
    seed: Option<u64>,
    case: Option<u64>,
    /// Remove all packages, and install the newest.
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
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    if wanted.native {
        return native::run(wanted.cases.unwrap_or(1000), wanted.seed.unwrap_or(now));
    }
    let mut peers = chosen(&wanted.peers);
    if wanted.random {
        peers.retain(|peer| peer.is_shared());
    }
    let tools = Tools::set_up(wanted.fresh, &peers)?;
    if wanted.random {
        let wanted = random::Wanted {
            cases: wanted.cases.unwrap_or(2000),
            seed: wanted.seed.unwrap_or(now),
            case: wanted.case,
        };
        return random::run(&peers, &tools, &wanted);
    }
    scenarios(&peers, &tools, wanted.peers_only)
}

fn scenarios(peers: &[&'static Peer], tools: &Tools, peers_only: bool) -> Result<bool> {
    let runtime = Runtime::new().context("cannot start tokio")?;
    let mut tallies = Vec::new();
    for peer in peers {
        let stage = Stage::new(peer, tools, &runtime, peers_only);
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
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<Option<u64>> {
            let number = arguments.next().and_then(|number| number.parse().ok());
            Ok(Some(
                number.with_context(|| format!("{argument} needs a number"))?,
            ))
        };
        match argument.as_str() {
            "random" => wanted.random = true,
            "native" => wanted.native = true,
            "--cases" => wanted.cases = number()?,
            "--seed" => wanted.seed = number()?,
            "--case" => wanted.case = number()?,
            "--fresh" => wanted.fresh = true,
            "--peers-only" => wanted.peers_only = true,
            name if PEERS.iter().any(|peer| peer.name == name) => wanted.peers.push(argument),
            _ => bail!(
                "unknown argument {argument}: see README.md. The peers are {}",
                PEERS.map(|peer| peer.name).join(", ")
            ),
        }
    }
    let is_random = wanted.cases.or(wanted.seed).or(wanted.case).is_some();
    if is_random && !wanted.random && !wanted.native {
        bail!("--cases, --seed and --case belong to `random`, the first two to `native` as well");
    }
    if wanted.peers_only && wanted.random {
        bail!("--peers-only belongs to the scenarios");
    }
    Ok(wanted)
}
