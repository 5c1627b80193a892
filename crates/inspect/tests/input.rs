//! Every way to give a cookie.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{NOW, command, encode, run, show, verify};
use serde_json::{Value, json};

fn native() -> String {
    encode(&[r#"{"user":"ada"}"#])
}

#[track_caller]
fn shown(text: &str, input: &str) -> Value {
    let json = show(&[text, "--json"]).json();
    assert_eq!(json["input"], input, "{text}");
    assert_eq!(json["sessions"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(
        json["sessions"][0]["payload"],
        json!({"user": "ada"}),
        "{text}"
    );
    json["sessions"][0].clone()
}

#[test]
fn a_bare_token_a_pair_and_headers_are_read() {
    let pair = native();
    let token = pair.split_once('=').unwrap().1;
    assert_eq!(shown(token, "token")["name"], Value::Null);
    for (text, input) in [
        (pair.clone(), "pair"),
        (format!("  {pair}\n"), "pair"),
        (format!("Cookie: {pair}"), "cookie"),
        (format!("cookie:{pair}"), "cookie"),
        (format!("theme=dark; {pair}; lang=en"), "cookie"),
        (
            format!("Cookie: theme=dark; {pair}; junk; lang=en"),
            "cookie",
        ),
        (
            format!("Set-Cookie: {pair}; HttpOnly; Path=/"),
            "set-cookie",
        ),
        (format!("{pair}; path=/; secure"), "set-cookie"),
        (
            format!("> GET / HTTP/1.1\r\n> Host: localhost\r\n> Cookie: {pair}\r\n"),
            "cookie",
        ),
        (
            format!("HTTP/1.1 200 OK\r\nset-cookie: {pair}; Path=/\r\nvary: Cookie\r\n\r\nhello"),
            "set-cookie",
        ),
        (
            format!("> Cookie: __Host-session=old\n< Set-Cookie: {pair}; Path=/"),
            "set-cookie",
        ),
    ] {
        assert_eq!(shown(&text, input)["name"], "__Host-session", "{text}");
        assert_eq!(verify(&[&text, "--json"]).json()["valid"], true, "{text}");
    }
}

#[test]
fn a_response_replaces_the_cookies_that_it_sets_and_no_others() {
    let verbose = |sent: &str, set: &str| {
        format!(
            "> GET / HTTP/1.1\n> Cookie: {sent}\n>\n< HTTP/1.1 200 OK\n< Set-Cookie: {set}\n<\n"
        )
    };
    let kept = verbose(&format!("theme=dark; {}", native()), "lang=en; Path=/");
    let session = shown(&kept, "set-cookie");
    assert_eq!(session["name"], "__Host-session");
    assert_eq!(session["attributes"], Value::Null);
    verify(&[&kept]).ok();
    show(&[&kept, "--name", "lang"]).fails(3, "of no known format");

    let old = encode(&[r#"{"user":"grace"}"#]);
    let replaced = verbose(&old, &format!("{}; Path=/", native()));
    assert_eq!(shown(&replaced, "set-cookie")["attributes"], "Path=/");

    let removed = verbose(&native(), "__Host-session=; Max-Age=0; Path=/");
    verify(&[&removed]).fails(3, "the cookie is empty");

    // The two cookies of Express are replaced one by one.
    let express = encode(&["--format", "express", "{}"]);
    let (session, signature) = express.split_once("; ").unwrap();
    verify(&[&verbose(&format!("session=e30; {signature}"), session)]).ok();
    verify(&[&verbose(&express, "session.sig=AA")]).fails(1, "BadSignature: ");
}

#[test]
fn the_body_of_a_response_is_not_read() {
    let head = |set: &str| {
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n{set}\r\n")
    };
    let set = format!("set-cookie: {}; Path=/\r\n", native());
    let noise: Vec<u8> = (0..=255).cycle().take(700).collect();
    let bodies = [
        &b""[..],
        b"hello",
        b"\r\nhello",
        b"  Cookie: __Host-session=old\n  Set-Cookie: __Host-session=old; Path=/\n",
        &[b'a'; 70_000],
        &noise,
    ];
    for body in bodies {
        for first in [
            "",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 302 Found\r\nlocation: /\r\n\r\n",
        ] {
            let response = |set: &str| [first.as_bytes(), head(set).as_bytes(), body].concat();
            let verify = |input: Vec<u8>| {
                run(command()
                    .args(["verify", "--now", &NOW.to_string()])
                    .write_stdin(input))
            };
            verify(response(&set)).ok();
            verify(response("")).fails(9, "the header holds no cookie");
        }
    }
    // With the line breaks of Unix, as an argument.
    let text = format!("{}hello", head(&set).replace('\r', ""));
    shown(&text, "set-cookie");
}

#[test]
fn headers_beyond_the_limit_are_too_long() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "a".repeat(70_000));
    run(command().arg("show").write_stdin(long)).fails(8, "longer than 65536 bytes");
}

#[test]
fn of_several_set_cookies_of_one_cookie_the_last_counts() {
    let old = encode(&[r#"{"user":"grace"}"#]);
    // As `curl -iL` shows a sign-out that redirects.
    let responses = |first: &str, second: &str| {
        format!(
            "HTTP/1.1 303 See Other\r\nset-cookie: {first}\r\n\r\nHTTP/1.1 200 OK\r\nset-cookie: {second}\r\n\r\n"
        )
    };
    let removal = "__Host-session=; Max-Age=0; Path=/";
    let removed = responses(&format!("{old}; Path=/"), removal);
    verify(&[&removed]).fails(3, "the cookie is empty");
    show(&[&removed]).fails(3, "the cookie is empty");

    let new = format!("{}; Path=/", native());
    for first in [format!("{old}; Path=/; Max-Age=60"), removal.to_owned()] {
        let set = responses(&first, &new);
        assert_eq!(shown(&set, "set-cookie")["attributes"], "Path=/");
        assert_eq!(
            verify(&[&set, "--json"]).json()["payload"],
            json!({"user": "ada"})
        );
    }
}

#[test]
fn cookies_of_other_paths_and_domains_are_kept() {
    let count = |first: &str, second: &str| {
        let text = format!(
            "Set-Cookie: {}; {first}\nSet-Cookie: {}; {second}",
            native(),
            native()
        );
        let json = show(&[&text, "--json"]).json();
        json["sessions"].as_array().unwrap().len()
    };
    assert_eq!(count("Path=/", "Path=/shop"), 2);
    assert_eq!(count("Path=/", "Secure"), 2);
    assert_eq!(count("Path=/", "Path=/; Domain=example.com"), 2);
    assert_eq!(count("Domain=.Example.com", "Domain=example.com"), 1);
}

#[test]
fn any_attribute_makes_a_set_cookie() {
    for attribute in [
        "Path=/",
        "domain=example.com",
        "Max-Age=60",
        "Expires=Wed, 21 Oct 2026 07:28:00 GMT",
        "expires=Wed, 21-Oct-2026 07:28:00 GMT",
        "secure",
        "HttpOnly",
        "SameSite=lax",
        "Partitioned",
    ] {
        shown(&format!("{}; {attribute}", native()), "set-cookie");
    }
    for cookie in ["paths=/", "http_only", "expired=1", "same-site=lax"] {
        shown(&format!("{}; {cookie}", native()), "cookie");
    }
    // A `Set-Cookie` begins with a name.
    shown(&format!("theme; {}; path=x", native()), "cookie");
}

#[test]
fn a_bare_token_of_every_format_is_told_from_a_pair() {
    for format in ["native", "flask", "starlette", "express", "django"] {
        // With and without padding.
        for json in [r#"{"a":1}"#, r#"{"a":12}"#, r#"{"a":123}"#] {
            let cookie = encode(&["--format", format, json]);
            let token = cookie.split_once('=').unwrap().1.split(';').next().unwrap();
            let json = show(&[token, "--json"]).json();
            assert_eq!(json["input"], "token", "{token}");
            if format != "express" {
                assert_eq!(verify(&[token, "--json"]).json()["valid"], true, "{token}");
            }
        }
    }
}

#[test]
fn padding_of_a_broken_token_makes_no_pair() {
    let broken = "eyJhIjoxMn0=.ZVPw_w.AAAA";
    let json = verify(&[broken, "--format", "starlette", "--json"]).json();
    assert_eq!(json["name"], "session");
}

#[test]
fn attributes_are_shown_and_otherwise_ignored() {
    let text = format!(
        "Set-Cookie: {}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600",
        native()
    );
    let session = shown(&text, "set-cookie");
    assert_eq!(
        session["attributes"],
        "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600"
    );
    assert!(
        show(&[&text])
            .ok()
            .contains("attributes  HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600\n")
    );
}

#[test]
fn standard_input_is_read_without_an_argument_and_for_a_dash() {
    let now = NOW.to_string();
    for args in [&[][..], &["-"], &["--", "-"]] {
        for subcommand in ["show", "verify"] {
            let mut command = command();
            command
                .args([subcommand, "--json", "--now", &now])
                .args(args);
            let json = run(command.write_stdin(format!("{}\n", native()))).json();
            assert!(
                json.to_string().contains(r#""payload":{"user":"ada"}"#),
                "{json}"
            );
        }
    }
}

#[test]
fn the_two_cookies_of_express_belong_together() {
    let cookies = encode(&["--format", "express", r#"{"user":"ada"}"#]);
    let (first, second) = cookies.split_once("; ").unwrap();
    for text in [
        cookies.clone(),
        format!("Cookie: {second}; {first}"),
        format!("Set-Cookie: {first}; path=/; httponly\nSet-Cookie: {second}; path=/; httponly"),
    ] {
        assert_eq!(
            show(&[&text, "--json"]).json()["sessions"][0]["signature_cookie"],
            true
        );
        assert_eq!(verify(&[&text, "--json"]).json()["valid"], true, "{text}");
    }
    verify(&[first]).fails(
        1,
        "There is no signature: give the cookie session.sig as well",
    );
}

#[test]
fn of_several_sessions_all_are_shown_and_one_is_verified() {
    let flask = encode(&["--format", "flask", r#"{"user":"grace hopper"}"#]);
    let both = format!("Cookie: {flask}; {}", native());
    let names = |json: Value| {
        json["sessions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|session| session["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(show(&[&both, "--json"]).json()),
        ["session", "__Host-session"]
    );
    assert_eq!(
        names(show(&[&both, "--json", "--name", "session"]).json()),
        ["session"]
    );
    // Ours, where nothing else is said.
    assert_eq!(verify(&[&both, "--json"]).json()["format"], "native");
    assert_eq!(
        verify(&[&both, "--json", "--name", "session"]).json()["format"],
        "flask"
    );
    assert_eq!(
        verify(&[&both, "--json", "--format", "flask"]).json()["format"],
        "flask"
    );
    let strange = format!(
        "Cookie: {}; {}",
        flask.replace("session=", "a="),
        native().replace("__Host-session=", "b=")
    );
    verify(&[&strange]).fails(
        9,
        "several of \"a\", \"b\" may be the session: say which with --name",
    );
}

#[test]
fn base64_of_some_json_comes_after_a_certain_session() {
    let header = format!("Cookie: settings=eyJhIjoxfQ==; {}", native());
    assert_eq!(shown(&header, "cookie")["name"], "__Host-session");
}

#[test]
fn values_are_taken_as_they_come() {
    let pair = native();
    let (name, token) = pair.split_once('=').unwrap();
    show(&[&format!("{name}=\"{token}\"")]).fails(3, "there are quotes around the value");
    show(&["session=eyJhIjoxfQ%3D%3D"]).fails(3, "the value is percent-encoded");
    verify(&["session=eyJhIjoxfQ%3D%3D", "--format", "express"]).fails(1, "BadSignature: ");
    show(&["session=; Max-Age=0; Path=/"]).fails(3, "the cookie is empty");
    // As Django does.
    show(&["sessionid=\"\"; Max-Age=0; Path=/"]).fails(3, "the cookie is empty");
    show(&["session=null"]).fails(3, "as Starlette leaves it");
}
