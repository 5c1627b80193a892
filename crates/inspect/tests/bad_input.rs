//! Bad input: one sentence, an exit code of its own, no panic.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{SECRET, command, encode, inspect, run, show, verify};

const ALL: [&str; 3] = ["show", "verify", "encode"];

#[test]
fn nothing_known_is_said_so() {
    for text in [
        "hello",
        "a=b",
        "a.b.c",
        "....",
        "=",
        "==",
        "1.e31.ZVPxAGVT8QA.short",
        "a=b; Path=/",
        "Cookie: a=b; c=d",
        "%00",
    ] {
        show(&[text]).fails(3, "of no known format");
    }
}

#[test]
fn empty_input_is_said_so() {
    for subcommand in ALL {
        inspect([subcommand, ""]).fails(7, "the input is empty");
        run(command().arg(subcommand).write_stdin("")).fails(7, "the input is empty");
        run(command().arg(subcommand).write_stdin(" \n\n")).fails(7, "the input is empty");
    }
}

#[test]
fn ten_megabytes_are_not_read_to_the_end() {
    for subcommand in ALL {
        run(command()
            .arg(subcommand)
            .write_stdin("a".repeat(10_000_000)))
        .fails(8, "longer than 65536 bytes");
        inspect([subcommand, &"a".repeat(65_537)]).fails(8, "longer than 65536 bytes");
    }
    show(&[&"a".repeat(65_536)]).fails(3, "of no known format");
}

#[cfg(unix)]
#[test]
fn standard_input_that_cannot_be_read_is_said_so() {
    let folder = std::fs::File::open(".").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_axum-cookie-session-inspect"));
    let output = command.arg("show").stdin(folder).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: cannot read standard input: "),
        "{stderr}"
    );
}

#[test]
fn an_endless_input_is_not_waited_for() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_axum-cookie-session-inspect"))
        .arg("show")
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait().unwrap()));
    stdin.write_all(&[b'a'; 65_537]).unwrap();
    // More may follow, for all that the program knows.
    let status = receiver.recv_timeout(Duration::from_secs(60));
    drop(stdin);
    assert_eq!(status.unwrap().code(), Some(8));
}

