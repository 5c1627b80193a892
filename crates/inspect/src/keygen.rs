//! `keygen`: prints a new key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::output;

/// Bytes; their base64 has 64 characters, without padding.
const LEN: usize = 48;

#[derive(Debug, Args)]
pub(crate) struct Keygen {
    /// Print one line of JSON: {"key": ".."}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    key: String,
}

pub(crate) fn run(args: &Keygen) -> Result<(), Failure> {
    let mut bytes = [0; LEN];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new(
            Kind::InputOutput,
            format!("the operating system gives no random bytes: {error}"),
        )
    })?;
    let key = STANDARD.encode(bytes);
    match args.json {
        true => output::json(&Report { key }),
        false => output::text(&key),
    }
}
