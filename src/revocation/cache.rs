//! What a revocation was asked about in one request, and what it said.

use std::iter;
use std::sync::Arc;
use std::time::Duration;

use crate::config::SessionConfig;
use crate::cookie::Source;
use crate::data::object::Object;
use crate::log;
use crate::revocation::{Erased, RevocationStatus, VerifiedSession};
use crate::session::request::{Arrival, Incoming, open_any};
use crate::status::Reason;
use crate::token::Rejection;
use crate::token::timestamps::Times;

/// Sessions of one name that are asked about.
const MAX_QUESTIONS: usize = 4;

/// The verdicts of one request: all its extractors act on the same.
#[derive(Clone, Default)]
pub(crate) struct Asked(Vec<(SessionConfig, Times, Arc<Object>, RevocationStatus)>);

impl Asked {
    /// Receives the first session that is valid and not revoked.
    pub(crate) async fn receive(
        &mut self,
        config: &SessionConfig,
        revocation: &dyn Erased,
        source: Source<'_>,
        now: Duration,
    ) -> Incoming {
        let mut furthest = None;
        for reader in iter::once(config).chain(config.accepts()) {
            let mut opened = Vec::new();
            open_any(reader, config, source, now, &mut furthest, |one| {
                opened.push(one);
                (opened.len() == MAX_QUESTIONS).then_some(())
            });
            let mut revoked = false;
            for (arrival, object) in opened {
                let object = object.map(Arc::new);
                let verdict = match (arrival, &object) {
                    (Arrival::Opened { times, .. }, Some(object)) if object.is_valid() => {
                        self.verdict(config, revocation, times, object).await
                    }
                    // What is no JSON object is no session, and nothing to ask about.
                    _ => RevocationStatus::Valid,
                };
                match verdict {
                    RevocationStatus::Valid => {
                        return Incoming::of(config, source, arrival, object);
                    }
                    RevocationStatus::Unknown if config.fails_open() => {
                        return Incoming::of(config, source, arrival.unvouched(), object);
                    }
                    RevocationStatus::Unknown => {
                        return Incoming::of(config, source, arrival, object).unasked();
                    }
                    RevocationStatus::Revoked => {
                        let len = object.map_or(0, |object| object.text().len());
                        log::rejected(&reader.attributes().name, len, Reason::Revoked);
                        furthest = furthest.max(Some(Rejection::verified(Reason::Revoked)));
                        revoked = true;
                    }
                }
            }
            // An older cookie must not bring back what was ended.
            if revoked {
                break;
            }
        }
        Incoming::none(config, source, furthest)
    }

    async fn verdict(
        &mut self,
        config: &SessionConfig,
        revocation: &dyn Erased,
        times: Times,
        object: &Arc<Object>,
    ) -> RevocationStatus {
        let known = self.0.iter().find(|(asked, then, session, _)| {
            asked.is(config) && *then == times && session.text() == object.text()
        });
        if let Some((.., verdict)) = known {
            return *verdict;
        }
        let verdict = revocation.ask(&VerifiedSession { times, object }).await;
        self.0
            .push((config.clone(), times, Arc::clone(object), verdict));
        verdict
    }
}
