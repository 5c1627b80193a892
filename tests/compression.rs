//! Compressed sessions: what is compressed, how much fits, and who is blamed if it does not.

#![cfg(feature = "compression")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::cmp::Ordering;

use axum::http::StatusCode;
use axum_cookie_session::{Session, SessionConfig, Status};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{START, at, builder, config, run, session};
use miniz_oxide::deflate::compress_to_vec;
use serde_json::{Value, json};

fn compressed() -> SessionConfig {
    builder().compress(true).build().unwrap()
}

/// `{"a":"..."}` of so many bytes that compress well.
fn of_len(len: usize) -> Value {
    let words = "axum tower hyper tokio ".chars().cycle();
    json!({"a": words.take(len - r#"{"a":""}"#.len()).collect::<String>()})
}

/// Random bytes, always the same.
fn random(len: usize) -> Vec<u8> {
    let mut state = 7u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as u8
    };
    (0..len).map(|_| next()).collect()
}

/// Text that hardly compresses.
fn noise(len: usize) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(random(len));
    text.truncate(len);
    text
}

fn payload_of(cookie: &str) -> &str {
    cookie.split('.').nth(1).unwrap()
}

#[track_caller]
fn assert_reads(config: &SessionConfig, cookie: &str, json: &Value) {
    let session = session(cookie, config);
    assert_eq!(session.status(), Status::Valid);
    assert_eq!(session.get::<Value>("a").as_ref(), json.get("a"));
}

#[test]
fn the_payload_is_a_tilde_and_the_deflate_stream_of_the_json() {
    let config = compressed();
    for len in [256, 300, 495, 2807, 8000, 16 * 1024] {
        let json = of_len(len);
        let cookie = config.encode(&json).unwrap();
        let stream = compress_to_vec(json.to_string().as_bytes(), 6);
        assert_eq!(
            payload_of(&cookie),
            format!("~{}", URL_SAFE_NO_PAD.encode(stream)),
            "{len}"
        );
        assert_reads(&config, &cookie, &json);
    }
}

#[test]
fn json_of_less_than_256_bytes_is_not_compressed() {
    let cookie = compressed().encode(&of_len(255)).unwrap();
    assert_eq!(cookie, config().encode(&of_len(255)).unwrap());
    let cookie = compressed().encode(&of_len(256)).unwrap();
    assert!(payload_of(&cookie).starts_with('~'));
}

#[test]
fn a_session_that_would_not_get_shorter_is_not_compressed() {
    for len in [260, 1000, 3000] {
        // Of every byte, six bits are random: DEFLATE saves a fifth, not more.
        let json = json!({"a": noise(len)});
        let cookie = compressed().encode(&json).unwrap();
        let plain = config().encode(&json).unwrap();
        let stream = compress_to_vec(json.to_string().as_bytes(), 6);
        let shorter = URL_SAFE_NO_PAD.encode(stream).len() + 1 < payload_of(&plain).len();
        assert_eq!(cookie != plain, shorter, "{len}");
        assert!(cookie.len() <= plain.len());
    }
    // Characters of which no two are the same.
    let unique: String = ('\u{4e00}'..).take(80).collect();
    let json = json!({"a": unique});
    assert_eq!(
        compressed().encode(&json).unwrap(),
        config().encode(&json).unwrap()
    );
}

#[test]
fn a_payload_is_compressed_only_if_that_makes_it_shorter() {
    // Nearly every byte that a text can have, so that a short one does not get shorter.
    let char = |bytes: &[u8]| match bytes[0] % 2 {
        0 => char::from(b' ' + bytes[1] % 95),
        _ => char::from_u32(0x80 + u32::from_be_bytes([0, 0, bytes[1] % 7, bytes[2]])).unwrap(),
    };
    let text = |len: usize| -> String { random(3 * len).chunks(3).map(char).collect() };
    let [mut longer, mut shorter, mut equal] = [0; 3];
    for len in 200..1000 {
        let json = json!({"a": text(len)});
        let plain = config().encode(&json).unwrap();
        let stream = compress_to_vec(json.to_string().as_bytes(), 6);
        let stream = format!("~{}", URL_SAFE_NO_PAD.encode(stream));
        let (expected, count) = match stream.len().cmp(&payload_of(&plain).len()) {
            Ordering::Less => (&*stream, &mut shorter),
            Ordering::Equal => (payload_of(&plain), &mut equal),
            Ordering::Greater => (payload_of(&plain), &mut longer),
        };
        *count += 1;
        let cookie = compressed().encode(&json).unwrap();
        assert_eq!(payload_of(&cookie), expected, "{len}");
    }
    assert!(
        longer > 0 && shorter > 0 && equal > 0,
        "{longer} {shorter} {equal}"
    );
}

#[test]
fn compressed_sessions_are_read_with_and_without_the_setting() {
    let json = of_len(8000);
    let cookie = compressed().encode(&json).unwrap();
    assert_reads(&config(), &cookie, &json);
    let json = of_len(2000);
    let cookie = config().encode(&json).unwrap();
    assert_reads(&compressed(), &cookie, &json);
}

#[cfg(feature = "sha256")]
#[test]
fn version_2_is_compressed_in_the_same_way() {
    use axum_cookie_session::Algorithm::HmacSha256;
    let compressed = builder().algorithm(HmacSha256).compress(true);
    let plain = builder().algorithm(HmacSha256).build().unwrap();
    let json = of_len(8000);
    let cookie = compressed.build().unwrap().encode(&json).unwrap();
    assert!(cookie.starts_with("session=2.~"));
    assert_reads(&plain, &cookie, &json);
}

#[tokio::test]
async fn sixteen_kib_of_json_fit_and_one_byte_more_is_refused() {
    let config = compressed();
    for (len, status) in [
        (16 * 1024, StatusCode::OK),
        (16 * 1024 + 1, StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        let text = of_len(len)["a"].as_str().unwrap().to_owned();
        let handler = async move |mut session: Session| {
            session.insert("a", text);
            (session, "body")
        };
        let reply = run(&config, "", handler).await;
        assert_eq!(reply.status, status, "{len}");
        let set = usize::from(status == StatusCode::OK);
        assert_eq!(reply.set_cookies().len(), set, "{len}");
    }
    let mut session = session("", &config);
    session.insert("a", "x".repeat(16 * 1024));
    let error = session.encoded_len().unwrap_err();
    assert!(error.is_too_large());
    assert_eq!(
        error.to_string(),
        "session cookie \"session\" would take 16387 bytes of JSON and 16384 are allowed; largest keys: \"a\" (16387 bytes)",
    );
    session.discard();
}

#[test]
fn encoded_len_counts_what_would_be_written() {
    let config = compressed();
    for len in [8, 255, 256, 495, 2807, 16 * 1024] {
        let json = of_len(len);
        let mut session = session("", &config);
        session.insert("a", json["a"].as_str().unwrap());
        let written = config.encode(&json).unwrap().len() - "=".len();
        assert_eq!(session.encoded_len().unwrap(), written, "{len}");
        session.discard();
    }
    let mut session = session("", &config);
    session.insert("a", noise(6000));
    assert!(session.encoded_len().unwrap() > SessionConfig::MAX_COOKIE_LEN);
    session.discard();
}

#[test]
fn a_size_error_blames_the_keys_that_take_the_cookie() {
    let json =
        json!({"words": "axum ".repeat(1800), "noise": noise(5000), "more": "tower ".repeat(60)});
    let error = compressed().encode(&json).unwrap_err().to_string();
    let (_, largest) = error.split_once("largest keys: ").unwrap();
    let names: Vec<_> = largest
        .split(", ")
        .map(|key| key.split(' ').next().unwrap())
        .collect();
    assert_eq!(names, [r#""noise""#, r#""words""#, r#""more""#], "{error}");
    // What is blamed is what the cookie would be shorter without the key.
    let (_, len) = error.split_once("would take ").unwrap();
    let len: usize = len.split(' ').next().unwrap().parse().unwrap();
    let rest = json!({"words": json["words"], "more": json["more"]});
    let without = compressed().encode(&rest).unwrap().len() - "=".len();
    assert!(
        largest.starts_with(&format!("\"noise\" ({} bytes)", len - without)),
        "{error}"
    );
}

#[test]
fn a_key_that_is_not_valid_unicode_is_named_too() {
    let noise = noise(6000);
    let config = builder()
        .compress(true)
        .clock(|| at(START))
        .build()
        .unwrap();
    let raw = serde_json::value::RawValue::from_string(format!(r#"{{"\ud800":"{noise}"}}"#));
    let error = config.encode(&raw.unwrap()).unwrap_err().to_string();
    let (_, bytes) = error.rsplit_once(" (").unwrap();
    let bytes: usize = bytes.split(' ').next().unwrap().parse().unwrap();
    assert!(bytes > 4000, "{error}");
}

#[cfg(feature = "encryption")]
#[test]
fn compression_together_with_encryption_is_refused() {
    use axum_cookie_session::Algorithm::Aes256HmacSha256;
    use axum_cookie_session::ConfigError;
    let both = builder().compress(true).algorithm(Aes256HmacSha256);
    let error = both.build().unwrap_err();
    assert_eq!(
        error,
        ConfigError::CompressionWithEncryption {
            algorithm: Aes256HmacSha256
        }
    );
    assert_eq!(
        error.to_string(),
        "compression together with algorithm Aes256HmacSha256: the length of the cookie would tell what is encrypted; leave `compress` out, or choose another `algorithm`",
    );
    let off = builder().algorithm(Aes256HmacSha256).compress(false);
    assert!(off.build().is_ok());
}

#[cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django"
))]
#[test]
fn compression_of_a_foreign_format_is_refused() {
    use axum_cookie_session::{ConfigError, Key};
    let key = || Key::legacy("secret").unwrap();
    for (name, builder) in [
        ("session", SessionConfig::flask(key())),
        ("session", SessionConfig::starlette(key())),
        ("session", SessionConfig::express(key())),
        ("sessionid", SessionConfig::django(key())),
    ] {
        assert!(builder.clone().compress(false).build().is_ok());
        let error = builder.compress(true).build().unwrap_err();
        let name = name.to_owned();
        let text = format!(
            "compression of cookie {name:?}: the format of another framework decides itself; leave `compress` out"
        );
        assert_eq!(error.to_string(), text);
        assert_eq!(error, ConfigError::CompressionNotConfigurable { name });
    }
}

/// The state of the compressor is shared by all sessions of a thread.
#[cfg(all(feature = "flask", feature = "django"))]
#[test]
fn no_session_changes_how_a_later_one_is_compressed() {
    use axum_cookie_session::Key;
    use miniz_oxide::deflate::compress_to_vec_zlib;
    let flask = SessionConfig::flask(Key::legacy("secret").unwrap());
    let django = SessionConfig::django(Key::legacy("secret").unwrap());
    let (flask, django) = (flask.build().unwrap(), django.build().unwrap());
    let ours = compressed();
    let sessions = [
        of_len(16_000),
        json!({"a": noise(3000)}),
        json!({"a": noise(9000)}),
        json!({}),
        of_len(495),
    ];
    for round in 0..3 {
        for json in &sessions {
            let text = json.to_string();
            for (config, separator) in [(&flask, '.'), (&django, ':')] {
                let zlib = compress_to_vec_zlib(text.as_bytes(), 6);
                let payload = match zlib.len() + 1 < text.len() {
                    true => format!(".{}", URL_SAFE_NO_PAD.encode(zlib)),
                    false => URL_SAFE_NO_PAD.encode(&text),
                };
                let Ok(cookie) = config.encode(json) else {
                    continue;
                };
                let (_, value) = cookie.split_once('=').unwrap();
                assert!(
                    value.starts_with(&format!("{payload}{separator}")),
                    "{round}: {text:.40}"
                );
            }
            // One that does not fit leaves the state in the middle of a stream.
            let _ = ours.encode(json);
        }
    }
}
