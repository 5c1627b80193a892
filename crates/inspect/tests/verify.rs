//! `verify`: which key, and every reason.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{NOW, SECRET, command, encode, inspect, lines, run, verify};
use serde_json::json;

fn ada() -> String {
    encode(&[r#"{"user":"ada"}"#])
}

#[test]
fn a_session_is_shown_with_the_key_that_signed_it() {
    assert_eq!(
        verify(&[&ada()]).ok(),
        "\
VALID: The session is valid; SESSION_KEY signed it

cookie   __Host-session
format   native, version 1 (HMAC-SHA1)
key      SESSION_KEY
created  2023-11-14T22:13:20Z (now)
issued   2023-11-14T22:13:20Z (now)
size     70 of 4096 bytes (name 14, value 56)

{
  \"user\": \"ada\"
}

bytes  key
   12  user
"
    );
}

#[test]
fn json_has_the_documented_fields() {
    let time = json!({"seconds": NOW, "date": "2023-11-14T22:13:20Z", "age": "now"});
    assert_eq!(
        verify(&[&ada(), "--json"]).json(),
        json!({
            "valid": true,
            "reason": null,
            "sentence": "The session is valid; SESSION_KEY signed it",
            "name": "__Host-session",
            "format": "native",
            "algorithm": "sha1",
            "device": null,
            "key": "SESSION_KEY",
            "fallback": false,
            "keys_tried": ["SESSION_KEY"],
            "created": time,
            "issued": time,
            "expires": null,
            "cookie_bytes": 70,
            "max_cookie_bytes": 4096,
            "keys": [{"key": "user", "bytes": 12}],
            "payload": {"user": "ada"},
        })
    );
}

#[test]
fn json_of_a_rejected_cookie_has_the_reason_but_not_the_payload() {
    let run = verify(&[&ada(), "--json", "--key-env", "OTHER_KEY"]).fails(1, "BadSignature: ");
    let json = run.json();
    assert_eq!(
        (&json["valid"], &json["reason"]),
        (&json!(false), &json!("BadSignature"))
    );
    assert!(
        json["sentence"]
            .as_str()
            .unwrap()
            .starts_with("The signature does not match")
    );
    assert_eq!(
        (&json["key"], &json["payload"], &json["created"]),
        (&json!(null), &json!(null), &json!(null))
    );
    assert_eq!(json["keys_tried"], json!(["OTHER_KEY"]));
}

#[test]
fn a_fallback_that_matched_is_named() {
    let args = [
        "--key-env",
        "OTHER_KEY",
        "--fallback-key-env",
        "SESSION_KEY",
    ];
    let text = verify(&[&[ada().as_str()][..], &args].concat()).ok();
    assert!(
        text.contains("The session is valid; SESSION_KEY, a fallback, signed it"),
        "{text}"
    );
    assert!(text.contains("key      SESSION_KEY (a fallback)"), "{text}");
    let json = verify(&[&[ada().as_str(), "--json"][..], &args].concat()).json();
    assert_eq!(
        (&json["key"], &json["fallback"]),
        (&json!("SESSION_KEY"), &json!(true))
    );
}

#[test]
fn a_key_may_be_in_a_file_that_ends_with_a_line_break() {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (name, end) in [("key", ""), ("key-lf", "\n"), ("key-crlf", "\r\n")] {
        let path = dir.join(name);
        std::fs::write(&path, format!("{SECRET}{end}")).unwrap();
        let text = verify(&[&ada(), "--key-file", path.to_str().unwrap()]).ok();
        assert!(
            text.contains(&format!("key      {}", path.display())),
            "{text}"
        );
        let fallback = [
            "--key-env",
            "OTHER_KEY",
            "--fallback-key-file",
            path.to_str().unwrap(),
        ];
        verify(&[&[ada().as_str()][..], &fallback].concat()).ok();
    }
}

#[test]
fn a_foreign_secret_may_be_short_and_ours_may_not() {
    let encode = |format| {
        command()
            .env("DEV", "dev")
            .args(["encode", "{}", "--key-env", "DEV", "--format", format])
            .output()
            .unwrap()
    };
    let cookie = String::from_utf8(encode("flask").stdout).unwrap();
    run(command()
        .env("DEV", "dev")
        .args(["verify", &cookie, "--key-env", "DEV"]))
    .ok();
    assert_eq!(encode("native").status.code(), Some(4));
}

#[test]
fn the_name_belongs_to_the_signature() {
    let cookie = encode(&["{}", "--name", "shop"]);
    let token = cookie.strip_prefix("shop=").unwrap();
    verify(&[&cookie]).ok();
    verify(&[token, "--name", "shop"]).ok();
    verify(&[token]).fails(
        1,
        "\"__Host-session\" is not the cookie's name, which the signature is bound to (see --name)",
    );
}

#[test]
fn a_forged_cookie_does_not_hide_another_of_the_same_name() {
    let header = format!(
        "Cookie: __Host-session=1.e30.ZVPxAGVT8QA.AAAAAAAAAAAAAAAAAAAAAA; {}",
        ada()
    );
    assert_eq!(
        verify(&[&header, "--json"]).json()["payload"],
        json!({"user": "ada"})
    );
}

#[test]
fn a_cookie_of_another_format_does_not_hide_the_session() {
    let json = r#"{"user":"alan turing"}"#;
    let formats = ["native", "flask", "starlette", "django"];
    for foreign in formats {
        let other = ["--name", "session", "--key-env", "OTHER_KEY"];
        let foreign = encode(&[&["--format", foreign, json][..], &other].concat());
        for format in formats {
            let own = encode(&["--format", format, "--name", "session", json]);
            for header in [format!("{foreign}; {own}"), format!("{own}; {foreign}")] {
                let json = verify(&[&header, "--json"]).json();
                assert_eq!(json["key"], "SESSION_KEY", "{header}");
                assert_eq!(json["format"], format, "{header}");
            }
        }
    }
}

#[test]
fn a_key_that_is_too_short_for_one_format_is_tried_with_the_others() {
    let forged = "session=1.e30.ZVPxAGVT8QA.AAAAAAAAAAAAAAAAAAAAAA";
    let dev = |args: &[&str]| run(command().env("DEV", "dev").args(args));
    let made = ["encode", "{}", "--key-env", "DEV", "--format", "flask"];
    let header = format!("{forged}; {}", dev(&made).ok().trim_end());
    dev(&["verify", &header, "--key-env", "DEV"]).ok();
    dev(&["verify", forged, "--key-env", "DEV"]).fails(4, "DEV: the key has 3 bytes");
}

#[test]
fn every_reason_has_a_sentence() {
    let fresh = ada();
    let later = |days: u64| (NOW + days * 86_400).to_string();
    for (args, now, part) in [
        (
            vec!["1.x", "--format", "native"],
            later(0),
            "Malformed: It does not have the shape of a token of the format native",
        ),
        (
            vec!["4.e30.ZVPxAGVT8QA.AAAAAAAAAAAAAAAAAAAAAA"],
            later(0),
            "UnknownVersion: It is a token of a version that is not read here",
        ),
        (
            vec![&fresh, "--key-env", "OTHER_KEY"],
            later(0),
            "BadSignature: The signature does not match: the key is another one",
        ),
        (
            vec![&fresh],
            (NOW - 61).to_string(),
            "IssuedInFuture: It was issued 2023-11-14T22:13:20Z (in 1 minute), more than 60 seconds ahead",
        ),
        (
            vec![&fresh],
            later(15),
            "IdleTimeout: It was issued 2023-11-14T22:13:20Z (15 days ago), and the idle timeout has passed",
        ),
        (
            vec![&fresh, "--idle-timeout", "60"],
            (NOW + 61).to_string(),
            "IdleTimeout: ",
        ),
        (
            vec![&fresh, "--absolute-timeout", "60"],
            (NOW + 61).to_string(),
            "IdleTimeout: ",
        ),
        (
            vec!["session=eyJ1c2VyIjoiYWRhIn0=", "--format", "express"],
            later(0),
            "BadSignature: There is no signature: give the cookie session.sig as well",
        ),
    ] {
        let run = inspect([&["verify", "--now", &now][..], &args].concat());
        let stdout = run.fails(1, part).stdout;
        let reason = part.split(':').next().unwrap();
        assert!(
            stdout.starts_with(&format!("NOT VALID: {reason}\n")),
            "{stdout}"
        );
    }
}

#[test]
fn a_session_that_koa_ended_is_recognized_by_its_expire() {
    let next_day = (NOW + 86_400).to_string();
    let at_now = "2023-11-14T22:13:20Z (1 day ago)";
    // Of Koa, {"_expire":1700000000000,"_maxAge":1}, and with 0.5 and 1e0 milliseconds.
    for cookie in [
        "koa.sess=eyJfZXhwaXJlIjoxNzAwMDAwMDAwMDAwLCJfbWF4QWdlIjoxfQ==; koa.sess.sig=6Dd5l2RybAkPDGuw6mc2MFsvt3Q",
        "koa.sess=eyJfZXhwaXJlIjoxNzAwMDAwMDAwMDAwLCJfbWF4QWdlIjowLjV9; koa.sess.sig=D9TTbu7DuPTWamDNB_hG7ufxFgM",
        "koa.sess=eyJfZXhwaXJlIjoxNzAwMDAwMDAwMDAwLCJfbWF4QWdlIjoxZTB9; koa.sess.sig=ZZTPeZCq1H36dE1HJ_rzp6tLABc",
    ] {
        let sentence = format!(
            "AbsoluteTimeout: It ended {at_now}, as its `_expire` says, which koa-session wrote\n"
        );
        for args in [&[][..], &["--format", "express"]] {
            let verify = ["verify", cookie, "--now", &next_day];
            inspect([&verify[..], args].concat()).fails(1, &sentence);
        }
    }
    // Alone, it is a key of the application.
    let cookie = encode(&["--format", "express", r#"{"_expire":1}"#]);
    inspect(["verify", &cookie, "--now", &next_day]).ok();
}

#[test]
fn a_key_that_is_not_valid_unicode_is_not_listed() {
    // Of Express, {"\ud800":1,"u":2}
    let cookie = "session=eyJcdWQ4MDAiOjEsInUiOjJ9; session.sig=sKEkdtbbT7LiZpWDO8zD5WdxJXY";
    assert_eq!(
        verify(&[cookie, "--format", "express", "--json"]).json()["keys"],
        json!([{"key": "u", "bytes": 5}])
    );
}

#[test]
fn every_reason_of_our_own_vectors_is_given() {
    let mut seen = std::collections::BTreeSet::new();
    for vector in lines("golden/tokens.jsonl") {
        let text = |field: &str| vector[field].as_str().unwrap();
        let (expect, secret) = (text("expect"), text("secret_hex"));
        let bytes: Vec<u8> = (0..secret.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&secret[at..at + 2], 16).unwrap())
            .collect();
        // Removed cookies, and keys that our own are not to be, or that no file ends with.
        if text("cookie_value").is_empty() || bytes.len() < 32 || bytes.ends_with(b"\n") {
            continue;
        }
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("vector-key");
        std::fs::write(&path, bytes).unwrap();
        let pair = format!("Cookie: {}={}", text("cookie_name"), text("cookie_value"));
        let now = vector["now"].to_string();
        let run = inspect([
            "verify",
            &pair,
            "--format",
            "native",
            "--json",
            "--key-file",
            path.to_str().unwrap(),
            "--algorithm",
            text("algorithm"),
            "--now",
            &now,
        ]);
        let name = &vector["name"];
        match expect {
            "valid" => assert_eq!(run.code, 0, "{name}: {}", run.stderr),
            reason => {
                assert_eq!(run.code, 1, "{name}: {}{}", run.stdout, run.stderr);
                let json = run.json();
                assert_eq!(json["reason"], reason, "{name}");
                assert_ne!(json["sentence"], "", "{name}");
            }
        }
        seen.insert(expect.to_owned());
    }
    let all = [
        "AbsoluteTimeout",
        "BadSignature",
        "IdleTimeout",
        "InvalidPayload",
        "IssuedInFuture",
        "Malformed",
        "TooLong",
        "UnknownVersion",
        "valid",
    ];
    assert!(seen.iter().eq(all), "{seen:?}");
}
