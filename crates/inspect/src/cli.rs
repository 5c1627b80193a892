//! The command line.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, Subcommand};

use crate::encode::Encode;
use crate::failure::{EXIT_CODES, Kind};
use crate::keygen::Keygen;
use crate::show::Show;
use crate::verify::Verify;

/// Reads, verifies and makes the session cookies of axum-cookie-session, and those that it shares with
/// Flask, Starlette, Express, Koa, Django, React Router and Rails. Keys come from the environment or
/// from files.
#[derive(Debug, Parser)]
#[command(after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print a new key: 48 random bytes, as base64
    #[command(after_help = EXIT_CODES)]
    Keygen(Keygen),
    /// Show what a cookie says, without a key and without verifying it
    #[command(after_help = EXIT_CODES)]
    Show(Show),
    /// Verify a cookie: which key signed it, what it holds, or why it is not a session
    // No `--help`: it ends with 0, and so would a cookie of that name.
    #[command(after_help = EXIT_CODES, disable_help_flag = true)]
    Verify(Verify),
    /// Make a cookie from a JSON object, as name=value for tests and curl
    #[command(after_help = EXIT_CODES)]
    Encode(Encode),
}

/// Reads the command line, or tells what is wrong with it.
pub(crate) fn parse() -> Result<Command, ExitCode> {
    Cli::try_parse().map(|cli| cli.command).map_err(|mut error| {
        let unknown = error.kind() == ErrorKind::UnknownArgument;
        let stray = unknown
            && matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(argument)) if !argument.starts_with('-'));
        // What is left over or of no use may be a cookie or a secret: it is not repeated. The name
        // of an argument that is known may be.
        let name = unknown.then_some(ContextKind::InvalidArg);
        let texts = [ContextKind::InvalidValue, ContextKind::InvalidSubcommand];
        for kind in texts.into_iter().chain(name) {
            if matches!(error.get(kind), Some(ContextValue::String(text)) if !text.is_empty()) {
                error.insert(kind, ContextValue::String("..".to_owned()));
            }
        }
        // A tip that repeats it; those of names that are known are others.
        error.remove(ContextKind::Suggested);
        if stray {
            let _ = writeln!(
                io::stderr(),
                "error: there is an argument too many: put the cookie, or the whole header, into quotes"
            );
        } else {
            // If the output is closed, there is nowhere to report.
            let _ = error.print();
        }
        match error.use_stderr() {
            true => ExitCode::from(Kind::Usage as u8),
            false => ExitCode::SUCCESS,
        }
    })
}
