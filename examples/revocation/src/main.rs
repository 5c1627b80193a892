//! Logs out everywhere: sessions in cookies, and what was ended in a Redis. See README.md.

mod app;
mod check;
mod client;
mod instance;
mod measure;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use harness::{Keeps, Redis};
use tokio::runtime::Runtime;

use crate::instance::Instance;

/// For trying out; instances that stand alone have their own.
const KEY: &str = "a key for trying out, 32 bytes or more";

fn main() -> Result<()> {
    let command = std::env::args().nth(1);
    match command.as_deref() {
        None => try_out(),
        Some("init") => initialize(&instance::redis_url()),
        Some("serve") => Runtime::new()?.block_on(instance::serve()),
        Some("check") => check::run(),
        Some("measure") => measure::run(),
        Some(other) => bail!("what is {other}? Known are init, serve, check and measure"),
    }
}

/// A Redis and three instances, until the process is ended.
fn try_out() -> Result<()> {
    let redis = Redis::start(dir("try")?, Keeps::Everything)?;
    initialize(&redis.url())?;
    println!("Redis at {}", redis.url());
    let mut instances = Vec::new();
    for _ in 0..3 {
        let instance = Instance::start(&redis.url(), KEY, false)?;
        println!("open http://localhost:{}", instance.address.port());
        instances.push(instance);
    }
    println!("press Enter to end");
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// Once for each Redis that is new.
fn initialize(url: &str) -> Result<()> {
    let revocation = app::revocation(url)?;
    Ok(Runtime::new()?.block_on(revocation.initialize())?)
}

/// Below `target/revocation`, for what Redis keeps and says.
fn dir(name: &str) -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .nth(2)
        .context("there is no target folder")?;
    Ok(target.join("revocation").join(name))
}
