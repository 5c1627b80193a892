//! What an attacker can try without a browser; see README.md.

mod allocations;
mod configs;
mod cost;
mod forgery;
mod format;
mod signed;
mod timing;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use harness::Outcomes;

/// Forges sessions, times refusals, and sends what is dear to read.
#[derive(Parser)]
struct Arguments {
    /// Everything in small, for CI
    #[arg(long)]
    short: bool,

    /// Measures the cost alone
    #[arg(long)]
    cost: bool,

    /// Runs the timing measurement alone, as the program itself does
    #[arg(long, hide = true)]
    timing: bool,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if arguments.timing {
        timing::run()?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut outcomes = Outcomes::default();
    if arguments.cost {
        cost::measure_all(&mut outcomes, arguments.short);
        return Ok(outcomes.finish());
    }
    forgery::try_all(&mut outcomes, arguments.short);
    cost::measure_all(&mut outcomes, arguments.short);
    timing::judge(&mut outcomes, arguments.short)?;
    Ok(outcomes.finish())
}
