//! Reads the session of a request: its candidates are verified in turn, and the first good one
//! counts.

use std::cmp::Reverse;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, ORIGIN};

use crate::config::SessionConfig;
use crate::cookie::attributes::MAX_COOKIE_LEN;
use crate::cookie::request::{candidates, through_jar};
use crate::cookie::same_site::SameSite;
use crate::data::object::Object;
use crate::log;
use crate::revocation::cache::RevocationCache;
use crate::revocation::{DynRevocation, RevocationStatus};
use crate::session::binding::Proofs;
use crate::session::request::{RequestSession, RequestState, Verified};
use crate::status::Reason;
use crate::token::keyring::SIGNING_KEY;
use crate::token::{Candidate, CandidateOrder, Rejection, base64};

/// How many sessions of one config a revocation is asked about, so that planted cookies cost
/// little.
const MAX_REVOCATION_CHECKS: usize = 4;

/// How many values, and how many signatures, are tried if a second cookie has the signature. Each
/// value is compared with all of them, so the cost grows with the square up to here, where a
/// request takes 0.4 ms (`attack` measures it). A browser keeps 180 cookies of a site.
const MAX_SIGNATURES: usize = 256;

/// An older cookie must not hide, and then replace, a session whose device may prove itself with
/// the next request. Those of fallback configs are not read next to it.
const UNPROVEN: Rejection = Rejection::verified(Reason::Unproven);

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl RequestSession {
    /// Reads the session without asking a revocation.
    pub(crate) fn read(
        headers: &HeaderMap,
        config: &SessionConfig,
        now: Duration,
        proofs: &mut Proofs<'_>,
    ) -> Self {
        let mut rejection = None;
        readers(config)
            .find_map(|reader| {
                if rejection == Some(UNPROVEN) {
                    return None;
                }
                let mut sessions = verified(headers, reader, config, now, proofs, &mut rejection);
                if reader.format().options().order == CandidateOrder::Newest {
                    newest(sessions, &reader.attributes().name)
                } else {
                    sessions.next()
                }
            })
            .unwrap_or_else(|| Self::rejected(rejection, headers, config))
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
        let mut proofs = Proofs::of(headers, config, now);
        for reader in readers(config) {
            if rejection == Some(UNPROVEN) {
                break;
            }
            let sessions = verified(headers, reader, config, now, &mut proofs, &mut rejection);
            let sessions = if reader.format().options().order == CandidateOrder::Newest {
                newest_first(sessions.collect(), &reader.attributes().name)
            } else {
                sessions.take(MAX_REVOCATION_CHECKS).collect()
            };
            let any = !sessions.is_empty();
            for session in sessions.into_iter().take(MAX_REVOCATION_CHECKS) {
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
        Self::rejected(rejection, headers, config).with_fallback_cookies(headers, config)
    }

    /// No session, with the reason of the candidate that passed the most checks.
    fn rejected(rejection: Option<Rejection>, headers: &HeaderMap, config: &SessionConfig) -> Self {
        Self {
            state: match rejection {
                Some(rejection) => RequestState::Rejected(rejection.reason),
                None if is_cross_site(headers, config) => RequestState::CrossSite,
                None => RequestState::NoCookie,
            },
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
}

/// Whether another site sent the request in a way in which a cookie with our `SameSite` stays in
/// the browser (Fetch Metadata; RFC 6265bis, section 5.8.3).
///
/// Fetch sends an `Origin` with each navigation that is not a GET or HEAD. Links and redirects have
/// none, and a Lax cookie comes with them.
fn is_cross_site(headers: &HeaderMap, config: &SessionConfig) -> bool {
    let stays = match config.attributes().same_site {
        SameSite::Strict => true,
        SameSite::Lax => headers.contains_key(ORIGIN),
        SameSite::None => false,
    };
    stays
        && !config.settings.allow_cross_site_writes
        && headers
            .get_all(SEC_FETCH_SITE)
            .iter()
            .any(|site| site == "cross-site")
}

/// The newest of several sessions: a cookie that an earlier deployment left at another place must
/// not hide what is written now. The last one counts if their timestamps are equal.
fn newest(
    mut sessions: impl Iterator<Item = RequestSession>,
    name: &str,
) -> Option<RequestSession> {
    let mut newest = sessions.next()?;
    let mut several = false;
    for session in sessions {
        several |= !session.is_same(&newest);
        if session.age_order() >= newest.age_order() {
            newest = session;
        }
    }
    if several {
        log::several_valid(name);
    }
    Some(newest)
}

/// All of several sessions, the newest one first, equal ones once.
fn newest_first(mut sessions: Vec<RequestSession>, name: &str) -> Vec<RequestSession> {
    sessions.reverse();
    sessions.sort_by_key(|session| Reverse(session.age_order()));
    sessions.dedup_by(|second, first| second.is_same(first));
    if sessions.len() > 1 {
        log::several_valid(name);
    }
    sessions
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
    proofs: &'a mut Proofs<'_>,
    best_rejection: &'a mut Option<Rejection>,
) -> impl Iterator<Item = RequestSession> + 'a {
    let format = reader.format();
    let name = &reader.attributes().name;
    let (mut signatures, mut limit) = (Vec::new(), usize::MAX);
    if let [_, signature_name] = format.cookie_names() {
        limit = MAX_SIGNATURES;
        let values = candidates(headers, signature_name, false);
        let values = values.map(|value| unquote(value, format.options().unquotes));
        signatures.extend(values.filter_map(base64::decode_url).take(limit));
    }
    let last_first = format.options().order == CandidateOrder::LastCookie;
    let candidates = candidates(headers, name, last_first);
    candidates.take(limit).filter_map(move |value| {
        let session = verify(reader, config, value, &signatures, now, proofs);
        if let Err(rejection) = session {
            log::rejected(name, value.len(), rejection.reason);
            *best_rejection = (*best_rejection).max(Some(rejection));
        }
        session.ok()
    })
}

/// The value between one pair of double quotes (RFC 6265, section 4.1.1).
fn unquote(value: &[u8], unquotes: bool) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] if unquotes => inner,
        _ => value,
    }
}

fn verify(
    reader: &SessionConfig,
    config: &SessionConfig,
    value: &[u8],
    signatures: &[Vec<u8>],
    now: Duration,
    proofs: &mut Proofs<'_>,
) -> Result<RequestSession, Rejection> {
    let name = &reader.attributes().name;
    let format = reader.format();
    // 1. The length, before anything is hashed.
    if name.len() + value.len() > MAX_COOKIE_LEN {
        return Err(Rejection::unverified(Reason::TooLong));
    }
    through_jar(unquote(value, format.options().unquotes), |value| {
        // 2. The MAC, before anything is parsed.
        let token = format.verify(&Candidate { value, signatures }, now)?;
        // 3. The timestamps, by the timeouts of both configs.
        for timeouts in [&reader.settings.timeouts, &config.settings.timeouts] {
            timeouts
                .check(token.timestamps, now, format.options().subsecond_expiry)
                .map_err(Rejection::verified)?;
        }
        // 4. The device that the session is bound to.
        let proven = proofs
            .check(token.timestamps)
            .map_err(Rejection::verified)?;
        // 5. The payload. Its JSON is parsed when something asks about it.
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
                proven,
                revocation_unknown: false,
            }),
            object: json.map(|json| Arc::new(Object::new(json, format.options().json_style))),
            fallback_cookies: Vec::new(),
        })
    })
}
