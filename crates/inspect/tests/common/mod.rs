//! Runs the built program, and sees that no secret is ever in what it prints.
#![allow(dead_code, reason = "each test uses a part")]

use std::ffi::OsStr;

use assert_cmd::Command;
use serde_json::Value;

pub(crate) const SECRET: &str = "a secret for tests, of 32 bytes or more";
pub(crate) const OTHER: &str = "another secret of 32 bytes or more, too";
/// 2023-11-14T22:13:20Z
pub(crate) const NOW: u64 = 1_700_000_000;

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(
            (self.code, self.stderr.as_str()),
            (0, ""),
            "{}",
            self.stdout
        );
        self.stdout
    }

    #[track_caller]
    pub(crate) fn json(self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "one line: {}", self.stdout);
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// Ends with `code`, and one sentence on stderr that holds `part`.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, part: &str) -> Self {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        assert!(self.stderr.starts_with("error: "), "{}", self.stderr);
        assert!(self.stderr.contains(part), "{}", self.stderr);
        self
    }
}

pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_axum-cookie-session-inspect"));
    command
        .env_clear()
        .env("SESSION_KEY", SECRET)
        .env("OTHER_KEY", OTHER)
        .timeout(std::time::Duration::from_secs(60));
    command
}

#[track_caller]
pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    let run = Run {
        code: output.status.code().expect("ends by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    for secret in [SECRET, OTHER] {
        assert!(
            !run.stdout.contains(secret) && !run.stderr.contains(secret),
            "a secret is printed"
        );
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    run
}

#[track_caller]
pub(crate) fn inspect<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Run {
    run(command().args(args))
}

/// At `NOW`.
#[track_caller]
pub(crate) fn encode(args: &[&str]) -> String {
    let now = NOW.to_string();
    let args = ["encode", "--now", &now]
        .into_iter()
        .chain(args.iter().copied());
    inspect(args).ok().trim_end().to_owned()
}

#[track_caller]
pub(crate) fn show(args: &[&str]) -> Run {
    let now = NOW.to_string();
    inspect(["show", "--now", &now].iter().chain(args))
}

#[track_caller]
pub(crate) fn verify(args: &[&str]) -> Run {
    let now = NOW.to_string();
    inspect(["verify", "--now", &now].iter().chain(args))
}

/// The lines of a file of tokens below the folder `tests` of the repository.
pub(crate) fn lines(path: &str) -> Vec<Value> {
    let path = format!("{}/../../tests/{path}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
