//! `encode`: makes a cookie for tests and curl.

use std::ffi::OsString;

use axum_cookie_session::{SessionConfig, SessionMap};
use clap::Args;
use serde::Serialize;

use crate::failure::{Failure, Kind};
use crate::format::{Format, Hash, Settings};
use crate::json::{self, Exact, NoMembers};
use crate::keys::KeyArgs;
use crate::{input, output, time};

#[derive(Debug, Args)]
pub(crate) struct Encode {
    /// The session, a JSON object; `-` or none: standard input
    json_object: Option<OsString>,
    #[command(flatten)]
    key: KeyArgs,
    /// The cookie's name [default: the format's]
    #[arg(long)]
    name: Option<String>,
    #[arg(long, value_enum, default_value = "native")]
    format: Format,
    /// Hash of the native format [default: sha1]
    #[arg(long, value_enum)]
    algorithm: Option<Hash>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Unix time at which the session begins, instead of now
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,
}

/// With `--json`; the README explains the fields.
#[derive(Serialize)]
struct Report<'a> {
    cookie: &'a str,
    name: &'a str,
    format: Format,
    cookie_bytes: usize,
    max_cookie_bytes: usize,
}

pub(crate) fn run(args: &Encode) -> Result<(), Failure> {
    let secret = args.key.secret()?;
    let data = data(&input::read(args.json_object.as_deref())?)?;
    let settings = Settings {
        format: args.format,
        name: args
            .name
            .clone()
            .unwrap_or(args.format.default_name().to_owned()),
        hash: args.algorithm,
        idle_timeout: None,
        absolute_timeout: None,
        now: time::now(args.now),
    };
    let config = settings.config(&secret.key(args.format)?, &[])?;
    let cookie = config
        .encode(&data)
        .map_err(|error| Failure::new(Kind::NotEncodable, error.to_string()))?;
    match args.json {
        true => output::json(&Report {
            // Of two cookies the longer one, without its equals sign.
            cookie_bytes: cookie
                .split("; ")
                .map(|pair| pair.len() - "=".len())
                .max()
                .unwrap_or_default(),
            cookie: &cookie,
            name: &settings.name,
            format: args.format,
            max_cookie_bytes: SessionConfig::MAX_COOKIE_LEN,
        }),
        false => output::text(&cookie),
    }
}

fn data(text: &str) -> Result<SessionMap, Failure> {
    let members = json::members(text).map_err(|NoMembers { why, from }| {
        let from = from.map(|(line, column)| format!(", from line {line} column {column} on"));
        let from = from.unwrap_or_default();
        Failure::new(
            Kind::NotJson,
            format!("the session {why}{from}: give one such as {{\"user\":\"ada\"}}"),
        )
    })?;
    let mut data = SessionMap::default();
    for (key, member) in &members {
        data.insert(key, Exact::new(&member.value));
    }
    Ok(data)
}
