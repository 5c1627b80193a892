//! What a session costs, with every alternative in one run; see README.md.

mod allocations;
mod app;
mod arguments;
mod case;
mod contender;
mod goals;
mod measure;
mod operation;
mod payload;
mod redis;
mod report;
mod world;

use std::fs;

use anyhow::Result;

use crate::arguments::{Arguments, Command};
use crate::measure::Results;
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

fn main() -> Result<()> {
    let arguments = Arguments::parse()?;
    let world = World::start(!arguments.without_redis)?;
    match arguments.command {
        Command::Loop {
            contender,
            operation,
            payload,
            times,
        } => case::repeat(&world, &contender, &operation, &payload, times),
        Command::Measure => {
            let results = measure_all(&arguments, &world)?;
            let markdown = report::markdown(&results);
            print!("{markdown}");
            fs::create_dir_all(&arguments.out)?;
            fs::write(arguments.out.join("tables.md"), markdown)?;
            fs::write(arguments.out.join("results.json"), report::json(&results)?)?;
            eprintln!("written to {}", arguments.out.display());
            Ok(())
        }
    }
}

fn measure_all(arguments: &Arguments, world: &World) -> Result<Results> {
    let mut results = Results::new(arguments.rounds, arguments.without_redis);
    for payload in Payload::all() {
        for operation in Operation::ALL {
            eprintln!("{}: {}", payload.name, operation.name());
            let prepared = case::prepare_all(world, operation, &payload)?;
            results.measure(operation, &payload, prepared);
        }
    }
    Ok(results)
}
