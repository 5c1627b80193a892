//! The tokens that the other frameworks issued, and our own of every kind.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{command, encode, inspect, lines, run, show, verify};
use serde_json::Value;

const FORMATS: [&str; 9] = [
    "native",
    "flask",
    "starlette",
    "express",
    "koa",
    "django",
    "react-router",
    "rails",
    "rails-sha1",
];

fn is_plain(vector: &Value) -> bool {
    // Numbers that JavaScript reads otherwise than Rust are left out.
    let text = vector["payload_json"].as_str().unwrap_or_default();
    let as_written =
        serde_json::from_str::<Value>(text).is_ok_and(|json| json == vector["payload"]);
    vector["valid"] == true
        && vector["strict_may_reject"] == false
        && vector["payload"].is_object()
        && as_written
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Shows and verifies each of them, as the header in which the other side got it.
fn check(format: &str, least: usize) {
    let vectors = lines(&format!("vectors/{format}.jsonl"));
    let mut checked = 0;
    for vector in vectors.iter().filter(|vector| is_plain(vector)) {
        let (id, reason) = (&vector["id"], vector["reason"].as_str().unwrap());
        // Lifetimes and hashes that are settings of the other side; a payload read as Latin-1.
        let other_settings = ["max-age-none", "keygrip-sha256", "mojibake", "future-by"];
        if other_settings
            .iter()
            .any(|setting| reason.contains(setting))
        {
            continue;
        }
        let header = format!("Cookie: {}", vector["cookie_header"].as_str().unwrap());
        let name = vector["cookie_name"].as_str().unwrap();
        let now = vector["now"]
            .as_f64()
            .map_or(0, |now| now as u64)
            .to_string();

        let shown =
            run(command().args(["show", &header, "--name", name, "--json", "--now", &now])).json();
        let session = shown["sessions"].as_array().unwrap().iter();
        let mut session = session.filter(|session| session["payload"] == vector["payload"]);
        let session = session
            .next()
            .unwrap_or_else(|| panic!("{id} {reason}: {shown}"));
        let guessed = session["format"] == format;
        let possible = session["other_formats"]
            .as_array()
            .unwrap()
            .contains(&format.into());
        assert!(guessed || possible, "{id} {reason}: {session}");
        assert_eq!(
            session["issued"]["seconds"], vector["issued_at"],
            "{id} {reason}"
        );

        let mut verify = command();
        verify.args(["verify", &header, "--name", name, "--json", "--now", &now]);
        verify.env("SECRET_0", vector["secret"].as_str().unwrap());
        verify.args(["--key-env", "SECRET_0"]);
        let fallbacks = texts(&vector["options"]["fallback_secrets"]);
        let keys = texts(&vector["options"]["keys"]);
        let others = fallbacks.into_iter().chain(keys.into_iter().skip(1));
        for (at, secret) in others.enumerate() {
            let variable = format!("SECRET_{}", at + 1);
            verify
                .env(&variable, secret)
                .args(["--fallback-key-env", &variable]);
        }
        let verified = run(&mut verify);
        assert_eq!(verified.code, 0, "{id} {reason}: {}", verified.stderr);
        let verified = verified.json();
        assert_eq!(verified["format"], format, "{id} {reason}");
        assert_eq!(verified["payload"], vector["payload"], "{id} {reason}");
        checked += 1;
    }
    assert!(checked >= least, "{checked} of {format}");
}

#[test]
fn flasks_tokens_are_guessed_and_verified() {
    check("flask", 30);
}

#[test]
fn starlettes_tokens_are_guessed_and_verified() {
    check("starlette", 20);
}

#[test]
fn djangos_tokens_are_guessed_and_verified() {
    check("django", 25);
}

#[test]
fn expresss_tokens_are_guessed_and_verified() {
    check("express", 20);
}

/// Verifies each of them that the other side accepts, and shows what can be shown without a key.
fn check_percent_encoded(file: &str, format: &str, least: usize) {
    let mut checked = 0;
    for vector in lines(&format!("vectors/{file}.jsonl")) {
        let text = |field: &str| vector[field].as_str().unwrap_or_default();
        let is_good = vector["valid"] == true && vector["strict_may_reject"] == false;
        // The tool takes values as they come, and Rust has no lone surrogates.
        let payload = serde_json::from_str::<Value>(text("payload_json"));
        let (Ok(payload), true, false) = (payload, is_good, text("cookie_header").contains('"'))
        else {
            continue;
        };
        let (id, name) = (text("id"), text("cookie_name"));
        let header = format!("Cookie: {}", text("cookie_header"));
        let seconds = |value: &Value| value.as_f64().map_or(0, |now| now as u64).to_string();
        let now = seconds(&vector["now"]);
        let common = [&header, "--name", name, "--json", "--now", &now];

        let shown = run(command().arg("show").args(common)).json();
        let session = &shown["sessions"][0];
        let is_rails = format.starts_with("rails");
        assert_eq!(session["format"], if is_rails { "rails" } else { format });
        assert_eq!(session["encrypted"], is_rails, "{id}");
        assert!(is_rails || session["payload"] == payload, "{id}: {session}");

        let mut verify = command();
        verify
            .arg("verify")
            .args(common)
            .env("SECRET_0", text("secret"));
        verify.args(["--key-env", "SECRET_0"]);
        for (at, secret) in texts(&vector["options"]["keys"]).iter().enumerate() {
            let variable = format!("SECRET_{}", at + 1);
            verify
                .env(&variable, secret)
                .args(["--fallback-key-env", &variable]);
        }
        if vector["options"]["max_age"].is_number() {
            let max_age = seconds(&vector["options"]["max_age"]);
            verify.args(["--idle-timeout", &max_age]);
        }
        let verified = run(&mut verify);
        assert_eq!(verified.code, 0, "{id}: {}", verified.stderr);
        let verified = verified.json();
        assert_eq!(verified["format"], format, "{id}");
        assert_eq!(verified["payload"], payload, "{id}");
        checked += 1;
    }
    assert!(checked >= least, "{checked} of {format}");
}

#[test]
fn react_routers_tokens_are_guessed_and_verified() {
    check_percent_encoded("react_router", "react-router", 75);
}

#[test]
fn rails_tokens_are_guessed_and_verified_with_either_digest() {
    check_percent_encoded("rails", "rails", 80);
    check_percent_encoded("rails_sha1", "rails-sha1", 25);
}

#[test]
fn rails_digest_is_not_sure_without_a_key() {
    let cookie = encode(&["--format", "rails-sha1", "{}"]);
    let shown = show(&[&cookie]).ok();
    for part in [
        "format   rails or rails-sha1, not sure: the key alone tells",
        "payload  encrypted: `verify` with the key shows it\n",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    verify(&[&cookie, "--format", "rails"]).fails(1, "the application has the other digest");
    let renamed = cookie.replacen("_session=", "_other=", 1);
    verify(&[&renamed]).fails(
        1,
        "\"_other\" is not the cookie's name, which it is bound to",
    );
}

#[test]
fn a_session_that_rails_wrote_with_marshal_is_not_read() {
    for vector in lines("vectors/rails.jsonl") {
        if vector["reason"] == "Marshal" {
            let header = vector["cookie_header"].as_str().unwrap();
            let mut verify = command();
            verify.env("SECRET", vector["secret"].as_str().unwrap());
            verify.args(["verify", header, "--key-env", "SECRET"]);
            run(&mut verify).fails(1, "InvalidPayload: The key is right, but ");
        }
    }
}

#[test]
fn a_signed_cookie_of_express_is_not_react_routers() {
    let id = format!("connect.sid=s%3Aabcd.{}", "A".repeat(43));
    show(&[&id]).fails(3, "the input is of no known format");
}

#[test]
fn a_device_bound_session_is_shown_with_its_id_and_whether_it_is_bound() {
    for golden in lines("golden/tokens.jsonl")
        .into_iter()
        .chain(lines("golden/encrypted.jsonl"))
    {
        let is_default = golden["secret_hex"]
            == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let binding = golden["binding_hex"].as_str();
        let (Some(binding), true, true) = (binding, golden["expect"] == "valid", is_default) else {
            continue;
        };
        let (id, flags) = binding.split_at(16);
        let bound = flags == "01";
        let device = serde_json::json!({ "session_id": id, "bound": bound });
        let name = golden["cookie_name"].as_str().unwrap();
        let cookie = format!("{name}={}", golden["cookie_value"].as_str().unwrap());
        let line = match bound {
            true => format!("device   bound, session id {id}\n"),
            false => format!("device   not bound yet, session id {id}\n"),
        };

        let shown = show(&[&cookie]).ok();
        assert!(shown.contains(&line), "{shown}");
        assert_eq!(
            show(&[&cookie, "--json"]).json()["sessions"][0]["device"],
            device
        );

        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("device-key");
        std::fs::write(&path, (0..32).collect::<Vec<u8>>()).unwrap();
        let key = ["--key-file", path.to_str().unwrap()];
        let now = golden["now"].to_string();
        let verify = |more: &[&str]| {
            let args = ["verify", &cookie, "--now", &now];
            inspect(args.iter().chain(&key).chain(more))
        };
        assert!(verify(&[]).ok().contains(&line));
        assert_eq!(verify(&["--json"]).json()["device"], device);
        // Without the right key, nothing is said of it.
        let forged = inspect(["verify", &cookie, "--key-env", "OTHER_KEY", "--json"]);
        assert!(forged.json()["device"].is_null());
    }
}

#[test]
fn compressed_payloads_are_inflated() {
    for format in ["flask", "django"] {
        let json = format!(r#"{{"text":"{}"}}"#, "ab".repeat(2000));
        let shown = show(&[&encode(&["--format", format, &json])]).ok();
        assert!(
            shown.contains(&format!("format   {format}, compressed\n")),
            "{shown}"
        );
        assert!(shown.contains("payload  4011 bytes of JSON"), "{shown}");
    }
}

#[test]
fn every_format_is_encoded_shown_and_verified() {
    for format in FORMATS {
        let cookie = encode(&["--format", format, r#"{"user":"ada lovelace"}"#]);
        let shown = show(&[&cookie, "--json"]).json();
        let session = &shown["sessions"][0];
        let is_rails = format.starts_with("rails");
        assert_eq!(session["format"], if is_rails { "rails" } else { format });
        assert_eq!(session["encrypted"], is_rails);
        let user = if is_rails {
            Value::Null
        } else {
            "ada lovelace".into()
        };
        assert_eq!(session["payload"]["user"], user);
        for args in [
            vec![cookie.as_str()],
            vec![cookie.as_str(), "--format", format],
        ] {
            let verified = verify(&[&args[..], &["--json"]].concat()).json();
            assert_eq!(verified["valid"], true, "{format}");
            assert_eq!(verified["format"], format);
            assert_eq!(verified["payload"]["user"], "ada lovelace");
            assert_eq!(verified["key"], "SESSION_KEY");
        }
    }
}

#[test]
fn all_versions_of_our_token_are_tried() {
    for (hash, version) in [("sha256", "2."), ("aes256", "3.")] {
        let cookie = encode(&["{}", "--algorithm", hash]);
        assert!(cookie.starts_with(&format!("__Host-session={version}")));
        assert_eq!(verify(&[&cookie, "--json"]).json()["algorithm"], hash);
        assert_eq!(
            verify(&[&cookie, "--json", "--algorithm", hash]).json()["valid"],
            true
        );
        verify(&[&cookie, "--algorithm", "sha1"]).fails(1, "UnknownVersion: ");
    }
}

#[test]
fn an_encrypted_session_is_shown_without_its_contents_and_verified_with_them() {
    let cookie = encode(&[r#"{"user":"ada"}"#, "--algorithm", "aes256"]);
    let shown = show(&[&cookie]).ok();
    for part in [
        "format   native, version 3 (AES-256, HMAC-SHA256)\n",
        "issued   2023-11-14T22:13:",
        "size     115 of 4096 bytes (name 14, value 101)\n",
        "payload  encrypted: `verify` with the key shows it\n",
    ] {
        assert!(shown.contains(part), "{shown}");
    }
    let json = show(&[&cookie, "--json"]).json();
    let session = &json["sessions"][0];
    assert_eq!(session["encrypted"], true);
    assert!(session["payload"].is_null() && session["payload_bytes"].is_null());
    let verified = verify(&[&cookie, "--json"]).json();
    assert_eq!(verified["payload"]["user"], "ada");
    verify(&[&cookie, "--key-env", "OTHER_KEY"]).fails(1, "BadSignature: ");
}

#[test]
fn compressed_sessions_of_our_own_are_shown_as_far_as_they_are_read() {
    for golden in lines("golden/compressed.jsonl") {
        let value = golden["cookie_value"].as_str().unwrap();
        let Some(payload) = golden["payload"].as_str() else {
            // Signed well or not, what inflates to no object is not shown.
            let inflates = ["IdleTimeout", "BadSignature"].map(|reason| golden["expect"] == reason);
            if inflates == [false, false] {
                let args = ["show", "--format", "native", "--", &format!("a={value}")];
                inspect(args).fails(12, "its payload ");
            }
            continue;
        };
        let json = show(&[value, "--json"]).json();
        let session = &json["sessions"][0];
        assert_eq!(session["compressed"], true);
        assert_eq!(session["payload_bytes"], payload.len());
    }
}

#[test]
fn an_algorithm_is_refused_with_a_format_that_has_its_own() {
    let sentence = "the format of another framework has its own; leave `algorithm` out";
    for format in FORMATS.into_iter().filter(|format| *format != "native") {
        let cookie = encode(&["--format", format, "{}"]);
        for hash in ["sha1", "sha256"] {
            inspect(["encode", "{}", "--format", format, "--algorithm", hash]).fails(2, sentence);
            // Guessed, and given.
            verify(&[&cookie, "--algorithm", hash]).fails(2, sentence);
            verify(&[&cookie, "--format", format, "--algorithm", hash]).fails(2, sentence);
        }
    }
}

#[test]
fn a_version_2_of_another_key_has_a_bad_signature() {
    let cookie = encode(&["{}", "--algorithm", "sha256"]);
    verify(&[&cookie, "--key-env", "OTHER_KEY"]).fails(1, "BadSignature: ");
}

#[test]
fn djangos_payload_is_latin_1_as_django_reads_it() {
    let vectors = lines("vectors/django.jsonl");
    let is_raw = |vector: &&Value| vector["reason"].as_str().unwrap().contains("mojibake");
    let vector = vectors.iter().find(is_raw).unwrap();
    let header = format!("Cookie: {}", vector["cookie_header"].as_str().unwrap());
    let json = show(&[&header, "--json"]).json();
    assert_eq!(json["sessions"][0]["payload"], vector["payload"]);
}
