//! `inspect verify`: whether a cookie is a session under a key, which key, and why not.

use std::ffi::OsString;

use clap::Args;
use indexmap::IndexMap;
use serde::Serialize;

use crate::attempt::Attempt;
use crate::candidates::{self, Candidate};
use crate::cookies::Cookies;
use crate::failure::{Failure, Kind};
use crate::format::{Format, Hash, Settings};
use crate::json::{self, Exact, KeySize, Members};
use crate::keys::{FallbackArgs, KeyArgs, Secret};
use crate::layout::{self, MAX_COOKIE};
use crate::reason::{self, About};
use crate::time::{self, Moment};
use crate::token;
use crate::{input, output};

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
    /// Hash of the native format [default: both are tried]
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

/// With `--json`; the README explains the fields.
#[derive(Serialize)]
struct Report<'a> {
    valid: bool,
    reason: Option<String>,
    sentence: &'a str,
    name: &'a str,
    format: Format,
    algorithm: Option<Hash>,
    key: Option<&'a str>,
    fallback: bool,
    keys_tried: Vec<&'a str>,
    created: Option<Moment>,
    issued: Option<Moment>,
    expires: Option<Moment>,
    cookie_bytes: Option<usize>,
    max_cookie_bytes: usize,
    keys: Option<Vec<KeySize<'a>>>,
    payload: Option<IndexMap<&'a str, Exact<'a>>>,
}

pub(crate) fn run(args: &Verify) -> Result<(), Failure> {
    let mut secrets = vec![args.key.secret()?];
    secrets.extend(args.fallbacks.secrets()?);
    let cookies = Cookies::parse(&input::read(args.cookie.as_deref())?)?;
    let candidates = candidates::one_name(&cookies, args.name.as_deref(), args.format)?;
    let mut attempts = Vec::new();
    for format in formats(args, &candidates)? {
        attempts.extend(args.attempts(format, &secrets, &candidates)?);
    }
    // Of equals the first.
    let Some(attempt) = attempts.iter().rev().max_by_key(|attempt| attempt.rank()) else {
        return Err(candidates::unknown(&candidates[0], args.format));
    };
    report(args, attempt, &candidates, &secrets)
}

/// The formats to try.
fn formats(args: &Verify, candidates: &[Candidate<'_>]) -> Result<Vec<Format>, Failure> {
    if let Some(format) = args.format {
        return Ok(vec![format]);
    }
    let guess = candidates
        .iter()
        .find_map(|candidate| candidate.guess.as_ref());
    if let Some(guess) = guess {
        let mut formats = vec![guess.token.format];
        formats.extend(&guess.others);
        return Ok(formats);
    }
    // A version that is not known here is the library's to refuse.
    match token::version(&candidates[0].pair.value) {
        Some(_) => Ok(vec![Format::Native]),
        None => Err(candidates::unknown(&candidates[0], None)),
    }
}

impl Verify {
    fn attempts<'a>(
        &self,
        format: Format,
        secrets: &[Secret],
        candidates: &'a [Candidate<'a>],
    ) -> Result<Vec<Attempt<'a>>, Failure> {
        let keys = secrets.iter().map(|secret| secret.key(format));
        let keys = keys.collect::<Result<Vec<_>, Failure>>()?;
        let given = candidates[0].pair.name.as_deref().or(self.name.as_deref());
        let hashes = match (format, self.algorithm) {
            (Format::Native, None) => vec![Hash::Sha1, Hash::Sha256],
            (_, hash) => vec![hash.unwrap_or(Hash::Sha1)],
        };
        let attempts = hashes.into_iter().map(|hash| {
            let settings = Settings {
                format,
                name: given.unwrap_or(format.default_name()).to_owned(),
                hash,
                idle_timeout: self.idle_timeout,
                absolute_timeout: self.absolute_timeout,
                now: time::now(self.now),
            };
            Attempt::new(settings, &keys, candidates)
        });
        attempts.collect()
    }
}

