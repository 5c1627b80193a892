//! `show`: prints what a cookie says, without a key.

use std::ffi::OsString;

use axum_cookie_session::SessionConfig;
use clap::Args;
use indexmap::IndexMap;
use serde::Serialize;

use crate::binding::Binding;
use crate::candidates::{self, Candidate};
use crate::cookies::{Cookies, InputKind};
use crate::failure::{Failure, Kind};
use crate::format::{Format, Hash};
use crate::json::{self, Exact, KeySize, Members};
use crate::layout;
use crate::time::{self, Moment};
use crate::token::Guess;
use crate::{input, output};

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Token, name=value, Cookie or Set-Cookie header; `-` or none: standard input
    cookie: Option<OsString>,
    /// The cookie of this name, among several
    #[arg(long)]
    name: Option<String>,
    /// Read as this format, without guessing
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Unix time that ages are counted from, instead of now
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,
}

/// With `--json`; the README explains the fields.
#[derive(Serialize)]
struct Report<'a> {
    verified: bool,
    input: InputKind,
    sessions: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Shown<'a> {
    name: Option<&'a str>,
    format: Format,
    other_formats: &'a [Format],
    doubt: Option<&'static str>,
    algorithm: Option<Hash>,
    device: Option<&'a Binding>,
    compressed: bool,
    encrypted: bool,
    signature_cookie: bool,
    created: Option<Moment>,
    issued: Option<Moment>,
    expires: Option<Moment>,
    attributes: Option<&'a str>,
    cookie_bytes: usize,
    max_cookie_bytes: usize,
    payload_bytes: Option<usize>,
    keys: Option<Vec<KeySize<'a>>>,
    payload: Option<IndexMap<&'a str, Exact<'a>>>,
    #[serde(skip)]
    value: &'a str,
    #[serde(skip)]
    members: Option<&'a Members>,
}

pub(crate) fn run(args: &Show) -> Result<(), Failure> {
    let cookies = Cookies::parse(&input::read(args.cookie.as_deref())?)?;
    let candidates = candidates::all(&cookies, args.name.as_deref(), args.format)?;
    let now = time::now(args.now);
    let mut shown = Vec::new();
    let mut failure = None;
    for candidate in &candidates {
        match Shown::new(candidate, args.name.as_deref(), args.format, now) {
            Ok(session) => shown.push(session),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    if let Some(failure) = failure.filter(|_| shown.is_empty()) {
        return Err(failure);
    }
    match args.json {
        true => output::json(&Report {
            verified: false,
            input: cookies.kind,
            sessions: shown,
        }),
        false => {
            let texts: Vec<_> = shown.iter().map(Shown::text).collect();
            output::text(&format!(
                "NOT VERIFIED: anyone can write a cookie that reads like this; `verify` checks it\n\n{}",
                texts.join("\n")
            ))
        }
    }
}

impl<'a> Shown<'a> {
    fn new(
        candidate: &'a Candidate<'a>,
        name: Option<&'a str>,
        format: Option<Format>,
        now: u64,
    ) -> Result<Self, Failure> {
        let Some(Guess {
            token,
            others,
            doubt,
        }) = &candidate.guess
        else {
            return Err(candidates::unknown(candidate, format));
        };
        let contents = match &token.payload {
            Ok(contents) => Some(contents),
            Err(_) if token.is_encrypted() => None,
            Err(why) => {
                let format = token.format;
                return Err(Failure::new(
                    Kind::Payload,
                    format!(
                        "the cookie has the shape of the format {format}, and its payload {why}"
                    ),
                ));
            }
        };
        let members = contents.map(|contents| &contents.members);
        let moment = |seconds: Option<u64>| seconds.map(|seconds| Moment { seconds, now });
        let name = candidate.pair.name.as_deref().or(name);
        let value = candidate.pair.value.as_str();
        Ok(Self {
            name,
            format: token.format,
            other_formats: others,
            doubt: *doubt,
            algorithm: token.algorithm,
            device: token.binding.as_ref(),
            compressed: token.compressed,
            encrypted: token.is_encrypted(),
            signature_cookie: !candidate.signatures.is_empty(),
            created: moment(token.created),
            issued: moment(token.issued),
            expires: moment(token.expires),
            attributes: candidate.pair.attributes.as_deref(),
            cookie_bytes: name.unwrap_or(token.format.default_name()).len() + value.len(),
            max_cookie_bytes: SessionConfig::MAX_COOKIE_LEN,
            payload_bytes: contents.map(|contents| contents.len),
            keys: members.map(json::sizes),
            payload: members.map(json::exact),
            value,
            members,
        })
    }

    fn text(&self) -> String {
        let name = match self.name {
            Some(name) => name.to_owned(),
            None => format!("no name given; counted as {}", self.format.default_name()),
        };
        let mut format = layout::format(self.format, self.algorithm, self.compressed);
        if let Some(doubt) = self.doubt {
            let others: Vec<_> = self.other_formats.iter().map(Format::to_string).collect();
            let others = match others.is_empty() {
                true => String::new(),
                false => format!(" or {}", others.join(" or ")),
            };
            format.push_str(&format!("{others}, not sure: {doubt}"));
        }
        let mut lines = vec![("cookie", name), ("format", format)];
        if self.format.has_signature_cookie() {
            let signature = match self.signature_cookie {
                true => "in a second cookie, which came too",
                false => "in a second cookie, which did not come",
            };
            lines.push(("signature", signature.to_owned()));
        }
        lines.extend(layout::times(self.created, self.issued, self.expires));
        lines.extend(layout::device(self.device));
        let attributes = self.attributes.filter(|attributes| !attributes.is_empty());
        lines.extend(attributes.map(|attributes| ("attributes", attributes.to_owned())));
        let name = self.name.unwrap_or(self.format.default_name());
        lines.push(("size", layout::size(name, self.value)));
        let payload = match self.payload_bytes {
            Some(bytes) => format!("{bytes} bytes of JSON"),
            None => "encrypted: `verify` with the key shows it".to_owned(),
        };
        lines.push(("payload", payload));
        let lines = layout::lines(&lines);
        match self.members {
            Some(members) => format!("{lines}\n{}", layout::contents(members)),
            None => lines,
        }
    }
}
