//! `encode`
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{command, encode, run, verify};
use serde_json::json;

#[test]
fn a_cookie_is_printed_as_curl_sends_it() {
    let cookie = encode(&[r#"{"user":"ada"}"#]);
    let (name, value) = cookie.split_once('=').unwrap();
    assert_eq!(name, "__Host-session");
    assert!(
        value.starts_with("1.eyJ1c2VyIjoiYWRhIn0.ZVPxAGVT8QA."),
        "{value}"
    );
}

#[test]
fn express_gets_both_cookies() {
    let cookies = encode(&["{}", "--format", "express"]);
    assert!(
        cookies.starts_with("session=e30=; session.sig="),
        "{cookies}"
    );
    let koa = encode(&["{}", "--format", "koa"]);
    assert!(koa.starts_with("koa.sess=e30=; koa.sess.sig="), "{koa}");
}

#[test]
fn json_has_the_documented_fields() {
    let made = |args: &[&str]| serde_json::from_str::<serde_json::Value>(&encode(args)).unwrap();
    let json = made(&[r#"{"user":"ada"}"#, "--json", "--name", "shop"]);
    let cookie = json["cookie"].as_str().unwrap();
    assert!(cookie.starts_with("shop=1."));
    assert_eq!(
        json,
        json!({"cookie": cookie, "name": "shop", "format": "native", "cookie_bytes": cookie.len() - 1, "max_cookie_bytes": 4096})
    );
    // The signature's cookie is the longer one, and counts.
    let express = made(&["{}", "--json", "--format", "express"]);
    assert_eq!(express["cookie_bytes"], "session.sig".len() + 27);
}

#[test]
fn the_json_is_written_compactly_with_its_order_and_its_digits() {
    let cookie = encode(&[
        "{\"z\": [1,\n 2.50], \"a\": 123456789012345678901234567890, \"d\": {\"x\": {}}}",
    ]);
    let payload = verify(&[&cookie, "--json"]).ok();
    assert!(
        payload.contains(
            r#""payload":{"z":[1,2.50],"a":123456789012345678901234567890,"d":{"x":{}}}"#
        ),
        "{payload}"
    );
}

#[test]
fn the_session_comes_from_standard_input_too() {
    for args in [&["encode"][..], &["encode", "-"]] {
        let cookie = run(command().args(args).write_stdin("{\"user\":\"ada\"}\n")).ok();
        assert!(cookie.starts_with("__Host-session=1.eyJ1c2VyIjoiYWRhIn0."));
    }
}

#[test]
fn a_payload_that_is_not_a_json_object_is_refused() {
    let encode = |json: &str| common::inspect(["encode", json]);
    encode("user=ada").fails(10, "the session is not JSON, from line 1 column 1 on");
    encode("[1]").fails(10, "is JSON, but not a JSON object");
    encode("{\"a\":").fails(
        10,
        "the session is not JSON, from line 1 column 5 on: give one such as",
    );
    encode("[1]").fails(10, "a JSON object: give one such as");
    encode(r#"{"\ud800":1}"#).fails(
        10,
        "the session is not a JSON object that is read here, from line 1 column 8 on: give one",
    );
}

#[test]
fn a_session_that_does_not_fit_a_cookie_is_refused() {
    let encode = |args: &[&str]| common::inspect([&["encode"][..], args].concat());
    let large = format!(r#"{{"essay":"{}"}}"#, "x".repeat(5000));
    encode(&[&large]).fails(11, "4096 are allowed; largest keys: \"essay\" (5010 bytes)");
    encode(&[r#"{"isNew":1}"#, "--format", "express"])
        .fails(11, "Express drops a key of this name");
    encode(&["{}", "--name", "a b"]).fails(2, "cookie name \"a b\"");
}
