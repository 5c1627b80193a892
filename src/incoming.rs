//! What a request brought.

use std::sync::Arc;
use std::time::Duration;

use crate::config::SessionConfig;
use crate::cookie::{self, Source};
use crate::format::{Candidate, Rejection};
use crate::json::Object;
use crate::lifetime::Times;
use crate::log;
use crate::status::Reason;

/// The session that came with a request, or why none did.
#[derive(Clone)]
pub(crate) struct Incoming {
    pub(crate) arrival: Arrival,
    /// What the session holds; whether it is a JSON object shows when somebody asks.
    pub(crate) object: Option<Arc<Object>>,
    /// The accepted configs of which the request carried a cookie.
    pub(crate) carried: Vec<SessionConfig>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    Nothing,
    Rejected(Reason),
    Opened {
        times: Times,
        /// Opened by the signing key of the config itself.
        current: bool,
        accepted: bool,
    },
}

impl Incoming {
    /// Opens the first candidate that can be opened: of our name, then of each accepted config.
    pub(crate) fn receive(config: &SessionConfig, source: Source<'_>, now: Duration) -> Self {
        let mut furthest = None;
        let mut opened = open_any(config, config, source, now, &mut furthest);
        for accepted in config.accepts() {
            opened = opened.or_else(|| open_any(accepted, config, source, now, &mut furthest));
        }
        let (arrival, object) = match (opened, furthest) {
            (Some((arrival, object)), _) => (arrival, object.map(Arc::new)),
            (None, Some(Rejection { reason, .. })) => (Arrival::Rejected(reason), None),
            (None, None) => (Arrival::Nothing, None),
        };
        let carried = |accepted: &&SessionConfig| source.carries(accepted);
        Self {
            arrival,
            object,
            carried: config.accepts().iter().filter(carried).cloned().collect(),
        }
    }
}

impl Incoming {
    /// Of the JSON text that came in.
    pub(crate) fn len(&self) -> usize {
        self.object.as_ref().map_or(0, |object| object.text().len())
    }

    /// Whether somebody asked about the payload and it is no JSON object.
    pub(crate) fn is_payload_found_bad(&self) -> bool {
        self.object
            .as_ref()
            .is_some_and(|object| object.is_found_bad())
    }
}

/// Offers every candidate of `reader`, whose session then lives under `config`.
fn open_any(
    reader: &SessionConfig,
    config: &SessionConfig,
    source: Source<'_>,
    now: Duration,
    furthest: &mut Option<Rejection>,
) -> Option<(Arrival, Option<Object>)> {
    let name = &reader.attributes().name;
    source.find(reader, |value, signatures| {
        let len = value.len();
        let opened = match name.len() + len > cookie::MAX_LEN {
            true => Err(Rejection::unverified(Reason::TooLong)),
            false => cookie::through_jar(name, value, |value| {
                open(reader, config, &Candidate { value, signatures }, now)
            }),
        };
        match opened {
            Ok(opened) => Some(opened),
            Err(rejection) => {
                log::rejected(name, len, rejection.reason);
                *furthest = (*furthest).max(Some(rejection));
                None
            }
        }
    })
}

fn open(
    reader: &SessionConfig,
    config: &SessionConfig,
    candidate: &Candidate<'_>,
    now: Duration,
) -> Result<(Arrival, Option<Object>), Rejection> {
    let format = reader.format();
    let opened = format.open(candidate, now)?;
    let now = match format.habits().counts_fractions {
        true => now,
        false => Duration::from_secs(now.as_secs()),
    };
    for lifetime in [reader.lifetime(), config.lifetime()] {
        lifetime
            .check(opened.times, now)
            .map_err(Rejection::verified)?;
    }
    let accepted = !std::ptr::eq(reader, config);
    let arrival = Arrival::Opened {
        times: opened.times,
        current: !accepted && !opened.fallback,
        accepted,
    };
    let text = format.json(opened.payload);
    if text.is_none() {
        let name = &reader.attributes().name;
        log::rejected(name, candidate.value.len(), Reason::Payload);
    }
    Ok((
        arrival,
        text.map(|text| Object::spelt(text, format.dialect())),
    ))
}
