//! Whether the time of a rejection tells how much of a MAC was right: the test of Reparaz, Balasch
//! and Verbauwhede, "Dude, is my code constant time?" (2017), by dudect-bencher.

use std::env;
use std::hint::black_box;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use axum_cookie_session::{Session, SessionConfig};
use dudect_bencher::ctbench::{BenchMetadata, BenchName, BenchOpts, run_benches_console};
use dudect_bencher::rand::RngExt;
use dudect_bencher::{BenchRng, Class, CtRunner};
use harness::Outcomes;

use crate::configs::{cookie, headers, native};

/// Above this |t| the authors speak of a leak; dudect itself warns from 10 on.
const LEAK: f64 = 10.0;
const SAMPLES: usize = 50_000;
const ROUNDS: usize = 20;

/// Bytes of the base64 of a MAC.
const MAC: usize = 22;

/// Cookies whose MAC is wrong in its first byte, and in its last.
fn wrong(config: &SessionConfig) -> [String; 2] {
    let good = cookie(config, 26);
    let start = good.len() - MAC;
    // The last character has four spare bits, so the one before it is changed: all stays canonical.
    [start, good.len() - 2].map(|at| {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &good[..at], &good[at + 1..])
    })
}

fn verify(runner: &mut CtRunner, rng: &mut BenchRng) {
    let config = native();
    let [first, last] = wrong(&config);
    for _ in 0..SAMPLES {
        let (class, cookie) = match rng.random::<bool>() {
            true => (Class::Left, &first),
            false => (Class::Right, &last),
        };
        // Made again, so that neither lies better in memory than the other.
        let request = headers(cookie.as_bytes()).expect("ASCII");
        runner.run_one(class, || {
            let session: Session = Session::from_headers(black_box(&request), &config);
            session.status()
        });
    }
}

/// What the test has to notice: a comparison that ends at the first byte that differs.
fn leaky(runner: &mut CtRunner, rng: &mut BenchRng) {
    let right = [7u8; 16];
    let (mut first, mut last) = (right, right);
    first[0] ^= 1;
    last[15] ^= 1;
    for _ in 0..SAMPLES {
        let (class, tag) = match rng.random::<bool>() {
            true => (Class::Left, first),
            false => (Class::Right, last),
        };
        runner.run_one(class, || {
            // Often enough that one byte more is seen.
            (0..32).all(|_| !is_equal(black_box(&tag), black_box(&right)))
        });
    }
}

#[inline(never)]
fn is_equal(left: &[u8; 16], right: &[u8; 16]) -> bool {
    left.iter()
        .zip(right)
        .all(|(left, right)| black_box(left) == black_box(right))
}

pub(crate) fn run() -> Result<()> {
    let bench = |name, benchfn| BenchMetadata {
        name: BenchName(name),
        seed: None,
        benchfn,
    };
    let benches = vec![bench("verify", verify as _), bench("leaky", leaky as _)];
    Ok(run_benches_console(BenchOpts::default(), benches)?)
}

/// dudect-bencher prints what it finds, so it runs in a process of its own that is listened to. A leak
/// is there in every round; noise of a busy machine is not.
pub(crate) fn judge(outcomes: &mut Outcomes, short: bool) -> Result<()> {
    let rounds = if short { 5 } else { ROUNDS };
    let (mut verify, mut leaky) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let output = Command::new(env::current_exe()?).arg("--timing").output()?;
        ensure!(output.status.success(), "--timing: {}", output.status);
        let text = String::from_utf8(output.stdout)?;
        verify.push(t_value(&text, "verify")?);
        leaky.push(t_value(&text, "leaky")?);
    }
    let [verify, leaky] = [verify, leaky].map(median);
    outcomes.note_tries(
        "verifying with the first or the last byte of the MAC wrong",
        rounds * SAMPLES,
        usize::from(verify >= LEAK),
        format!("median of max |t| over {rounds} runs: {verify:.1}; a leak is above {LEAK}"),
    );
    outcomes.note_tries(
        "the control: a comparison that ends at the first difference",
        rounds * SAMPLES,
        usize::from(leaky < LEAK),
        format!("median of max |t|: {leaky:.1}; it has to be above {LEAK}"),
    );
    Ok(())
}

/// The t of a line `bench verify ... : n == +0.050M, max t = -1.23, ...`.
fn t_value(text: &str, name: &str) -> Result<f64> {
    let line = text
        .lines()
        .find(|line| line.contains(name) && line.contains("max t"));
    let line = line.with_context(|| format!("no line of {name} in {text}"))?;
    let value = line
        .split("max t = ")
        .nth(1)
        .and_then(|rest| rest.split(',').next());
    let value: f64 = value.context("no t in the line")?.trim().parse()?;
    Ok(value.abs())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