#[test]
fn bytes_that_are_no_text_are_said_so() {
    for subcommand in ALL {
        run(command()
            .arg(subcommand)
            .write_stdin(&b"session=\xff\xfe"[..]))
        .fails(6, "not UTF-8 from byte 8 on");
    }
    let noise: Vec<u8> = (0..=255).cycle().take(60_000).collect();
    run(command().arg("show").write_stdin(noise)).fails(6, "not UTF-8");
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_valid_unicode_is_an_error() {
    use std::os::unix::ffi::OsStrExt;
    for subcommand in ALL {
        let argument = std::ffi::OsStr::from_bytes(b"session=\xff");
        run(command().arg(subcommand).arg(argument)).fails(6, "not UTF-8 from byte 8 on");
    }
}

#[test]
fn a_name_that_no_cookie_has_is_said_so() {
    let token = encode(&["{}"]).replace("__Host-session=", "");
    verify(&[&format!("a b={token}")]).fails(3, "of no known format: cookie name \"a b\"");
    verify(&[&token, "--name", "a b"]).fails(2, "cookie name \"a b\"");
}

#[test]
fn control_characters_are_in_no_cookie() {
    for text in [
        "a\u{1}b",
        "session=a\nVALID: b",
        "a=b; Path=/\u{7}x",
        "Cookie: a=\u{1b}[2J",
    ] {
        show(&[text]).fails(3, "line breaks or control characters");
    }
}

#[test]
fn a_header_without_cookies_and_a_wrong_name_are_said_so() {
    show(&["Cookie:"]).fails(9, "the header holds no cookie");
    show(&["Set-Cookie: nothing"]).fails(9, "the header holds no cookie");
    show(&["Cookie: a=b; c=d", "--name", "session"])
        .fails(9, "there is no cookie \"session\" among \"a\", \"c\"");
    let many: Vec<_> = (0..20).map(|at| format!("c{at}=1")).collect();
    show(&[&many.join("; ")]).fails(
        3,
        r#""c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7" and 12 more"#,
    );
    verify(&["a=b", "--name", "session"]).fails(9, "there is no cookie \"session\" among \"a\"");
}

#[test]
fn a_payload_that_cannot_be_read_is_said_so() {
    let mac = URL_SAFE_NO_PAD.encode([0; 20]);
    let flask = |payload: &str| show(&[&format!("session={payload}.ZVPxAA.{mac}")]);
    let deflated = |bytes: &[u8]| {
        format!(
            ".{}",
            URL_SAFE_NO_PAD.encode(miniz_oxide::deflate::compress_to_vec_zlib(bytes, 9))
        )
    };
    let bomb = format!("{{\"a\":\"{}\"}}", "x".repeat(10_000_000));
    flask("x").fails(12, "its payload is not base64");
    flask(&deflated(bomb.as_bytes())).fails(12, "its payload inflates to more than 65536 bytes");
    flask(&deflated(b"\xff")).fails(12, "its payload is not UTF-8");
    flask(&deflated(b"{")).fails(12, "its payload is not JSON");
    flask(&deflated(b"[1]")).fails(12, "its payload is JSON, but not a JSON object");
    // Half a pair of surrogates, which no text can hold.
    flask(&deflated(br#" {"\ud800":1}"#))
        .fails(12, "its payload is not a JSON object that is read here");
    flask(".AAAA").fails(12, "its payload is no zlib stream");
}

#[test]
fn deep_json_takes_no_stack() {
    let json = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
    let deflated = URL_SAFE_NO_PAD.encode(miniz_oxide::deflate::compress_to_vec_zlib(
        json.as_bytes(),
        9,
    ));
    let cookie = format!(
        "session=.{deflated}.ZVPxAA.{}",
        URL_SAFE_NO_PAD.encode([0; 20])
    );
    show(&[&cookie]).ok();
    show(&[&cookie, "--json"]).ok();
    let cookie = encode(&[
        "--format",
        "flask",
        &format!("{{\"a\":{}{}}}", "[".repeat(90), "]".repeat(90)),
    ]);
    verify(&[&cookie]).ok();
}

#[test]
fn thousands_of_cookies_take_no_time() {
    let express = encode(&["{}", "--format", "express", "--name", "a"]);
    for header in [
        format!("Cookie: {}", "a=e30=; ".repeat(8000)),
        format!(
            "Cookie: {}{}",
            "a=e30=; ".repeat(4000),
            "a.sig=; ".repeat(4000)
        ),
        format!(
            "Cookie: a=e30; {}{express}",
            "a=eyJ9; a.sig=AA; ".repeat(3000)
        ),
        format!("Cookie: {}", "a=3.b.c.d; ".repeat(5000)),
        format!("Cookie: {}", "a=.;".repeat(16_000)),
    ] {
        let started = std::time::Instant::now();
        show(&[&header]);
        show(&[&header, "--name", "b"]).fails(9, "there is no cookie \"b\"");
        for format in ["express", "native"] {
            let code = verify(&[&header, "--format", format, "--name", "a"]).code;
            assert!(code < 2, "{code}");
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}

#[test]
fn a_key_that_is_missing_or_short_is_said_so() {
    let cookie = encode(&["{}"]);
    for args in [["verify", &cookie], ["encode", "{}"]] {
        run(command().env_remove("SESSION_KEY").args(args)).fails(4, "the environment variable SESSION_KEY is not set: export it, or name another one with --key-env");
        run(command().env("SESSION_KEY", "short").args(args))
            .fails(4, "SESSION_KEY: the key has 5 bytes and needs at least 32");
        run(command().env("SESSION_KEY", "").args(args))
            .fails(4, "SESSION_KEY: the key has 0 bytes");
    }
    verify(&[&cookie, "--fallback-key-env", "OLD_KEY"]).fails(
        4,
        "the environment variable named by --fallback-key-env is not set: export it",
    );
}

#[test]
fn a_key_file_that_cannot_be_read_is_said_so() {
    let cookie = encode(&["{}"]);
    for option in ["--key-file", "--fallback-key-file"] {
        let sentence = format!("{option}: cannot read the key file: ");
        verify(&[&cookie, option, "nowhere"]).fails(5, &sentence);
        verify(&[&cookie, option, "."]).fails(5, "cannot read the key file .: ");
        verify(&[&cookie, option, "-"]).fails(2, "a key is not read from standard input");
    }
    #[cfg(target_os = "linux")]
    verify(&[&cookie, "--key-file", "/dev/zero"]).fails(4, "is longer than 65536 bytes");
}

#[test]
fn a_secret_given_by_mistake_is_not_repeated() {
    let cookie = encode(&["{}"]);
    let long = "hunter2".repeat(1000);
    for secret in [
        SECRET,
        "hunter2",
        "hunter2/hunter2",
        &long,
        "0123456789ABCDEF0123456789ABCDEF",
        "MYSECRETUPPERCASE123",
        "a=b",
        "",
    ] {
        let is_silent = |stderr: &str| secret.is_empty() || !stderr.contains(secret);
        for option in ["--key-env", "--fallback-key-env"] {
            let run = verify(&[&cookie, option, secret]).fails(4, "never a secret itself");
            assert!(is_silent(&run.stderr), "{}", run.stderr);
        }
        for option in ["--key-file", "--fallback-key-file"] {
            let run = verify(&[&cookie, &format!("{option}={secret}")]);
            let code = if secret.is_empty() { 2 } else { 5 };
            assert_eq!(run.code, code, "{}", run.stderr);
            assert!(is_silent(&run.stderr), "{}", run.stderr);
        }
        for option in ["--format", "--algorithm", "--now", "--json"] {
            let run = inspect(["verify", &cookie, &format!("{option}={secret}")]);
            assert_eq!(run.code, 2, "{}", run.stderr);
            assert!(is_silent(&run.stderr), "{}", run.stderr);
        }
        for args in [
            &[secret][..],
            &["help", secret],
            &[&format!("verify{secret}x")],
            &["verify", &format!("--key-env{secret}x")],
            &["verify", &format!("--{secret}x")],
            &["verify", &cookie, &format!("-k{secret}")],
            &["keygen", "--", &format!("-{secret}")],
        ] {
            let run = inspect(args);
            assert_eq!(run.code, 2, "{}", run.stderr);
            assert!(is_silent(&run.stderr), "{}", run.stderr);
        }
    }
    // A name that is misspelt is told all the same.
    let misspelt = verify(&["--key-envv"]).stderr;
    assert!(
        misspelt.contains("a similar argument exists: '--key-env'"),
        "{misspelt}"
    );
    verify(&[&cookie, SECRET]).fails(2, "an argument too many");
    for option in ["--key", "--secret"] {
        assert_eq!(verify(&[&cookie, option, SECRET]).code, 2);
        assert_eq!(verify(&[&cookie, &format!("{option}={SECRET}")]).code, 2);
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    for args in [
        &[][..],
        &["nonsense"],
        &["show", "--nonsense"],
        &["verify", "x", "--format", "laravel"],
        &["show", "x", "--now", "-1"],
        // A cookie can have this name without being a session.
        &["verify", "--help"],
        &["verify", "-h"],
        &["verify", "--json", "--help"],
    ] {
        assert_eq!(inspect(args).code, 2, "{args:?}");
    }
    let missing = inspect(["verify", "x", "--format"]).stderr;
    assert!(missing.contains("a value is required"), "{missing}");
    let cookie = encode(&["{}"]);
    verify(&[&cookie, "--idle-timeout", "0"]).fails(2, "idle timeout 0ns");
    inspect(["show", "Cookie:", "a=b"]).fails(2, "into quotes");
}

#[test]
fn a_cookie_that_reads_like_an_option_is_a_cookie_behind_two_dashes() {
    for cookie in ["--help", "-h", "--json", "--now=0", "--key-env=HOME", "--"] {
        verify(&["--", cookie]).fails(3, "of no known format");
    }
    verify(&["--", &encode(&["{}"])]).ok();
}

#[test]
fn absurd_times_are_no_panic() {
    let cookie = encode(&["{}"]);
    let max = u64::MAX.to_string();
    inspect(["verify", &cookie, "--now", &max]).fails(1, "IdleTimeout: ");
    inspect(["show", &cookie, "--now", &max]).ok();
    inspect(["encode", "{}", "--now", &max]).ok();
    inspect(["verify", &cookie, "--now", "0"]).fails(1, "IssuedInFuture: ");
    inspect([
        "verify",
        &cookie,
        "--idle-timeout",
        &max,
        "--absolute-timeout",
        &max,
    ])
    .ok();
    let far = format!(
        "session=e30.{}.{}",
        URL_SAFE_NO_PAD.encode([255; 8]),
        URL_SAFE_NO_PAD.encode([0; 20])
    );
    assert!(
        show(&[&far])
            .ok()
            .contains("18446744073709551615 seconds after 1970, beyond the year 9999")
    );
}

#[test]
fn a_closed_output_is_not_an_error() {
    let cookie = inspect(["encode", "{}"]).ok();
    let cookie = cookie.trim_end();
    for args in [
        &["show", cookie][..],
        &["verify", cookie],
        &["keygen"],
        &["encode", "{}"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_axum-cookie-session-inspect"))
            .args(args)
            .env("SESSION_KEY", SECRET)
            .stdout(writer)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), stderr.as_str()),
            (Some(0), ""),
            "{args:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_nothing_is_said_so() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_axum-cookie-session-inspect"))
        .arg("keygen")
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("error: cannot write the output: ")
    );
}

#[test]
fn the_help_and_the_readme_list_every_exit_code() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for args in [
        &["--help"][..],
        &["keygen", "--help"],
        &["show", "--help"],
        &["help", "verify"],
        &["encode", "--help"],
    ] {
        let help = inspect(args).ok();
        let (_, codes) = help.split_once("Exit codes:\n").unwrap();
        assert_eq!(codes.lines().count(), 13, "{codes}");
        for line in codes.lines() {
            let (code, meaning) = line.trim().split_once("  ").unwrap();
            assert!(
                readme.contains(&format!("| {code} | {meaning} |")),
                "{code} {meaning}"
            );
        }
    }
}
