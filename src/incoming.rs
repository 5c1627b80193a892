//! What a request brought.

use std::sync::Arc;

use crate::config::SessionConfig;
use crate::cookie::{self, Source};
use crate::format::Rejection;
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
    pub(crate) fn receive(config: &SessionConfig, source: Source<'_>, now: u64) -> Self {
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
        let carried = |accepted: &&SessionConfig| source.carries(accepted.attributes());
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

    pub(crate) fn rejected(self, reason: Reason) -> Self {
        Self {
            arrival: Arrival::Rejected(reason),
            object: None,
            ..self
        }
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
    now: u64,
    furthest: &mut Option<Rejection>,
) -> Option<(Arrival, Option<Object>)> {
    let name = &reader.attributes().name;
    source.find(reader.attributes(), name, |value| {
        let opened = match name.len() + value.len() > cookie::MAX_LEN {
            true => Err(Rejection::unverified(Reason::TooLong)),
            false => cookie::through_jar(name, value, |value| open(reader, config, value, now)),
        };
        match opened {
            Ok(opened) => Some(opened),
            Err(rejection) => {
                log::rejected(name, value.len(), rejection.reason);
                *furthest = (*furthest).max(Some(rejection));
                None
            }
        }
    })
}

fn open(
    reader: &SessionConfig,
    config: &SessionConfig,
    value: &str,
    now: u64,
) -> Result<(Arrival, Option<Object>), Rejection> {
    let opened = reader.format().open(value)?;
    for lifetime in [reader.lifetime(), config.lifetime()] {
        lifetime
            .check(opened.times, now)
            .map_err(Rejection::verified)?;
    }
    let accepted = !std::ptr::eq(reader, config);
    Ok(match reader.format().json(opened.payload) {
        Some(text) => {
            let arrival = Arrival::Opened {
                times: opened.times,
                current: !accepted && !opened.fallback,
                accepted,
            };
            (arrival, Some(Object::new(text)))
        }
        None => {
            log::rejected(&reader.attributes().name, value.len(), Reason::Payload);
            (Arrival::Rejected(Reason::Payload), None)
        }
    })
}
