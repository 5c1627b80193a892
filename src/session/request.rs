//! The session of a request: its candidates are verified in turn, and the first good one counts.

use std::iter;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;

use crate::config::SessionConfig;
use crate::cookie::attributes::MAX_COOKIE_LEN;
use crate::cookie::request::{candidates, through_jar};
use crate::data::object::Object;
use crate::log;
use crate::revocation::cache::RevocationCache;
use crate::revocation::{DynRevocation, RevocationStatus};
use crate::status::Reason;
use crate::token::keyring::SIGNING_KEY;
use crate::token::timestamps::Timestamps;
use crate::token::{Candidate, Rejection, base64};

/// How many sessions of one config a revocation is asked about, so that planted cookies cost little.
const MAX_REVOCATION_CHECKS: usize = 4;

/// How many values, and how many signatures, are tried if a second cookie has the signature: each
/// value is compared with all of them. A browser keeps 180 cookies of a site.
const MAX_SIGNATURES: usize = 256;

/// The session that came with a request, or why none did.
#[derive(Clone)]
pub(crate) struct RequestSession {
    pub(crate) state: RequestState,
    /// The JSON of the session. It is parsed, and may turn out invalid, when something asks about it.
    pub(crate) object: Option<Arc<Object>>,
    /// The fallback configs of which the request carried a cookie.
    pub(crate) fallback_cookies: Vec<SessionConfig>,
}

#[derive(Clone, Copy)]
pub(crate) enum RequestState {
    NoCookie,
    Rejected(Reason),
    Verified(Verified),
}

#[derive(Clone, Copy)]
pub(crate) struct Verified {
    pub(crate) timestamps: Timestamps,
    /// Whether the key verified it that signs for this config.
    pub(crate) by_signing_key: bool,
    pub(crate) by_fallback_config: bool,
    /// Whether it is shown although the revocation did not answer.
    pub(crate) revocation_unknown: bool,
}

impl RequestSession {
    /// Reads the session without asking a revocation.
    pub(crate) fn read(headers: &HeaderMap, config: &SessionConfig, now: Duration) -> Self {
        let mut rejection = None;
        readers(config)
            .find_map(|reader| verified(headers, reader, config, now, &mut rejection).next())
            .unwrap_or_else(|| Self::rejected(rejection))
            .with_fallback_cookies(headers, config)
    }

    /// Reads the first session that `revocation` does not revoke.
    pub(crate) async fn load(
        headers: &HeaderMap,
        config: &SessionConfig,
        now: Duration,
        revocation: &Arc<dyn DynRevocation>,
        cache: &mut RevocationCache,
    ) -> Self {
        let mut rejection = None;
        for reader in readers(config) {
            let sessions = verified(headers, reader, config, now, &mut rejection);
            let sessions: Vec<_> = sessions.take(MAX_REVOCATION_CHECKS).collect();
            let any = !sessions.is_empty();
            for session in sessions {
                let status = match (session.state, session.valid_object()) {
                    (RequestState::Verified(verified), Some(object)) => {
                        cache.check(revocation, verified.timestamps, object).await
                    }
                    // What is not a JSON object is not a session, so there is nothing to ask about.
                    _ => RevocationStatus::Valid,
                };
                let session = match status {
                    RevocationStatus::Valid => session,
                    RevocationStatus::Unknown => {
                        session.with_unknown_revocation(config.settings.fail_open)
                    }
                    RevocationStatus::Revoked => {
                        let name = &reader.attributes().name;
                        log::rejected(name, session.len(), Reason::Revoked);
                        rejection = rejection.max(Some(Rejection::verified(Reason::Revoked)));
                        continue;
                    }
                };
                return session.with_fallback_cookies(headers, config);
            }
            // All of them were revoked: an older cookie must not bring the session back.
            if any {
                break;
            }
        }
        Self::rejected(rejection).with_fallback_cookies(headers, config)
    }

    /// No session, with the reason of the candidate that passed the most checks.
    fn rejected(rejection: Option<Rejection>) -> Self {
        Self {
            state: rejection.map_or(RequestState::NoCookie, |rejection| {
                RequestState::Rejected(rejection.reason)
            }),
            object: None,
            fallback_cookies: Vec::new(),
        }
    }

