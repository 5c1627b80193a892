//! What a request brought.

use std::sync::Arc;
use std::time::Duration;

use crate::config::SessionConfig;
use crate::cookie::{self, Source};
use crate::data::object::Object;
use crate::log;
use crate::status::Reason;
use crate::token::timestamps::Times;
use crate::token::{Candidate, Rejection};

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
        /// Whether it is shown although nobody knows if it was revoked.
        unknown: bool,
    },
}

impl Arrival {
    /// The same, with a revocation that did not answer.
    pub(crate) fn unvouched(self) -> Self {
        match self {
            Self::Opened {
                times,
                current,
                accepted,
                ..
            } => Self::Opened {
                times,
                current,
                accepted,
                unknown: true,
            },
            other => other,
        }
    }
}

impl Incoming {
    /// Opens the first candidate that can be opened: of our name, then of each accepted config.
    pub(crate) fn receive(config: &SessionConfig, source: Source<'_>, now: Duration) -> Self {
        let mut furthest = None;
        let mut opened = open_any(config, config, source, now, &mut furthest, Some);
        for accepted in config.accepts() {
            opened =
                opened.or_else(|| open_any(accepted, config, source, now, &mut furthest, Some));
        }
        match opened {
            Some((arrival, object)) => Self::of(config, source, arrival, object.map(Arc::new)),
            None => Self::none(config, source, furthest),
        }
    }

    /// No session, and why of the candidate that got furthest.
    pub(crate) fn none(
        config: &SessionConfig,
        source: Source<'_>,
        furthest: Option<Rejection>,
    ) -> Self {
        let why = |rejection: Rejection| Arrival::Rejected(rejection.reason);
        Self::of(config, source, furthest.map_or(Arrival::Nothing, why), None)
    }

    pub(crate) fn of(
        config: &SessionConfig,
        source: Source<'_>,
        arrival: Arrival,
        object: Option<Arc<Object>>,
    ) -> Self {
        let carried = |accepted: &&SessionConfig| source.carries(accepted);
        Self {
            arrival,
            object,
            carried: config.accepts().iter().filter(carried).cloned().collect(),
        }
    }
}

impl Incoming {
    /// The same where nobody says whether the session was revoked: none is shown.
    pub(crate) fn unasked(mut self) -> Self {
        let is_session = self.object.as_ref().is_some_and(|object| object.is_valid());
        if is_session {
            self.arrival = Arrival::Rejected(Reason::RevocationUnknown);
            self.object = None;
        }
        self
    }

    /// Whether the session that came may have been revoked, so that nothing is to be written.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(
            self.arrival,
            Arrival::Rejected(Reason::RevocationUnknown) | Arrival::Opened { unknown: true, .. }
        )
    }

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

/// Offers what opens of the candidates of `reader`, whose session then lives under `config`, until
/// `take` wants one.
pub(crate) fn open_any<R>(
    reader: &SessionConfig,
    config: &SessionConfig,
    source: Source<'_>,
    now: Duration,
    furthest: &mut Option<Rejection>,
    mut take: impl FnMut((Arrival, Option<Object>)) -> Option<R>,
) -> Option<R> {
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
            Ok(opened) => take(opened),
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
        unknown: false,
    };
    let text = format.json(opened.payload);
    if text.is_none() {
        let name = &reader.attributes().name;
        log::rejected(name, candidate.value.len(), Reason::InvalidPayload);
    }
    Ok((
        arrival,
        text.map(|text| Object::spelt(text, format.dialect())),
    ))
}
