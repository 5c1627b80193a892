//! What `verify` prints.

use axum_cookie_session::SessionConfig;
use indexmap::IndexMap;
use serde::Serialize;

use crate::binding::Binding;
use crate::candidates::Candidate;
use crate::failure::{Failure, Kind};
use crate::format::{Format, Hash, Settings};
use crate::json::{self, Exact, KeySize, Members};
use crate::keys::Secret;
use crate::layout;
use crate::reason::{self, About};
use crate::time::Moment;
use crate::token;
use crate::verification::Verification;

/// With `--json`; the README explains the fields.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    valid: bool,
    reason: Option<String>,
    sentence: String,
    name: &'a str,
    format: Format,
    algorithm: Option<Hash>,
    device: Option<Binding>,
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

impl<'a> Report<'a> {
    /// `members` are those of a valid session.
    pub(crate) fn new(
        verification: &'a Verification<'a>,
        candidates: &'a [Candidate<'a>],
        secrets: &'a [Secret],
        members: Option<&'a Members>,
    ) -> Self {
        let Settings {
            format, name, now, ..
        } = &verification.settings;
        // With several cookies and no good signature, no cookie is described.
        let signed = verification.signed.map(|(candidate, _)| candidate);
        let only = candidates.first().filter(|_| candidates.len() == 1);
        let value = signed
            .or(only)
            .map(|candidate| candidate.pair.value.as_str());
        let token = value.and_then(|value| token::read(value, *format));
        let algorithm = token.as_ref().and_then(|token| token.algorithm);
        // What a token says of its times and its device counts under a signature alone.
        let token = token.filter(|_| signed.is_some());
        let moment = |seconds: Option<u64>| seconds.map(|seconds| Moment { seconds, now: *now });

        let keys_tried: Vec<_> = secrets
            .iter()
            .map(|secret| secret.source.as_str())
            .collect();
        let key = verification.signed.map(|(_, key)| keys_tried[key]);
        let mut report = Self {
            valid: verification.reason.is_none(),
            reason: verification.reason.map(|reason| format!("{reason:?}")),
            sentence: String::new(),
            name,
            format: *format,
            algorithm,
            device: token.as_ref().and_then(|token| token.binding.clone()),
            key,
            fallback: verification.signed.is_some_and(|(_, key)| key > 0),
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
        report.sentence = match verification.reason {
            None => report.valid_sentence(),
            Some(reason) => reason::sentence(
                reason,
                &About {
                    format: *format,
                    name,
                    len: report.cookie_bytes,
                    has_signature: candidates.iter().any(|one| !one.signatures.is_empty()),
                    created: report.created,
                    issued: report.issued,
                    expires: report.expires,
                },
            ),
        };
        report
    }

    fn valid_sentence(&self) -> String {
        let key = self.key.unwrap_or("one of the keys");
        let fallback = if self.fallback { ", a fallback," } else { "" };
        format!("The session is valid; {key}{fallback} signed it")
    }

    pub(crate) fn text(&self, members: Option<&Members>) -> String {
        let headline = match &self.reason {
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
        lines.extend(layout::device(self.device.as_ref()));
        let size = self.value.map(|value| layout::size(self.name, value));
        lines.extend(size.map(|size| ("size", size)));
        let contents = members.map(layout::contents).unwrap_or_default();
        format!("{headline}\n\n{}\n{contents}", layout::lines(&lines))
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
