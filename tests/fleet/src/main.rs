//! A fleet of instances behind nginx, and visitors who must not notice what happens to it; see
//! README.md.

mod fleet;
mod instance;
mod nginx;
mod parallel;
mod rotation;
mod server;
mod visitor;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use harness::Outcomes;

use crate::rotation::{Order, Scale};

/// Rotates keys, kills instances and lets clocks differ under visitors who count
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    #[arg(long, default_value_t = 300)]
    visitors: usize,

    /// Of each visitor
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(30..))]
    requests: u64,
}

#[derive(Subcommand)]
enum Command {
    /// What the fleet is made of: one instance, until its standard input ends
    #[command(hide = true)]
    Serve,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(Command::Serve) = arguments.command {
        server::serve().await?;
        return Ok(ExitCode::SUCCESS);
    }
    let scale = Scale {
        visitors: arguments.visitors,
        rounds: arguments.requests,
    };
    let mut outcomes = Outcomes::default();
    rotation::run(&mut outcomes, scale, Order::Documented).await?;
    rotation::run(&mut outcomes, scale, Order::Wrong).await?;
    rotation::run(&mut outcomes, scale, Order::Encrypting).await?;
    parallel::run(&mut outcomes).await?;
    Ok(outcomes.finish())
}