    fn with_fallback_cookies(mut self, headers: &HeaderMap, config: &SessionConfig) -> Self {
        for fallback in config.fallback_configs() {
            let name = &fallback.attributes().name;
            if candidates(headers, name, false).next().is_some() {
                self.fallback_cookies.push(fallback.clone());
            }
        }
        self
    }

    /// The same session if its revocation did not answer: shown as it is, or not at all.
    pub(crate) fn with_unknown_revocation(mut self, show: bool) -> Self {
        if self.valid_object().is_none() {
            return self;
        }
        match &mut self.state {
            RequestState::Verified(verified) if show => verified.revocation_unknown = true,
            state => {
                *state = RequestState::Rejected(Reason::RevocationUnknown);
                self.object = None;
            }
        }
        self
    }

    /// Whether the session may have been revoked, so that nothing must be written.
    pub(crate) fn is_revocation_unknown(&self) -> bool {
        match self.state {
            RequestState::Verified(verified) => verified.revocation_unknown,
            RequestState::Rejected(reason) => reason == Reason::RevocationUnknown,
            RequestState::NoCookie => false,
        }
    }

    /// The JSON that came in, if it is a session.
    pub(crate) fn valid_object(&self) -> Option<&Arc<Object>> {
        self.object.as_ref().filter(|object| object.is_valid())
    }

    /// The length of the JSON that came in.
    pub(crate) fn len(&self) -> usize {
        self.object.as_ref().map_or(0, |object| object.text().len())
    }
}

/// The configs whose cookies are read, in this order.
fn readers(config: &SessionConfig) -> impl Iterator<Item = &SessionConfig> {
    iter::once(config).chain(config.fallback_configs())
}

/// The candidates of `reader` that verify, as sessions under `config`.
fn verified<'a>(
    headers: &'a HeaderMap,
    reader: &'a SessionConfig,
    config: &'a SessionConfig,
    now: Duration,
    best_rejection: &'a mut Option<Rejection>,
) -> impl Iterator<Item = RequestSession> + 'a {
    let format = reader.format();
    let name = &reader.attributes().name;
    let (mut signatures, mut limit) = (Vec::new(), usize::MAX);
    if let [_, signature_name] = format.cookie_names() {
        limit = MAX_SIGNATURES;
        let values = candidates(headers, signature_name, false);
        signatures.extend(values.filter_map(base64::decode_url).take(limit));
    }
    let candidates = candidates(headers, name, format.options().last_cookie_wins);
    candidates.take(limit).filter_map(move |value| {
        let session = verify(reader, config, value, &signatures, now);
        if let Err(rejection) = session {
            log::rejected(name, value.len(), rejection.reason);
            *best_rejection = (*best_rejection).max(Some(rejection));
        }
        session.ok()
    })
}

fn verify(
    reader: &SessionConfig,
    config: &SessionConfig,
    value: &[u8],
    signatures: &[Vec<u8>],
    now: Duration,
) -> Result<RequestSession, Rejection> {
    let name = &reader.attributes().name;
    let format = reader.format();
    // 1. The length, before anything is hashed.
    if name.len() + value.len() > MAX_COOKIE_LEN {
        return Err(Rejection::unverified(Reason::TooLong));
    }
    through_jar(name, value, |value| {
        // 2. The MAC, before anything is parsed.
        let token = format.verify(&Candidate { value, signatures }, now)?;
        // 3. The timestamps, by the timeouts of both configs.
        for timeouts in [&reader.settings.timeouts, &config.settings.timeouts] {
            timeouts
                .check(token.timestamps, now, format.options().subsecond_expiry)
                .map_err(Rejection::verified)?;
        }
        // 4. The payload. Its JSON is parsed when something asks about it.
        let json = format.decode(&token);
        if json.is_none() {
            log::rejected(name, value.len(), Reason::InvalidPayload);
        }
        let by_fallback_config = !reader.is(config);
        Ok(RequestSession {
            state: RequestState::Verified(Verified {
                timestamps: token.timestamps,
                by_signing_key: !by_fallback_config && token.key == SIGNING_KEY,
                by_fallback_config,
                revocation_unknown: false,
            }),
            object: json.map(|json| Arc::new(Object::new(json, format.options().json_style))),
            fallback_cookies: Vec::new(),
        })
    })
}
