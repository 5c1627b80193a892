//! The command line.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

const USAGE: &str = "usage: benches [--without redis] [--rounds N] [--out DIRECTORY]
       benches load [--rounds N] [--seconds N] [--out DIRECTORY]
       benches threads [--rounds N] [--out DIRECTORY]
       benches loop CONTENDER OPERATION PAYLOAD TIMES      (for a profiler)";

pub(crate) struct Arguments {
    pub(crate) command: Command,
    pub(crate) without_redis: bool,
    pub(crate) rounds: usize,
    /// How long each contender has in each round of `load`.
    pub(crate) seconds: u32,
    pub(crate) out: PathBuf,
}

pub(crate) enum Command {
    Measure,
    Load,
    Threads,
    /// What `load` starts: serves until its standard input ends.
    Serve {
        contender: String,
        operation: String,
    },
    Loop {
        contender: String,
        operation: String,
        payload: String,
        times: u32,
    },
}

impl Arguments {
    pub(crate) fn parse() -> Result<Self> {
        let mut parsed = Self {
            command: Command::Measure,
            without_redis: false,
            rounds: 61,
            seconds: 3,
            out: PathBuf::from("target/benches"),
        };
        let mut rounds = None;
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            let mut next = || words.next().context(USAGE);
            match word.as_str() {
                "--without" if next()? == "redis" => parsed.without_redis = true,
                "--rounds" => rounds = Some(next()?.parse()?),
                "--out" => parsed.out = next()?.into(),
                "--seconds" => parsed.seconds = next()?.parse()?,
                "load" => {
                    parsed.command = Command::Load;
                    parsed.rounds = 5;
                }
                "threads" => parsed.command = Command::Threads,
                "serve" => {
                    parsed.command = Command::Serve {
                        contender: next()?,
                        operation: next()?,
                    };
                }
                "loop" => {
                    parsed.command = Command::Loop {
                        contender: next()?,
                        operation: next()?,
                        payload: next()?,
                        times: next()?.parse()?,
                    };
                }
                _ => bail!(USAGE),
            }
        }
        let is_bare = matches!(parsed.command, Command::Measure);
        ensure!(is_bare || !parsed.without_redis, USAGE);
        parsed.rounds = rounds.unwrap_or(parsed.rounds);
        ensure!(parsed.rounds > 0 && parsed.seconds > 0, USAGE);
        if is_bare && parsed.rounds < 50 {
            eprintln!("fewer than 50 rounds: good for a look, not for a claim");
        }
        Ok(parsed)
    }
}
