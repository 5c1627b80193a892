//! Every small change of a token is refused: the tests are exhaustive, not sampled.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use axum_cookie_session::{
    Algorithm, Key, Reason, Session, SessionConfig, SessionConfigBuilder, Status,
};
use common::{key, other_key};
use serde_json::json;

/// What changes a builder into that of another version, or of compressed sessions.
type Kind = fn(SessionConfigBuilder) -> SessionConfigBuilder;

/// Each kind of token that this build writes.
const KINDS: &[Kind] = &[
    |builder| builder.algorithm(Algorithm::HmacSha1),
    #[cfg(feature = "sha256")]
    |builder| builder.algorithm(Algorithm::HmacSha256),
    #[cfg(feature = "encryption")]
    |builder| builder.algorithm(Algorithm::Aes256HmacSha256),
    #[cfg(feature = "compression")]
    |builder| builder.compress(true),
];

fn config_of(kind: Kind, name: &str, key: Key) -> SessionConfig {
    let builder = SessionConfig::builder(key)
        .cookie_name(name)
        .clock(|| common::at(common::START));
    kind(builder).build().unwrap()
}

/// The config that forged tokens are sent to.
#[derive(Clone)]
struct Victim {
    config: SessionConfig,
    version: String,
}

impl Victim {
    /// One of each kind.
    fn all() -> impl Iterator<Item = Self> {
        KINDS.iter().map(|kind| {
            let config = config_of(*kind, "session", key());
            let [token, ..] = tokens(&config);
            let version = token.split('.').next().unwrap().to_owned();
            Self { config, version }
        })
    }

    /// Each with its tokens of three sizes.
    fn all_with_tokens() -> impl Iterator<Item = (Self, String)> {
        Self::all().flat_map(|victim| tokens(&victim.config).map(|token| (victim.clone(), token)))
    }
}

/// Tokens of three sizes, without the cookie name.
fn tokens(config: &SessionConfig) -> [String; 3] {
    [0, 400, 2900].map(|fill| {
        let cookie = config
            .encode(&json!({"n": 1, "fill": "x".repeat(fill)}))
            .unwrap();
        cookie.split_once('=').unwrap().1.to_owned()
    })
}

#[track_caller]
fn assert_refused(victim: &Victim, value: &[u8]) {
    let Ok(header) = HeaderValue::from_bytes(&[b"session=", value].concat()) else {
        return;
    };
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, header);
    let session: Session = Session::from_headers(&headers, &victim.config);
    let status = session.status();
    assert!(
        matches!(status, Status::Rejected(_)),
        "{status:?}: {value:?}"
    );
    if let Some(reason) = expected(victim, value) {
        assert_eq!(status, Status::Rejected(reason), "{value:?}");
    }
    assert!(session.is_empty());
}

/// Why a forged value is refused: by its shape if that is wrong, and otherwise by its MAC.
fn expected(victim: &Victim, value: &[u8]) -> Option<Reason> {
    // Around other bytes a browser's value may end, or begin.
    if !value.iter().all(u8::is_ascii_graphic) || value.iter().any(|byte| b"\";,\\".contains(byte))
    {
        return None;
    }
    let value = str::from_utf8(value).unwrap();
    let parts: Vec<_> = value.split('.').collect();
    Some(if "session".len() + value.len() > 4096 {
        Reason::TooLong
    } else if parts.len() != 4 {
        Reason::Malformed
    } else if parts[0] == victim.version {
        Reason::BadSignature
    } else if !parts[0].is_empty() && parts[0].bytes().all(|byte| byte.is_ascii_digit()) {
        Reason::UnknownVersion
    } else {
        Reason::Malformed
    })
}

#[test]
fn no_token_with_one_byte_changed_is_accepted() {
    for (victim, token) in Victim::all_with_tokens() {
        let bytes = token.as_bytes();
        for at in 0..bytes.len() {
            // Every value of each byte in the small token, every bit in the larger tokens.
            let changes: Vec<u8> = match bytes.len() {
                ..200 => (1..=255).collect(),
                _ => (0..8).map(|bit| 1 << bit).collect(),
            };
            for change in changes {
                let mut forged = bytes.to_vec();
                forged[at] ^= change;
                // A `;` starts another cookie, and white space around a value does not belong to it.
                if forged[at] == b';' || token.len() == at + 1 && matches!(forged[at], b' ' | b'\t')
                {
                    continue;
                }
                assert_refused(&victim, &forged);
            }
        }
    }
}

