//! Where keys come from: variables of the environment, and files. Never the command line.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use axum_cookie_session::Key;
use clap::Args;

use crate::failure::{Failure, Kind};
use crate::format::Format;

/// Of a key that is a file.
const MAX_LEN: u64 = 64 * 1024;

const SESSION_KEY: &str = "SESSION_KEY";

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// Environment variable that holds the key
    #[arg(
        long,
        value_name = "NAME",
        default_value = SESSION_KEY,
        conflicts_with = "key_file"
    )]
    key_env: String,
    /// File that holds the key; a line break at its end does not count
    #[arg(long, value_name = "PATH")]
    key_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct FallbackArgs {
    /// Environment variable that holds a key which verifies as well; repeatable
    #[arg(long, value_name = "NAME")]
    fallback_key_env: Vec<String>,
    /// File that holds a key which verifies as well; repeatable
    #[arg(long, value_name = "PATH")]
    fallback_key_file: Vec<PathBuf>,
}

/// A secret and the name of its source, which alone is ever shown.
pub(crate) struct Secret {
    pub(crate) source: String,
    bytes: Vec<u8>,
}

impl KeyArgs {
    pub(crate) fn secret(&self) -> Result<Secret, Failure> {
        match &self.key_file {
            Some(path) => from_file("--key-file", path),
            None => from_env("--key-env", &self.key_env),
        }
    }
}

impl FallbackArgs {
    pub(crate) fn secrets(&self) -> Result<Vec<Secret>, Failure> {
        let variables = self.fallback_key_env.iter();
        let files = self.fallback_key_file.iter();
        variables
            .map(|name| from_env("--fallback-key-env", name))
            .chain(files.map(|path| from_file("--fallback-key-file", path)))
            .collect()
    }
}

impl Secret {
    /// Our own keys have a least length; those of other frameworks are what they are.
    pub(crate) fn key(&self, format: Format) -> Result<Key, Failure> {
        let key = match format {
            Format::Native => Key::new(&self.bytes),
            _ => Key::legacy(&self.bytes),
        };
        key.map_err(|error| Failure::new(Kind::Key, format!("{}: {error}", self.source)))
    }
}

fn from_env(option: &str, name: &str) -> Result<Secret, Failure> {
    let can_be_set = !name.is_empty() && !name.contains(['=', '\0']);
    if let Some(value) = can_be_set.then(|| env::var_os(name)).flatten() {
        return Ok(Secret {
            source: name.to_owned(),
            bytes: value.into_encoded_bytes(),
        });
    }
    let sentence = match name {
        SESSION_KEY => format!(
            "the environment variable {SESSION_KEY} is not set: export it, or name another one with {option}"
        ),
        // Any other name may be a secret, given by mistake.
        _ => format!(
            "the environment variable named by {option} is not set: export it, and give its name, never a secret itself"
        ),
    };
    Err(Failure::new(Kind::Key, sentence))
}

fn from_file(option: &str, path: &Path) -> Result<Secret, Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::new(
            Kind::Usage,
            format!("{option}: a key is not read from standard input, give a file"),
        ));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_LEN + 1).read_to_end(&mut bytes))
        .map_err(|error| {
            // An argument that is not a path may be a secret, given by mistake.
            let sentence = match path.exists() {
                true => format!("cannot read the key file {}: {error}", path.display()),
                false => format!("{option}: cannot read the key file: {error}"),
            };
            Failure::new(Kind::InputOutput, sentence)
        })?;
    if bytes.len() as u64 > MAX_LEN {
        return Err(Failure::new(
            Kind::Key,
            format!(
                "the key file {} is longer than {MAX_LEN} bytes",
                path.display()
            ),
        ));
    }
    let key = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let key = key.strip_suffix(b"\r").unwrap_or(key);
    Ok(Secret {
        source: path.display().to_string(),
        bytes: key.to_vec(),
    })
}
