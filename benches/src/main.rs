//! What a session costs, with every alternative in one run; see README.md.

mod allocations;
mod app;
mod arguments;
mod case;
mod contender;
mod debian;
mod goals;
mod load;
mod machine;
mod measure;
mod operation;
mod payload;
mod redis;
mod report;
mod threads;
mod world;

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use crate::arguments::{Arguments, Command};
use crate::contender::TOWER_REDIS;
use crate::measure::Results;
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

fn main() -> Result<()> {
    let arguments = Arguments::parse()?;
    let with_redis = match &arguments.command {
        Command::Measure => !arguments.without_redis,
        Command::Serve { contender, .. } => contender == TOWER_REDIS,
        _ => false,
    };
    let world = World::start(with_redis)?;
    match &arguments.command {
        Command::Loop {
            contender,
            operation,
            payload,
            times,
        } => case::repeat(&world, contender, operation, payload, *times),
        Command::Serve {
            contender,
            operation,
        } => load::serve(&world, contender, operation),
        Command::Load => {
            let results = load::measure(&world, arguments.rounds, arguments.seconds)?;
            publish(&arguments.out, "load", &results.markdown(), &results.json())
        }
        Command::Threads => {
            let results = threads::measure(&world, arguments.rounds)?;
            publish(
                &arguments.out,
                "threads",
                &results.markdown(),
                &results.json(),
            )
        }
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

fn publish(out: &Path, name: &str, markdown: &str, json: &Value) -> Result<()> {
    print!("{markdown}");
    fs::create_dir_all(out)?;
    fs::write(out.join(name).with_extension("md"), markdown)?;
    let json = serde_json::to_string_pretty(json)?;
    fs::write(out.join(name).with_extension("json"), json)?;
    eprintln!("written to {}", out.display());
    Ok(())
}
