//! What is said of a cookie that was verified.

use axum_cookie_session::SessionConfig;
use indexmap::IndexMap;
use serde::Serialize;

use crate::candidates::Candidate;
use crate::failure::{Failure, Kind};
use crate::format::{Format, Hash, Settings};
use crate::json::{self, Exact, KeySize, Members};
use crate::keys::Secret;
use crate::layout;
use crate::reason::{self, About};
use crate::time::Moment;
use crate::token;
use crate::verification::Attempt;

/// With `--json`; the README explains the fields.
#[derive(Serialize)]
pub(crate) struct Verdict<'a> {
    valid: bool,
    reason: Option<String>,
    sentence: String,
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
    #[serde(skip)]
    compressed: bool,
    #[serde(skip)]
    value: Option<&'a str>,
}

impl<'a> Verdict<'a> {
    /// `members` are those of a valid session.
    pub(crate) fn new(
        attempt: &'a Attempt<'a>,
        candidates: &'a [Candidate<'a>],
        secrets: &'a [Secret],
        members: Option<&'a Members>,
    ) -> Self {
        let Settings {
            format, name, now, ..
        } = &attempt.settings;
        // Of several cookies that nobody signed none is described.
        let signed = attempt.signed.map(|(candidate, _)| candidate);
        let only = candidates.first().filter(|_| candidates.len() == 1);
        let value = signed
            .or(only)
            .map(|candidate| candidate.pair.value.as_str());
        let token = value.and_then(|value| token::read(value, *format));
        let algorithm = token.as_ref().and_then(|token| token.algorithm);
        // What a token says of its times counts under a signature alone.
        let token = token.filter(|_| signed.is_some());
        let moment = |seconds: Option<u64>| seconds.map(|seconds| Moment { seconds, now: *now });

        let keys_tried: Vec<_> = secrets
            .iter()
            .map(|secret| secret.source.as_str())
            .collect();
        let key = attempt.signed.map(|(_, key)| keys_tried[key]);
        let mut verdict = Self {
            valid: attempt.reason.is_none(),
            reason: attempt.reason.map(|reason| format!("{reason:?}")),
            sentence: String::new(),
            name,
            format: *format,
            algorithm,
            key,
            fallback: attempt.signed.is_some_and(|(_, key)| key > 0),
            keys_tried,
            created: moment(token.as_ref().and_then(|token| token.created)),
            issued: moment(token.as_ref().and_then(|token| token.issued)),
            expires: moment(token.as_ref().and_then(|token| token.expires)),
            cookie_bytes: value.map(|value| name.len() + value.len()),
            max_cookie_bytes: SessionConfig::MAX_COOKIE_LEN,
            keys: members.map(json::sizes),
            payload: members.map(json::exact),
            compressed: token.is_some_and(|token| token.compressed),
            value,
        };
        verdict.sentence = match attempt.reason {
            None => verdict.praise(),
            Some(reason) => reason::sentence(
                reason,
                &About {
                    format: *format,
                    name,
                    len: verdict.cookie_bytes,
                    has_signature: candidates.iter().any(|one| !one.signatures.is_empty()),
                    created: verdict.created,
                    issued: verdict.issued,
                    expires: verdict.expires,
                },
            ),
        };
        verdict
    }

    fn praise(&self) -> String {
        let key = self.key.unwrap_or("one of the keys");
        let fallback = if self.fallback { ", a fallback," } else { "" };
        format!("The session is valid; {key}{fallback} signed it")
    }

    pub(crate) fn text(&self, members: Option<&Members>) -> String {
        let verdict = match &self.reason {
            None => format!("VALID: {}", self.sentence),
            Some(reason) => format!("NOT VALID: {reason}"),
        };
        let mut lines = vec![
            ("cookie", self.name.to_owned()),
            (
                "format",
                layout::format(self.format, self.algorithm, self.compressed),
            ),
        ];
        lines.push(match self.key {
            Some(key) if self.fallback => ("key", format!("{key} (a fallback)")),
            Some(key) => ("key", key.to_owned()),
            None => ("keys tried", self.keys_tried.join(", ")),
        });
        lines.extend(layout::times(self.created, self.issued, self.expires));
        let size = self.value.map(|value| layout::size(self.name, value));
        lines.extend(size.map(|size| ("size", size)));
        let contents = members.map(layout::contents).unwrap_or_default();
        format!("{verdict}\n\n{}\n{contents}", layout::lines(&lines))
    }

    /// What the program ends with.
    pub(crate) fn result(&self) -> Result<(), Failure> {
        match &self.reason {
            None => Ok(()),
            Some(reason) => Err(Failure::new(
                Kind::NotValid,
                format!("{reason}: {}", self.sentence),
            )),
        }
    }
}
