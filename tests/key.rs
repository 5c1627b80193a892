//! Keys: the length of a secret, the errors, and that a secret is never shown.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum::http::HeaderMap;
use axum_cookie_session::{Key, KeyError, Session, SessionConfig, SessionMap, Status};
use common::{START, at, session};

/// The token of an empty session under this key.
fn token(key: &Key) -> String {
    config(key).encode(&SessionMap::default()).unwrap()
}

fn config(key: &Key) -> SessionConfig {
    SessionConfig::builder(key.clone())
        .cookie_name("session")
        .clock(|| at(START))
        .build()
        .unwrap()
}

#[test]
fn a_secret_has_at_least_32_bytes() {
    for len in [0, 1, 16, 31] {
        let error = Key::new(vec![7; len]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "the key has {len} bytes and needs at least 32: make one with `openssl rand -base64 48`"
            ),
        );
    }
    for len in [32, 33, 64, 65, 1000] {
        assert!(Key::new(vec![7; len]).is_ok(), "{len} bytes");
    }
}

#[test]
fn a_legacy_secret_has_at_least_one_byte() {
    let error = Key::legacy("").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key has 0 bytes and needs at least 1: make one with `openssl rand -base64 48`",
    );
    for len in [1, 2, 31, 32, 1000] {
        assert!(Key::legacy(vec![7; len]).is_ok(), "{len} bytes");
    }
}

#[test]
fn the_length_of_a_secret_is_counted_in_bytes() {
    let sixteen = "é".repeat(16);
    assert!(Key::new(&sixteen).is_ok());
    assert!(Key::new(&sixteen[2..]).is_err());
}

#[test]
fn a_secret_may_be_text_or_bytes_owned_or_borrowed() {
    let text = "0123456789abcdef0123456789abcdef";
    let bytes: [u8; 32] = text.as_bytes().try_into().unwrap();
    let (string, vec) = (String::from(text), Vec::from(bytes));
    let keys = [
        Key::new(text),
        Key::new(&string),
        Key::new(string),
        Key::new(bytes),
        Key::new(&bytes[..]),
        Key::new(&vec),
        Key::new(vec),
        Key::new(Box::<[u8]>::from(bytes)),
        Key::legacy(text),
        Key::legacy(String::from(text)),
        Key::legacy(bytes),
        Key::legacy(Vec::from(bytes)),
    ];
    let first = keys[0].clone().unwrap();
    for key in keys {
        let key = key.unwrap();
        assert_eq!(key, first);
        assert_eq!(token(&key), token(&first));
    }
}

#[test]
fn a_secret_is_used_unchanged() {
    let text = "0123456789abcdef0123456789abcdef";
    for other in [
        format!("{text}\n"),
        format!(" {text}"),
        text.to_uppercase(),
        format!("{text}="),
    ] {
        let (key, other) = (Key::new(text).unwrap(), Key::new(other).unwrap());
        assert_ne!(key, other);
        assert_ne!(token(&key), token(&other));
    }
}

#[test]
fn keys_are_equal_if_their_secrets_are_equal() {
    let secrets: [&[u8]; 9] = [
        b"\0",
        b"\0\0",
        &[7; 31],
        &[7; 32],
        &[7; 33],
        &[8; 32],
        b"\x077777777777777777777777777777777",
        &[7; 64],
        &[7; 65],
    ];
    for (i, ours) in secrets.iter().enumerate() {
        for (j, theirs) in secrets.iter().enumerate() {
            let (ours, theirs) = (Key::legacy(ours).unwrap(), Key::legacy(theirs).unwrap());
            assert_eq!(ours == theirs, i == j, "{i} and {j}");
        }
    }
    for at in [0, 15, 31] {
        let mut secret = [7; 32];
        secret[at] ^= 0x80;
        assert_ne!(
            Key::new([7; 32]).unwrap(),
            Key::new(secret).unwrap(),
            "{at}"
        );
    }
}

#[test]
fn a_cloned_key_signs_like_the_original() {
    let key = Key::generate();
    let clone = key.clone();
    let expected = token(&key);
    drop(key);
    assert_eq!(token(&clone), expected);
}

