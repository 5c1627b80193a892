//! `show`
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{NOW, encode, inspect, lines, show, verify};
use serde_json::json;

/// The test vector of the token in the library's documentation.
const TOKEN: &str = "1.eyJ2aXNpdHMiOjF9.ZVPxAGVT8Tw.u23t_5_4MO1TTAiK1piIzw";

#[test]
fn our_token_is_shown_with_dates_ages_and_sizes() {
    let three_hours_later = (NOW + 3 * 3600 + 60).to_string();
    let shown = inspect([
        "show",
        TOKEN,
        "--name",
        "session",
        "--now",
        &three_hours_later,
    ])
    .ok();
    assert_eq!(
        shown,
        "\
NOT VERIFIED: anyone can write a cookie that reads like this; `verify` checks it

cookie   session
format   native, version 1 (HMAC-SHA1)
created  2023-11-14T22:13:20Z (3 hours ago)
issued   2023-11-14T22:14:20Z (3 hours ago)
size     60 of 4096 bytes (name 7, value 53)
payload  12 bytes of JSON

{
  \"visits\": 1
}

bytes  key
   10  visits
"
    );
}

#[test]
fn ages_are_counted_in_the_largest_unit() {
    for (seconds, age) in [
        (0, "now"),
        (1, "1 second ago"),
        (59, "59 seconds ago"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (86_400, "1 day ago"),
        (400 * 86_400, "400 days ago"),
        (-1, "in 1 second"),
        (-120, "in 2 minutes"),
    ] {
        let now = (NOW as i64 + 60 + seconds).to_string();
        let json = inspect(["show", TOKEN, "--json", "--now", &now]).json();
        assert_eq!(json["sessions"][0]["issued"]["age"], age);
    }
}

#[test]
fn json_has_the_documented_fields() {
    let json = show(&[TOKEN, "--json"]).json();
    assert_eq!(
        json,
        json!({
            "verified": false,
            "input": "token",
            "sessions": [{
                "name": null,
                "format": "native",
                "other_formats": [],
                "doubt": null,
                "algorithm": "sha1",
                "device": null,
                "compressed": false,
                "encrypted": false,
                "signature_cookie": false,
                "created": {"seconds": NOW, "date": "2023-11-14T22:13:20Z", "age": "now"},
                "issued": {"seconds": NOW + 60, "date": "2023-11-14T22:14:20Z", "age": "in 1 minute"},
                "expires": null,
                "attributes": null,
                "cookie_bytes": 67,
                "max_cookie_bytes": 4096,
                "payload_bytes": 12,
                "keys": [{"key": "visits", "bytes": 10}],
                "payload": {"visits": 1},
            }],
        })
    );
}

#[test]
fn json_goes_without_a_key_and_says_not_verified() {
    let forged = TOKEN.replace("u23t", "AAAA");
    let run = common::run(
        common::command()
            .env_remove("SESSION_KEY")
            .args(["show", &forged]),
    );
    assert!(run.ok().starts_with("NOT VERIFIED: "));
}

#[test]
fn keys_keep_their_order_and_numbers_their_digits() {
    let json = r#"{"z":1.0,"a":123456789012345678901234567890,"m":{"y":1,"b":[]}}"#;
    let shown = show(&[&encode(&[json])]).ok();
    let payload = "\
{
  \"z\": 1.0,
  \"a\": 123456789012345678901234567890,
  \"m\": {
    \"y\": 1,
    \"b\": []
  }
}

bytes  key
   34  a
   18  m
    7  z
";
    assert!(shown.ends_with(payload), "{shown}");
}

#[test]
fn keys_are_measured_as_they_are_written() {
    // Python writes all but ASCII in escapes.
    for (format, accent, emoji) in [
        ("flask", 11, 16),
        ("django", 11, 16),
        ("native", 7, 8),
        ("express", 7, 8),
    ] {
        let cookie = encode(&["--format", format, "{\"\u{e9}\":12,\"\u{1f600}\":1}"]);
        for run in [show(&[&cookie, "--json"]), verify(&[&cookie, "--json"])] {
            let json = run.json();
            let keys = json.get("keys").unwrap_or(&json["sessions"][0]["keys"]);
            assert_eq!(
                keys,
                &json!([
                    {"key": "\u{e9}", "bytes": accent},
                    {"key": "\u{1f600}", "bytes": emoji},
                ]),
                "{format}"
            );
        }
        let row = format!("\n   {accent:>2}  \u{e9}\n");
        for text in [show(&[&cookie]).ok(), verify(&[&cookie]).ok()] {
            assert!(text.contains(&row), "{text}");
        }
    }
}

