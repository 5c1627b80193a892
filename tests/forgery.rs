//! Every small change of a token is refused: the tests are exhaustive, not sampled.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use axum_cookie_session::{Session, SessionConfig, Status};
use common::{builder, config, other_key};
use serde_json::json;

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
fn assert_refused(config: &SessionConfig, value: &[u8]) {
    let Ok(header) = HeaderValue::from_bytes(&[b"session=", value].concat()) else {
        return;
    };
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, header);
    let session: Session = Session::from_headers(&headers, config);
    let status = session.status();
    assert!(
        matches!(status, Status::Rejected(_)),
        "{status:?}: {value:?}"
    );
    assert!(session.is_empty());
}

#[test]
fn no_token_with_one_byte_changed_is_accepted() {
    let config = config();
    for token in tokens(&config) {
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
                assert_refused(&config, &forged);
            }
        }
    }
}

#[test]
fn no_shortened_or_extended_token_is_accepted() {
    let config = config();
    for token in tokens(&config) {
        for at in 0..token.len() {
            assert_refused(&config, &token.as_bytes()[..at]);
            assert_refused(&config, &token.as_bytes()[at + 1..]);
            assert_refused(
                &config,
                format!("{}{}", &token[..at], &token[at + 1..]).as_bytes(),
            );
        }
        for at in 0..=token.len() {
            for byte in ["A", ".", "=", "-", "\"", "%"] {
                assert_refused(
                    &config,
                    format!("{}{byte}{}", &token[..at], &token[at..]).as_bytes(),
                );
            }
        }
    }
}

#[test]
fn no_splice_of_two_tokens_is_accepted() {
    let config = config();
    let mut tokens = tokens(&config).to_vec();
    tokens.extend(self::tokens(
        &builder().cookie_name("other").build().unwrap(),
    ));
    tokens.extend(self::tokens(
        &SessionConfig::builder(other_key())
            .cookie_name("session")
            .build()
            .unwrap(),
    ));
    for first in &tokens {
        for second in &tokens {
            let (first, second): (Vec<_>, Vec<_>) =
                (first.split('.').collect(), second.split('.').collect());
            for mask in 1..15u8 {
                let parts: Vec<_> = (0..4)
                    .map(|at| {
                        if mask & 1 << at == 0 {
                            first[at]
                        } else {
                            second[at]
                        }
                    })
                    .collect();
                let spliced = parts.join(".");
                if !tokens[..3].contains(&spliced) {
                    assert_refused(&config, spliced.as_bytes());
                }
            }
        }
    }
}

#[test]
fn forged_tokens_next_to_a_valid_one_are_ignored() {
    let config = config();
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
