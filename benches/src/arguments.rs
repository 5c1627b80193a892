//! The command line.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

const USAGE: &str = "usage: benches [--without redis] [--rounds N] [--out DIRECTORY]
       benches loop CONTENDER OPERATION PAYLOAD TIMES      (for a profiler)";

pub(crate) struct Arguments {
    pub(crate) command: Command,
    pub(crate) without_redis: bool,
    pub(crate) rounds: usize,
    pub(crate) out: PathBuf,
}

pub(crate) enum Command {
    Measure,
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
            out: PathBuf::from("target/benches"),
        };
        let mut words = env::args().skip(1);
        while let Some(word) = words.next() {
            let mut next = || words.next().context(USAGE);
            match word.as_str() {
                "--without" if next()? == "redis" => parsed.without_redis = true,
                "--rounds" => parsed.rounds = next()?.parse()?,
                "--out" => parsed.out = next()?.into(),
                "loop" => {
                    parsed.command = Command::Loop {
                        contender: next()?,
                        operation: next()?,
                        payload: next()?,
                        times: next()?.parse()?,
                    };
                    parsed.without_redis = true;
                }
                _ => bail!(USAGE),
            }
        }
        if parsed.rounds < 50 {
            eprintln!("fewer than 50 rounds: good for a look, not for a claim");
        }
        Ok(parsed)
    }
}
