//! The second verifier.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum_cookie_session::{Algorithm, Key, Reason, SessionConfig, SessionConfigBuilder, Status};
use axum_cookie_session_fuzz::clock;
use axum_cookie_session_fuzz::json::members;
use axum_cookie_session_fuzz::sign::{FALLBACK, SECRET, Scheme};
use data_encoding::BASE64URL_NOPAD;

/// What the second verifier knows of a config.
pub struct Rules {
    pub scheme: Scheme,
    pub name: &'static str,
    /// In milliseconds.
    pub idle: u64,
    pub absolute: u64,
}

impl Rules {
    pub fn builder(&self) -> SessionConfigBuilder {
        let key = |secret| Key::new(secret).expect("32 bytes");
        SessionConfig::builder(key(SECRET))
            .fallback_key(key(FALLBACK))
            .cookie_name(self.name)
            .algorithm(match self.scheme {
                Scheme::V2 => Algorithm::HmacSha256,
                Scheme::V3 => Algorithm::Aes256HmacSha256,
                _ => Algorithm::HmacSha1,
            })
            .idle_timeout(Duration::from_millis(self.idle))
            .absolute_timeout(Duration::from_millis(self.absolute))
            .clock(clock::now)
    }

    /// Checks the length, the MAC and the times of one value, but not its payload.
    pub fn verify(&self, value: &[u8], now: u64) -> Result<Token, Rejection> {
        let unverified = |reason| Rejection {
            verified: false,
            reason,
        };
        let verified = |reason| Rejection {
            verified: true,
            reason,
        };
        // Counted before the conversion, in which bytes that are not UTF-8 get longer.
        if self.name.len() + value.len() > 4096 {
            return Err(unverified(Reason::TooLong));
        }
        let value = String::from_utf8_lossy(value);
        let parts: Vec<&str> = value.split('.').collect();
        let [version, payload, times, mac] = parts[..] else {
            return Err(unverified(Reason::Malformed));
        };
        if version != self.scheme.version() {
            let number = !version.is_empty() && version.chars().all(|char| char.is_ascii_digit());
            return Err(unverified(match number {
                true => Reason::UnknownVersion,
                false => Reason::Malformed,
            }));
        }
        let signed = format!("{version}.{payload}.{times}");
        let Some(secret) = [SECRET, FALLBACK]
            .into_iter()
            .find(|secret| self.scheme.mac(secret, self.name, &signed) == mac)
        else {
            return Err(unverified(Reason::BadSignature));
        };
        let times = match BASE64URL_NOPAD.decode(times.as_bytes()) {
            Ok(times) if times.len() == 8 => times,
            // With an id and flags, of which one is known.
            Ok(times) if times.len() == 17 && times[16] <= 1 => times,
            _ => return Err(verified(Reason::Malformed)),
        };
        let seconds = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        Ok(Token {
            payload: self.scheme.payload(&secret, self.name, payload),
            created: seconds(&times[..4]),
            issued: seconds(&times[4..8]),
        })
        .and_then(|token| {
            self.check_times(&token, now)
                .map(|()| token)
                .map_err(verified)
        })
    }

    pub fn check_times(&self, token: &Token, now: u64) -> Result<(), Reason> {
        let age = |then: u64| now.saturating_sub(then) * 1000;
        if token.issued > now + 60 {
            Err(Reason::IssuedInFuture)
        } else if token.created > token.issued {
            Err(Reason::Malformed)
        } else if age(token.issued) > self.idle {
            Err(Reason::IdleTimeout)
        } else if age(token.created) > self.absolute {
            Err(Reason::AbsoluteTimeout)
        } else {
            Ok(())
        }
    }
}

pub struct Token {
    /// Decrypted and inflated.
    pub payload: Option<Vec<u8>>,
    pub created: u64,
    pub issued: u64,
}

#[derive(Clone, Copy)]
pub struct Rejection {
    pub verified: bool,
    pub reason: Reason,
}

impl Rejection {
    /// The more checks the candidate passed, the higher.
    pub fn rank(self) -> (bool, usize) {
        const ORDER: [Reason; 7] = [
            Reason::TooLong,
            Reason::Malformed,
            Reason::UnknownVersion,
            Reason::BadSignature,
            Reason::IssuedInFuture,
            Reason::IdleTimeout,
            Reason::AbsoluteTimeout,
        ];
        let place = ORDER.iter().position(|reason| *reason == self.reason);
        (self.verified, place.expect("a reason of a candidate"))
    }
}

/// The session that a request carries.
#[derive(Debug, PartialEq)]
pub struct Loaded {
    pub status: Status,
    pub created: u64,
    pub issued: u64,
    /// Key and JSON text, in order.
    pub contents: Vec<(String, String)>,
}

pub fn load(headers: &HeaderMap, ours: &Rules, fallback: Option<&Rules>, now: u64) -> Loaded {
    let pairs: Vec<&[u8]> = headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|header| header.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .collect();
    let new = |status| Loaded {
        status,
        created: now,
        issued: now,
        contents: Vec::new(),
    };
    let mut best_rejection: Option<Rejection> = None;
    for rules in [Some(ours), fallback].into_iter().flatten() {
        // Issued, created, position: the newest counts, whatever its payload is.
        let mut newest: Option<((u64, u64, usize), Token)> = None;
        for (at, pair) in pairs.iter().enumerate() {
            let value = pair.strip_prefix(rules.name.as_bytes());
            let Some(value) = value.and_then(|rest| rest.strip_prefix(b"=")) else {
                continue;
            };
            let verified = rules.verify(value, now).and_then(|token| {
                // Our timeouts apply to the fallback config too.
                let in_time = ours.check_times(&token, now);
                let rejected = |reason| Rejection {
                    verified: true,
                    reason,
                };
                in_time.map(|()| token).map_err(rejected)
            });
            match verified {
                Ok(token) => {
                    let age = (token.issued, token.created, at);
                    if newest.as_ref().is_none_or(|(newest, _)| age > *newest) {
                        newest = Some((age, token));
                    }
                }
                Err(rejection) => {
                    if best_rejection.is_none_or(|best| rejection.rank() > best.rank()) {
                        best_rejection = Some(rejection);
                    }
                }
            }
        }
        let Some((_, token)) = newest else {
            continue;
        };
        let Some(contents) = token.payload.and_then(contents) else {
            return new(Status::Rejected(Reason::InvalidPayload));
        };
        return Loaded {
            status: match std::ptr::eq(rules, ours) {
                true => Status::Valid,
                false => Status::Fallback,
            },
            created: token.created,
            issued: token.issued,
            contents,
        };
    }
    new(best_rejection.map_or(Status::New, |rejection| Status::Rejected(rejection.reason)))
}

/// Each key that is shown once, with the last value.
pub fn contents(payload: Vec<u8>) -> Option<Vec<(String, String)>> {
    let text = String::from_utf8(payload).ok()?;
    let mut contents: Vec<(String, String)> = Vec::new();
    for member in members(&text)? {
        let Some(name) = member.name() else {
            continue;
        };
        let value = member.value.to_owned();
        match contents.iter_mut().find(|(known, _)| *known == name) {
            Some((_, last)) => *last = value,
            None => contents.push((name, value)),
        }
    }
    Some(contents)
}
