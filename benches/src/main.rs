//! What a session costs, with every alternative in one run; see README.md.

mod allocations;
mod app;
mod arguments;
mod case;
mod chart;
mod compare;
mod contender;
mod goals;
mod load;
mod machine;
mod measure;
mod operation;
mod payload;
mod redis;
mod report;
mod steps;
mod threads;
mod versions;
mod world;

use std::fs;
use std::iter;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use serde_json::Value;

use crate::arguments::{Arguments, Command, Out, Peer};
use crate::contender::{Measured, OURS, OURS_ALONE, TOWER_REDIS, formats, measured};
use crate::measure::Results;
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

/// The default numbers of rounds.
const IN_PROCESS: usize = 61;
const UNDER_LOAD: usize = 5;

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Compare) => return compare::run(&World::start(true)?),
        None => {
            let without_redis = matches!(arguments.without, Some(Peer::Redis));
            let world = World::start(!without_redis)?;
            let rounds = arguments.rounds.or(IN_PROCESS);
            let results = Results::of_all(&world, rounds, without_redis)?;
            let out = arguments.out;
            out.write("chart.svg", &chart::svg(&results))?;
            let json = report::json(&results, &goals::of_all(&results));
            out.publish("costs", &report::markdown(&results)?, &json)
        }
        Some(Command::Load {
            http2,
            rounds,
            seconds,
            out,
        }) => {
            let world = World::start(false)?;
            let results = load::measure(&world, *http2, rounds.or(UNDER_LOAD), *seconds)?;
            let name = if *http2 { "load-http2" } else { "load" };
            out.publish(name, &results.markdown(), &results.json())
        }
        Some(Command::Formats { rounds, out }) => {
            let world = World::start(false)?;
            let results = Results::of_formats(&world, rounds.or(IN_PROCESS))?;
            let json = report::json(&results, &goals::of_formats(&results));
            out.publish("formats", &report::formats_markdown(&results)?, &json)
        }
        Some(Command::Memory { sessions, out }) => {
            let results = load::memory::measure(*sessions)?;
            out.publish("memory", &results.markdown()?, &results.json())
        }
        Some(Command::Threads { rounds, out }) => {
            let results = threads::measure(&World::start(false)?, rounds.or(IN_PROCESS))?;
            out.publish("threads", &results.markdown(), &results.json())
        }
        Some(Command::Steps { rounds, out }) => {
            let results = steps::measure(&World::start(false)?, rounds.or(IN_PROCESS))?;
            out.publish("steps", &results.markdown()?, &results.json())
        }
        Some(Command::Loop {
            contender,
            operation,
            payload,
            times,
        }) => {
            let world = World::start(false)?;
            case::repeat(&world, contender, operation, payload, *times)
        }
        Some(Command::Serve { contender }) => {
            let world = World::start(contender == TOWER_REDIS)?;
            load::serve(&world, contender)
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}

impl Results {
    fn of_all(world: &World, rounds: usize, without_redis: bool) -> Result<Self> {
        let mut results = Self::new(rounds, without_redis)?;
        for payload in Payload::all() {
            for operation in Operation::ALL {
                eprintln!("{}: {}", payload.name, operation.name());
                let mut prepared = case::prepare_all(world, measured(), operation, &payload)?;
                if operation == Operation::OtherCookies {
                    // In the same rounds, because noise is larger than what the others add.
                    let ours = iter::once(Measured::named(OURS)?);
                    let alone = case::prepare_all(world, ours, Operation::Read, &payload)?;
                    prepared.extend(alone.into_iter().map(|(_, case)| (OURS_ALONE, case)));
                }
                results.measure(world, operation, &payload, prepared)?;
            }
        }
        Ok(results)
    }

    fn of_formats(world: &World, rounds: usize) -> Result<Self> {
        let mut results = Self::new(rounds, false)?;
        for payload in Payload::sizes() {
            for operation in Operation::OF_FORMATS {
                eprintln!("{}: {}", payload.name, operation.name());
                let prepared = case::prepare_all(world, formats(), operation, &payload)?;
                results.measure(world, operation, &payload, prepared)?;
            }
        }
        Ok(results)
    }
}

impl Out {
    /// Prints the tables, and writes the tables and their data.
    fn publish(&self, name: &str, markdown: &str, json: &Value) -> Result<()> {
        print!("{markdown}");
        self.write(&format!("{name}.md"), markdown)?;
        let json = serde_json::to_string_pretty(json)?;
        self.write(&format!("{name}.json"), &json)?;
        eprintln!("written to {}", self.directory.display());
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        fs::create_dir_all(&self.directory)?;
        Ok(fs::write(self.directory.join(name), text)?)
    }
}
