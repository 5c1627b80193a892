//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// What a session costs, with every alternative in one run.
#[derive(Parser)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// Leaves out a peer, which the tables mention
    #[arg(long)]
    pub(crate) without: Option<Peer>,

    #[command(flatten)]
    pub(crate) rounds: Rounds,

    #[command(flatten)]
    pub(crate) out: Out,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Measures under a load generator, on two cores
    Load {
        /// With HTTP/2 and h2load instead of HTTP/1 and wrk
        #[arg(long)]
        http2: bool,

        #[command(flatten)]
        rounds: Rounds,

        /// How long each contender has in each round
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
        seconds: u32,

        #[command(flatten)]
        out: Out,
    },
    /// Measures this crate's formats, and the peers that keep a session in a cookie
    Formats {
        #[command(flatten)]
        rounds: Rounds,

        #[command(flatten)]
        out: Out,
    },
    /// Measures the memory that sessions of idle users take
    Memory {
        /// How many sessions each server makes at least
        #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
        sessions: u64,

        #[command(flatten)]
        out: Out,
    },
    /// Measures with one thread and with two
    Threads {
        #[command(flatten)]
        rounds: Rounds,

        #[command(flatten)]
        out: Out,
    },
    /// Measures what each step of a session costs by itself
    Steps {
        #[command(flatten)]
        rounds: Rounds,

        #[command(flatten)]
        out: Out,
    },
    /// Asks each crate what it does, and fails if guide/comparison.md shows something else
    Compare,
    /// Repeats one operation, for a profiler
    Loop {
        contender: String,
        operation: String,
        payload: String,
        times: u32,
    },
    /// What `load` starts: serves until its standard input ends
    #[command(hide = true)]
    Serve { contender: String },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Peer {
    Redis,
}

#[derive(Clone, Copy, clap::Args)]
pub(crate) struct Rounds {
    /// How often the contenders take turns [default: 61, and 5 under load]
    #[arg(long, value_parser = at_least_one)]
    rounds: Option<usize>,
}

impl Rounds {
    pub(crate) fn or(self, default: usize) -> usize {
        self.rounds.unwrap_or(default)
    }
}

#[derive(clap::Args)]
pub(crate) struct Out {
    /// Where the results are written
    #[arg(long = "out", default_value = "target/benches")]
    pub(crate) directory: PathBuf,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("a number from 1 on".to_owned()),
        Ok(rounds) => Ok(rounds),
    }
}