#[test]
fn every_generated_key_is_different() {
    let keys: Vec<_> = (0..20).map(|_| Key::generate()).collect();
    for (i, key) in keys.iter().enumerate() {
        assert!(!keys[..i].contains(key));
        assert_ne!(*key, Key::new([0; 32]).unwrap());
    }
    let config = SessionConfig::new(keys[0].clone());
    let mut headers = HeaderMap::new();
    let cookie = config.encode(&SessionMap::default()).unwrap();
    headers.insert("cookie", cookie.parse().unwrap());
    let opened: Session = Session::from_headers(&headers, &config);
    assert_eq!(opened.status(), Status::Valid);
    let foreign: Session = Session::from_headers(&headers, &SessionConfig::new(keys[1].clone()));
    assert_ne!(foreign.status(), Status::Valid);
}

#[test]
fn a_legacy_key_of_any_length_signs_and_verifies() {
    for len in [1, 31, 63, 64, 65, 200] {
        let key = Key::legacy(vec![b'k'; len]).unwrap();
        let status = session(&token(&key), &config(&key)).status();
        assert_eq!(status, Status::Valid, "{len} bytes");
    }
}

#[test]
fn debug_does_not_show_the_secret() {
    for key in [
        Key::new([7; 32]).unwrap(),
        Key::new("0123456789abcdef0123456789abcdef").unwrap(),
        Key::legacy("k").unwrap(),
        Key::generate(),
    ] {
        assert_eq!(format!("{key:?}"), "Key(..)");
        assert_eq!(format!("{key:#?}"), "Key(..)");
    }
}

#[test]
fn a_key_error_shows_only_lengths() {
    let error = Key::new("correct-horse-battery").unwrap_err();
    for text in [
        format!("{error:?}"),
        format!("{error:#?}"),
        error.to_string(),
    ] {
        assert!(text.contains("21") && text.contains("32"), "{text}");
        for part in ["correct", "horse", "99, 111"] {
            assert!(!text.contains(part), "{text}");
        }
    }
}

#[test]
fn key_errors_are_equal_if_both_lengths_are_equal() {
    let error = |len| Key::new(vec![7; len]).unwrap_err();
    let other_bytes: KeyError = Key::new([8; 3]).unwrap_err();
    assert_eq!(error(3), other_bytes);
    assert_ne!(error(3), error(4));
    assert_ne!(error(0), Key::legacy([]).unwrap_err());
}

/// What this program makes of an environment variable, in a process of its own: in this one, other
/// threads read the environment.
fn from_env(value: Option<&std::ffi::OsStr>) -> String {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "report_the_key_of_the_environment",
        "--ignored",
        "--nocapture",
    ]);
    child.env_remove("A_KEY");
    if let Some(value) = value {
        child.env("A_KEY", value);
    }
    String::from_utf8(child.output().unwrap().stdout).unwrap()
}

#[test]
#[ignore = "the tests of `Key::from_env` run it with a variable that they set"]
fn report_the_key_of_the_environment() {
    match Key::from_env("A_KEY") {
        Ok(key) => println!("{}", token(&key)),
        Err(error) => println!("missing={} {error} {error:?}", error.is_missing()),
    }
}

#[test]
fn a_key_from_the_environment_is_used_unchanged() {
    for secret in [
        "0123456789abcdef0123456789abcdef",
        "0123456789abcdef0123456789abcdef\n",
        " 0123456789abcdef0123456789abcde",
    ] {
        let expected = token(&Key::new(secret).unwrap());
        assert!(
            from_env(Some(secret.as_ref())).contains(&expected),
            "{secret:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_key_from_the_environment_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let secret = [0xff; 32];
    let expected = token(&Key::new(secret).unwrap());
    let value = std::ffi::OsStr::from_bytes(&secret);
    assert!(from_env(Some(value)).contains(&expected));
}

#[test]
fn a_missing_variable_is_named_with_the_command_that_makes_a_key() {
    let output = from_env(None);
    let message =
        r#"A_KEY is not set: make a key with `export A_KEY="$(openssl rand -base64 48)"`"#;
    assert!(
        output.contains(&format!("missing=true {message} {message}")),
        "{output}"
    );
}

#[test]
fn a_short_variable_is_named_without_its_value() {
    for (value, len) in [("hunter2", 7), ("", 0)] {
        let output = from_env(Some(value.as_ref()));
        let message = format!(
            r#"the key in A_KEY has {len} bytes and needs at least 32: make a key with `export A_KEY="$(openssl rand -base64 48)"`"#
        );
        assert!(
            output.contains(&format!("missing=false {message}")),
            "{output}"
        );
        assert!(!output.contains("hunter2"), "{output}");
    }
}