fn report(
    args: &Verify,
    attempt: &Attempt<'_>,
    candidates: &[Candidate<'_>],
    secrets: &[Secret],
) -> Result<(), Failure> {
    let Settings {
        format, name, now, ..
    } = &attempt.settings;
    let (format, name, now) = (*format, name.as_str(), *now);
    // Of several cookies that nobody signed none is described.
    let only = (candidates.len() == 1).then(|| &candidates[0]);
    let candidate = attempt.signed.map(|(candidate, _)| candidate).or(only);
    let key = attempt.signed.map(|(_, key)| key);
    let token = attempt
        .signed
        .and_then(|(candidate, _)| token::read(&candidate.pair.value, format));
    let moment = |seconds: Option<u64>| seconds.map(|seconds| Moment { seconds, now });
    let created = moment(token.as_ref().and_then(|token| token.created));
    let issued = moment(token.as_ref().and_then(|token| token.issued));
    let expires = moment(token.as_ref().and_then(|token| token.expires));
    let cookie_bytes = candidate.map(|candidate| name.len() + candidate.pair.value.len());
    let sources: Vec<_> = secrets
        .iter()
        .map(|secret| secret.source.as_str())
        .collect();
    let source = key.map(|key| sources[key]);
    let fallback = key.is_some_and(|key| key > 0);

    let sentence = match (attempt.reason, source) {
        (None, Some(source)) if fallback => {
            format!("The session is valid; {source}, a fallback, signed it")
        }
        (None, source) => format!(
            "The session is valid; {} signed it",
            source.unwrap_or("a key")
        ),
        (Some(reason), _) => reason::sentence(
            reason,
            &About {
                format,
                name,
                len: cookie_bytes,
                has_signature: candidates
                    .iter()
                    .any(|candidate| !candidate.signatures.is_empty()),
                created,
                issued,
                expires,
            },
        ),
    };
    let members = attempt.reason.is_none().then(|| members(attempt));
    let algorithm =
        candidate.and_then(|candidate| token::read(&candidate.pair.value, format)?.algorithm);
    let reason = attempt.reason.map(|reason| format!("{reason:?}"));

    if args.json {
        output::json(&Report {
            valid: reason.is_none(),
            reason: reason.clone(),
            sentence: &sentence,
            name,
            format,
            algorithm,
            key: source,
            fallback,
            keys_tried: sources,
            created,
            issued,
            expires,
            cookie_bytes,
            max_cookie_bytes: MAX_COOKIE,
            keys: members.as_ref().map(json::sizes),
            payload: members.as_ref().map(json::exact),
        })?;
    } else {
        let mut lines = vec![
            ("cookie", name.to_owned()),
            (
                "format",
                layout::format(
                    format,
                    algorithm,
                    token.is_some_and(|token| token.compressed),
                ),
            ),
        ];
        match source {
            Some(source) if fallback => lines.push(("key", format!("{source} (a fallback)"))),
            Some(source) => lines.push(("key", source.to_owned())),
            None => lines.push(("keys tried", sources.join(", "))),
        }
        for (label, time) in [
            ("created", created),
            ("issued", issued),
            ("expires", expires),
        ] {
            lines.extend(time.map(|time| (label, time.to_string())));
        }
        lines
            .extend(candidate.map(|candidate| ("size", layout::size(name, &candidate.pair.value))));
        let verdict = match &reason {
            None => format!("VALID: {sentence}"),
            Some(reason) => format!("NOT VALID: {reason}"),
        };
        let contents = members.as_ref().map(layout::contents).unwrap_or_default();
        output::text(&format!(
            "{verdict}\n\n{}\n{contents}",
            layout::lines(&lines)
        ))?;
    }
    match reason {
        None => Ok(()),
        Some(reason) => Err(Failure::new(
            Kind::NotValid,
            format!("{reason}: {sentence}"),
        )),
    }
}

/// What the session holds, asked of the library.
fn members(attempt: &Attempt<'_>) -> Members {
    let session = &attempt.session;
    let member = |key: &str| Some((key.to_owned(), session.get(key)?));
    session.keys().filter_map(member).collect()
}
