//! Reads, verifies and makes session cookies on the command line. See README.md.

mod binding;
mod candidates;
mod cli;
mod cookies;
mod encode;
mod failure;
mod format;
mod input;
mod json;
mod keygen;
mod keys;
mod layout;
mod output;
mod payload;
mod reason;
mod report;
mod show;
mod time;
mod token;
mod verification;
mod verify;

use std::process::ExitCode;

use crate::cli::Command;

fn main() -> ExitCode {
    let command = match cli::parse() {
        Ok(command) => command,
        Err(code) => return code,
    };
    let result = match command {
        Command::Keygen(args) => keygen::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Encode(args) => encode::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
