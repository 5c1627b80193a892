//! `show`: prints what a cookie says, without a key.

use std::ffi::OsString;

use axum_cookie_session::SessionConfig;
use clap::Args;
use indexmap::IndexMap;
use serde::Serialize;

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
    compressed: bool,
    signature_cookie: bool,
    created: Option<Moment>,
    issued: Option<Moment>,
    expires: Option<Moment>,
    attributes: Option<&'a str>,
    cookie_bytes: usize,
    max_cookie_bytes: usize,
    payload_bytes: usize,
    keys: Vec<KeySize<'a>>,
    payload: IndexMap<&'a str, Exact<'a>>,
    #[serde(skip)]
    value: &'a str,
    #[serde(skip)]
    members: &'a Members,
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
        let contents = token.payload.as_ref().map_err(|why| {
            let format = token.format;
            Failure::new(
                Kind::Payload,
                format!("the cookie has the shape of the format {format}, and its payload {why}"),
            )
        })?;
        let moment = |seconds: Option<u64>| seconds.map(|seconds| Moment { seconds, now });
        let name = candidate.pair.name.as_deref().or(name);
        let value = candidate.pair.value.as_str();
        Ok(Self {
            name,
            format: token.format,
            other_formats: others,
            doubt: *doubt,
            algorithm: token.algorithm,
            compressed: token.compressed,
            signature_cookie: !candidate.signatures.is_empty(),
            created: moment(token.created),
            issued: moment(token.issued),
            expires: moment(token.expires),
            attributes: candidate.pair.attributes.as_deref(),
            cookie_bytes: name.unwrap_or(token.format.default_name()).len() + value.len(),
            max_cookie_bytes: SessionConfig::MAX_COOKIE_LEN,
            payload_bytes: contents.len,
            keys: json::sizes(&contents.members),
            payload: json::exact(&contents.members),
            value,
            members: &contents.members,
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
        let attributes = self.attributes.filter(|attributes| !attributes.is_empty());
        lines.extend(attributes.map(|attributes| ("attributes", attributes.to_owned())));
        let name = self.name.unwrap_or(self.format.default_name());
        lines.push(("size", layout::size(name, self.value)));
        lines.push(("payload", format!("{} bytes of JSON", self.payload_bytes)));
        format!(
            "{}\n{}",
            layout::lines(&lines),
            layout::contents(self.members)
        )
    }
}