#[test]
fn of_a_repeated_key_the_last_is_measured() {
    let value = STANDARD.encode(r#"{"a":1,"b":2,"\u0061":[1,2]}"#);
    let json = show(&[&format!("session={value}"), "--json"]).json();
    assert_eq!(
        json["sessions"][0]["keys"],
        json!([{"key": "a", "bytes": 14}, {"key": "b", "bytes": 5}])
    );
}

#[test]
fn json_is_one_line_with_any_white_space_in_the_payload() {
    // Deep values, and those with a key that is not read, are written as they came.
    let deep = format!("{}1\n,\r\n\"x\"\t{}", "[".repeat(70), "]".repeat(70));
    let odd = "{\"\\ud800\":\n\"x\"}";
    for value in [deep.as_str(), odd] {
        let cookie = encode(&[&format!("{{\"a\":{value}}}")]);
        let value = value.replace(['\n', '\r'], " ");
        let payload = format!("\"payload\":{{\"a\":{value}}}");
        for run in [show(&[&cookie, "--json"]), verify(&[&cookie, "--json"])] {
            let line = run.ok();
            assert_eq!(line.lines().count(), 1, "{line}");
            assert!(line.contains(&payload), "{line}");
        }
    }
}

#[test]
fn a_terminal_gets_no_control_characters() {
    let shown = show(&[&encode(&["{\"a\u{9b}2J\":\"\u{7f}\u{202e}\u{1b}\"}"
        .replace('\u{1b}', "\\u001b")
        .as_str()])])
    .ok();
    assert!(
        shown
            .chars()
            .all(|character| character == '\n' || !character.is_control())
    );
    assert!(!shown.contains('\u{202e}'));
    assert!(
        shown.contains(r"\u009b2J") && shown.contains(r"\u007f\u202e\u001b"),
        "{shown}"
    );
}

#[test]
fn a_cookie_over_the_limit_is_shown_as_too_long() {
    let vectors = lines("golden/tokens.jsonl");
    let long = vectors
        .iter()
        .find(|vector| vector["expect"] == "TooLong")
        .unwrap();
    let shown = show(&[
        long["cookie_value"].as_str().unwrap(),
        "--name",
        "__Host-session",
    ])
    .ok();
    assert!(
        shown.contains("4097 of 4096 bytes (name 14, value 4083): too long, browsers drop it"),
        "{shown}"
    );
}

#[test]
fn koas_expiry_is_a_date() {
    let payload = format!(r#"{{"user":"ada","_expire":{}}}"#, (NOW + 86_400) * 1000);
    let cookie = encode(&["--format", "koa", &payload]);
    let shown = show(&[&cookie]).ok();
    assert!(shown.contains("format     koa\n"), "{shown}");
    assert!(
        shown.contains("expires    2023-11-15T22:13:20Z (in 1 day)"),
        "{shown}"
    );
}

#[test]
fn a_guess_that_is_not_sure_says_so() {
    // JSON of a length that needs no padding: Flask's base64 and Starlette's are the same.
    for (format, other, json) in [
        ("flask", "starlette", r#"{"user":"alan"}"#),
        ("starlette", "flask", r#"{"user":"ada"}"#),
    ] {
        let cookie = encode(&["--format", format, json]);
        let text = show(&[&cookie]).ok();
        assert!(
            text.contains(&format!(
                "{format} or {other}, not sure: its base64 reads as either"
            )),
            "{text}"
        );
        let json = show(&[&cookie, "--json"]).json();
        assert_eq!(json["sessions"][0]["format"], format);
        assert_eq!(json["sessions"][0]["other_formats"], json!([other]));
        assert!(json["sessions"][0]["doubt"].is_string());
    }
    let unsigned = show(&["eyJ1c2VyIjoiYWRhIn0="]).ok();
    assert!(
        unsigned.contains("express, not sure: there is no signature beside it"),
        "{unsigned}"
    );
    assert!(
        unsigned.contains("in a second cookie, which did not come"),
        "{unsigned}"
    );
}

#[test]
fn a_format_that_is_given_is_not_guessed() {
    let cookie = encode(&["--format", "starlette", r#"{"user":"ada"}"#]);
    let shown = show(&[&cookie, "--format", "flask"]).ok();
    assert!(shown.contains("format   flask\n"), "{shown}");
    show(&[&cookie, "--format", "django"]).fails(3, "is not of the format given with --format");
}

#[test]
fn a_token_that_was_changed_or_cut_short_is_told_by_the_rest() {
    for format in ["native", "flask", "starlette", "django"] {
        let cookie = encode(&["--format", format, r#"{"user":"alan turing"}"#]);
        for (last, doubt) in [("", true), ("A", false), ("AA", true), ("!", true)] {
            let changed = format!("{}{last}", &cookie[..cookie.len() - 1]);
            let json = show(&[&changed, "--json"]).json();
            let session = &json["sessions"][0];
            assert_eq!(session["format"], format, "{changed}");
            assert_eq!(session["payload"]["user"], "alan turing");
            let said = session["doubt"].as_str().unwrap_or_default();
            assert_eq!(
                said.starts_with("its signature was changed"),
                doubt,
                "{changed}: {said}"
            );
            if changed != cookie {
                verify(&[&changed]).fails(1, "BadSignature: ");
            }
        }
        // The payload's last character.
        let end = cookie.find(['.', ':'].as_slice()).unwrap();
        let end = if format == "native" {
            end + 1 + cookie[end + 1..].find('.').unwrap()
        } else {
            end
        };
        let changed = format!("{}!{}", &cookie[..end - 1], &cookie[end..]);
        verify(&[&changed]).fails(1, "BadSignature: ");
    }
}
