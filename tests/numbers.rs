//! Numbers keep their value, however many digits they have: no way leads through an `f64`.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum_cookie_session::SessionMap;
use common::*;
use serde_json::value::RawValue;

/// A session with this JSON under one key.
fn holding(json: &str) -> SessionMap {
    let mut data = SessionMap::default();
    data.insert("n", RawValue::from_string(json.to_owned()).unwrap());
    data
}

/// The same, after a browser has sent it back.
fn received(json: &str) -> SessionMap {
    let session = session(&encoded(&format!(r#"{{"n":{json}}}"#)), &config());
    (*session).clone()
}

#[test]
fn numbers_of_different_value_are_not_equal() {
    for (left, right) in [
        ("18446744073709551616", "18446744073709551617"),
        ("-9223372036854775809", "-9223372036854775810"),
        ("9007199254740993.0", "9007199254740992"),
        ("0.1234567890123456789", "0.1234567890123456788"),
        ("1e400", "1e401"),
        ("1e-400", "0"),
        ("1e400", "-1e400"),
        ("1e99999999999999999999", "1e99999999999999999998"),
        ("1e-99999999999999999999", "1e99999999999999999999"),
        ("7", "\"7\""),
        ("[1e400]", "[1e401]"),
        (
            r#"{"a":[18446744073709551616]}"#,
            r#"{"a":[18446744073709551617]}"#,
        ),
    ] {
        assert_ne!(holding(left), holding(right), "{left} {right}");
        assert_ne!(received(left), holding(right), "{left} {right}");
        assert_ne!(holding(right), received(left), "{left} {right}");
    }
}

#[test]
fn numbers_of_the_same_value_are_equal_in_any_spelling() {
    for (left, right) in [
        ("1e400", "1E400"),
        ("1e400", "10e399"),
        ("1e400", "1000e+397"),
        ("7", "7.0"),
        ("7.0", "70e-1"),
        ("-1.50", "-15E-1"),
        ("0.1", "0.100000000000000000000000000000"),
        ("18446744073709551616", "18446744073709551616.0"),
        ("18446744073709551617", "1.8446744073709551617e19"),
        ("0", "0.000"),
        ("0", "0e7"),
        ("0", "-0.0"),
        ("1e99999999999999", "10E+99999999999998"),
        (
            r#"[1, {"a": 1e400, "b": []}]"#,
            r#"[1.0,{"b":[],"a":10E+399}]"#,
        ),
    ] {
        assert_eq!(holding(left), holding(right), "{left} {right}");
        assert_eq!(received(left), holding(right), "{left} {right}");
        assert_eq!(holding(right), received(left), "{left} {right}");
    }
}

#[test]
fn a_flash_message_that_is_a_number_is_shown_as_it_is_written() {
    let payload = r#"{"_flashes":[["info",1.50],["info",123456789012345678901234567890],[1E2,0.1234567890123456789012345678],["info",1e400],["info",[1.0, -0.0]],["info",{"price": 2.50}]]}"#;
    let mut session = session(&encoded(payload), &config());
    let flashes = session.take_flashes();
    let messages: Vec<_> = flashes.iter().map(|flash| &*flash.message).collect();
    assert_eq!(
        messages,
        [
            "1.50",
            "123456789012345678901234567890",
            "0.1234567890123456789012345678",
            "1e400",
            "[1.0, -0.0]",
            r#"{"price": 2.50}"#,
        ]
    );
    assert_eq!(flashes[2].category, "1E2");
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

    /// What a `Decimal` of the application may serialize to, and what no `f64` holds.
    const PRECISE: [&str; 6] = [
        "0.1234567890123456789012345678",
        "-3.00000000000000000000000001",
        "12345678901234567.0",
        "100000000000000000000.5",
        "1.0000000000000000000001e5",
        "1e-400",
    ];

    #[test]
    fn python_gets_every_digit_of_a_number() {
        for (format, constructor) in PEERS {
            if is_javascript(format) {
                continue;
            }
            for json in PRECISE {
                for (value, expected) in [
                    (json.to_owned(), json.to_owned()),
                    (format!("[{json}]"), format!("[{json}]")),
                    (format!(r#"{{"a":{json}}}"#), format!(r#"{{"a":{json}}}"#)),
                ] {
                    let written = encode_value((format, constructor), "n", raw(&value)).unwrap();
                    let written = written.replace(": ", ":");
                    assert_eq!(written, format!(r#"{{"n":{expected}}}"#), "{format}");
                }
            }
        }
    }

    #[test]
    fn a_number_that_javascript_would_round_is_an_error_that_names_its_key() {
        for json in PRECISE.into_iter().chain([
            "9007199254740993.0",
            "1e400",
            "-1E+309",
            "4503599627370497.51",
            "0.10000000000000000001",
        ]) {
            for value in [json.to_owned(), format!(r#"[{{"a":[{json}]}}]"#)] {
                let error = encode_value(PEERS[2], "price", raw(&value)).unwrap_err();
                assert!(error.contains("\"price\""), "{error}");
                assert!(!error.contains(json), "{error}");
            }
        }
    }

    #[test]
    fn a_number_that_javascript_reads_as_itself_is_written() {
        for (json, expected) in [
            ("0.1", "0.1"),
            ("0.10", "0.1"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("9007199254740992.0", "9007199254740992"),
            ("1e23", "1e+23"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("0.0e7", "0"),
        ] {
            let written = encode_value(PEERS[2], "price", raw(json)).unwrap();
            assert_eq!(written, format!(r#"{{"price":{expected}}}"#));
        }
    }
}
