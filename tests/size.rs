//! Sessions that are far too large: what is counted, and where the counting ends.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum_cookie_session::{Session, SessionConfig};
use common::*;

/// The longest JSON text that is counted, in bytes.
const MAX_JSON: usize = 64 * 1024;

/// `{"a":"..."}` with so many bytes.
fn text_of(len: usize) -> String {
    "x".repeat(len - r#"{"a":""}"#.len())
}

async fn status_of(config: &SessionConfig, text: String) -> StatusCode {
    let handler = async move |mut session: Session| {
        session.insert("a", text);
        (session, "body")
    };
    let reply = run(config, "", handler).await;
    reply.assert_no_set_cookie();
    reply.status
}

#[tokio::test]
async fn encoded_len_counts_up_to_64_kib_of_json() {
    let config = config();
    for (text, fits) in [
        (text_of(5_000), true),
        (text_of(MAX_JSON), true),
        (text_of(MAX_JSON + 1), false),
        (text_of(10 * MAX_JSON), false),
        // Bytes count, not characters.
        ("é".repeat((MAX_JSON - 8) / 2), true),
        ("é".repeat((MAX_JSON - 8) / 2 + 1), false),
        // Eight escapes of six bytes are 48 bytes of text.
        ("\u{1}".repeat((MAX_JSON - 8) / 6), true),
        ("\u{1}".repeat((MAX_JSON - 8) / 6 + 1), false),
    ] {
        let mut session = session("", &config);
        session.insert("a", &text);
        match session.encoded_len() {
            Ok(len) => assert!(fits && len > text.len(), "{} bytes", text.len()),
            Err(error) => {
                assert!(!fits, "{} bytes: {error}", text.len());
                assert!(error.is_too_large());
                assert!(error.to_string().contains("\"a\""), "{error}");
            }
        }
        assert!(config.encode(&*session).unwrap_err().is_too_large());
        session.discard();
        let status = status_of(&config, text).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}

#[test]
fn many_small_keys_are_too_large_like_one_large_key() {
    let config = config();
    let mut typed: Session<BTreeMap<String, u32>> =
        Session::from_headers(&headers("session=x"), &config);
    let mut session = session("", &config);
    for n in 0..9_000 {
        typed.insert(n.to_string(), n);
        session.insert(n.to_string(), n);
    }
    assert!(typed.encoded_len().unwrap_err().is_too_large());
    assert!(session.encoded_len().unwrap_err().is_too_large());
    typed.discard();
    session.discard();
}

#[cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django",
    feature = "react-router"
))]
mod in_the_formats_of_the_peers {
    use super::common::peers::*;
    use super::*;

    #[test]
    fn encoded_len_counts_up_to_64_kib_of_json() {
        for (format, constructor) in PEERS {
            let config = built(constructor);
            for (len, fits) in [
                (5_000, true),
                // Starlette writes a blank behind the colon.
                (MAX_JSON - 1, true),
                (MAX_JSON + 1, false),
                (10 * MAX_JSON, false),
            ] {
                let mut session = session("", &config);
                session.insert("a", text_of(len));
                match session.encoded_len() {
                    Ok(_) => assert!(fits, "{format}: {len}"),
                    Err(error) => assert!(!fits && error.is_too_large(), "{format}: {len}"),
                }
                session.discard();
            }
        }
    }

    #[tokio::test]
    async fn a_text_over_64_kib_is_refused_before_it_is_written_in_the_peers_style() {
        // Both the last value and the key that no peer can read come behind 64 KiB of text.
        let nested: BTreeMap<String, u32> = (0..20_000).map(|n| (n.to_string(), 0)).collect();
        let deep = raw(&("[".repeat(1000) + &"]".repeat(1000)));
        for (format, constructor) in PEERS {
            let config = built(constructor);
            let nested = nested.clone();
            let deep = deep.clone();
            let handler = async move |mut session: Session| {
                session.insert("unreadable", deep);
                session.insert("nested", nested);
                let error = session.encoded_len().unwrap_err();
                assert!(error.is_too_large(), "{error}");
                (session, "body")
            };
            let reply = run(&config, "", handler).await;
            assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR, "{format}");
            reply.assert_no_set_cookie();
        }
    }
}
