//! `verify`: tells which key signed a cookie, or why the cookie is not a session.

use std::ffi::OsString;

use clap::Args;
use indexmap::IndexSet;
use serde_json::value::RawValue;

use crate::candidates::{self, Candidate};
use crate::cookies::Cookies;
use crate::failure::Failure;
use crate::format::{Format, Hash, Settings};
use crate::json::{Member, Members};
use crate::keys::{FallbackArgs, KeyArgs, Secret};
use crate::report::Report;
use crate::token::Guess;
use crate::verification::Verification;
use crate::{input, output, time, token};

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Token, name=value, Cookie or Set-Cookie header; `-` or none: standard input
    cookie: Option<OsString>,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    fallbacks: FallbackArgs,
    /// The cookie's name [default: the one given with it, or the format's]
    #[arg(long)]
    name: Option<String>,
    /// Its format [default: guessed]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Hash of the native format [default: all are tried]
    #[arg(long, value_enum)]
    algorithm: Option<Hash>,
    /// Idle timeout [default: the library's for the format]
    #[arg(long, value_name = "SECONDS")]
    idle_timeout: Option<u64>,
    /// Absolute timeout [default: the library's]
    #[arg(long, value_name = "SECONDS")]
    absolute_timeout: Option<u64>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Unix time at which to verify, instead of now
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,
}

pub(crate) fn run(args: &Verify) -> Result<(), Failure> {
    let mut secrets = vec![args.key.secret()?];
    secrets.extend(args.fallbacks.secrets()?);
    let cookies = Cookies::parse(&input::read(args.cookie.as_deref())?)?;
    let candidates = candidates::one_name(&cookies, args.name.as_deref(), args.format)?;
    let mut verifications = Vec::new();
    let mut failure = None;
    for format in formats(args, &candidates)? {
        match args.verifications(format, &secrets, &candidates) {
            Ok(more) => verifications.extend(more),
            // The key may be too short for one format, and right for another.
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    // Of equals the first.
    let Some(verification) = verifications
        .iter()
        .rev()
        .max_by_key(|verification| verification.rank())
    else {
        let unknown = || candidates::unknown(&candidates[0], args.format);
        return Err(failure.unwrap_or_else(unknown));
    };
    let members = verification.reason.is_none().then(|| members(verification));
    let report = Report::new(verification, &candidates, &secrets, members.as_ref());
    match args.json {
        true => output::json(&report)?,
        false => output::text(&report.text(members.as_ref()))?,
    }
    report.result()
}

/// The formats to try: those of all cookies, for one may be forged or another application's.
fn formats(args: &Verify, candidates: &[Candidate<'_>]) -> Result<IndexSet<Format>, Failure> {
    if let Some(format) = args.format {
        return Ok(IndexSet::from([format]));
    }
    let guesses = candidates
        .iter()
        .filter_map(|candidate| candidate.guess.as_ref());
    let formats: IndexSet<_> = guesses.flat_map(Guess::formats).collect();
    if !formats.is_empty() {
        return Ok(formats);
    }
    // A version that is not known here is the library's to refuse.
    match token::version(&candidates[0].pair.value) {
        Some(_) => Ok(IndexSet::from([Format::Native])),
        None => Err(candidates::unknown(&candidates[0], None)),
    }
}

impl Verify {
    fn verifications<'a>(
        &self,
        format: Format,
        secrets: &[Secret],
        candidates: &'a [Candidate<'a>],
    ) -> Result<Vec<Verification<'a>>, Failure> {
        let keys = secrets.iter().map(|secret| secret.key(format));
        let keys = keys.collect::<Result<Vec<_>, Failure>>()?;
        let given = candidates[0].pair.name.as_deref().or(self.name.as_deref());
        let hashes = match (format, self.algorithm) {
            (Format::Native, None) => {
                vec![Some(Hash::Sha1), Some(Hash::Sha256), Some(Hash::Aes256)]
            }
            (_, hash) => vec![hash],
        };
        let verifications = hashes.into_iter().map(|hash| {
            let settings = Settings {
                format,
                name: given.unwrap_or(format.default_name()).to_owned(),
                hash,
                idle_timeout: self.idle_timeout,
                absolute_timeout: self.absolute_timeout,
                now: time::now(self.now),
            };
            Verification::new(settings, &keys, candidates)
        });
        verifications.collect()
    }
}

/// What the session holds, asked of the library, which gives keys without their escapes: those are
/// measured in the token.
fn members(verification: &Verification<'_>) -> Members {
    let session = &verification.session;
    let read = |value: &str| {
        token::read(value, verification.settings.format)?
            .payload
            .ok()
    };
    let signed = verification.signed;
    let written = signed.and_then(|(candidate, _)| read(&candidate.pair.value));
    let member = |key: &str| {
        let value: Box<RawValue> = session.get(key)?;
        let written = written.as_ref().and_then(|token| token.members.get(key));
        // Of keys that are not read here, half a pair of surrogates, the library keeps the escapes.
        let bytes = written.map_or_else(
            || "\"\":".len() + key.len() + value.get().len(),
            |written| written.bytes,
        );
        Some((key.to_owned(), Member { value, bytes }))
    };
    session.keys().filter_map(member).collect()
}