#[test]
fn no_shortened_or_extended_token_is_accepted() {
    for (victim, token) in Victim::all_with_tokens() {
        for at in 0..token.len() {
            assert_refused(&victim, &token.as_bytes()[..at]);
            assert_refused(&victim, &token.as_bytes()[at + 1..]);
            assert_refused(
                &victim,
                format!("{}{}", &token[..at], &token[at + 1..]).as_bytes(),
            );
        }
        for at in 0..=token.len() {
            for byte in ["A", ".", "=", "-", "\"", "%"] {
                assert_refused(
                    &victim,
                    format!("{}{byte}{}", &token[..at], &token[at..]).as_bytes(),
                );
            }
        }
    }
}

/// Of every kind, of another name, and of another key.
#[test]
fn no_splice_of_two_tokens_is_accepted() {
    let pool: Vec<String> = KINDS
        .iter()
        .flat_map(|kind| {
            let ours = config_of(*kind, "session", key());
            let of_other_name = config_of(*kind, "other", key());
            let of_other_key = config_of(*kind, "session", other_key());
            [ours, of_other_name, of_other_key]
        })
        .flat_map(|config| tokens(&config))
        .collect();
    for (own, victim) in Victim::all().enumerate() {
        for first in &pool {
            for second in &pool {
                let (first, second): (Vec<_>, Vec<_>) =
                    (first.split('.').collect(), second.split('.').collect());
                for mask in 1..15u8 {
                    let part = |at: usize| match mask & 1 << at {
                        0 => first[at],
                        _ => second[at],
                    };
                    let spliced = [0, 1, 2, 3].map(part).join(".");
                    if !pool.contains(&spliced) {
                        assert_refused(&victim, spliced.as_bytes());
                    }
                }
            }
        }
        // Whole tokens of other kinds, names and keys, also under the version of this one.
        for (at, token) in pool.iter().enumerate() {
            // Versions apart, compressed tokens are those of version 1.
            let is_ours = |kind: usize| at / 9 == kind && at % 9 < 3;
            let plain = [0, KINDS.len() - 1];
            let same_version = cfg!(feature = "compression") && plain.contains(&own);
            if is_ours(own) || same_version && plain.iter().any(|kind| is_ours(*kind)) {
                continue;
            }
            assert_refused(&victim, token.as_bytes());
            for version in ["1", "2", "3", "4"] {
                assert_refused_as(&victim, version, token);
            }
        }
    }
}

/// A token whose version is replaced, unless that changes nothing.
fn assert_refused_as(victim: &Victim, version: &str, token: &str) {
    let (_, rest) = token.split_once('.').unwrap();
    assert_refused(victim, format!("{version}.{rest}").as_bytes());
}

#[test]
fn no_token_with_its_parts_in_another_order_or_under_another_version_is_accepted() {
    for (victim, token) in Victim::all_with_tokens() {
        let parts: Vec<_> = token.split('.').collect();
        for order in 0..256usize {
            // Each choice of four parts, those that leave one out and repeat another as well.
            let places = [order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6];
            if places != [0, 1, 2, 3] {
                let reordered = places.map(|place| parts[place]).join(".");
                assert_refused(&victim, reordered.as_bytes());
            }
        }
        for version in ["", "0", "1", "2", "3", "4", "01", "1 ", "٣"] {
            if version != parts[0] {
                assert_refused_as(&victim, version, &token);
            }
        }
    }
}

#[test]
fn forged_tokens_next_to_a_valid_one_are_ignored() {
    for Victim { config, .. } in Victim::all() {
        let [token, ..] = tokens(&config);
        for at in 0..token.len() {
            let mut forged = token.clone().into_bytes();
            forged[at] ^= 1;
            let forged = String::from_utf8(forged).unwrap();
            for header in [
                format!("session={forged}; session={token}"),
                format!("session={token}; session={forged}"),
                format!("session={forged}; session={token}; session={forged}"),
            ] {
                let session = common::session(&header, &config);
                assert_eq!(session.status(), Status::Valid, "{header}");
                assert_eq!(session.get("n"), Some(1));
            }
        }
    }
}
