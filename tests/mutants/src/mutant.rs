//! What cargo-mutants would change in the library.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

const CARGO_MUTANTS: &str = "27.1.0";

/// A place in a file, counted from 1 as cargo-mutants does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub(crate) enum Genre {
    FnValue,
    BinaryOperator,
    UnaryOperator,
    MatchArm,
    MatchArmGuard,
    StructField,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Mutant {
    /// Later without the position, so that it stays the same if other lines change. A number tells
    /// equal ones of a file apart.
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) span: Span,
    pub(crate) replacement: String,
    pub(crate) genre: Genre,
    /// Chosen here.
    #[serde(default)]
    pub(crate) id: u32,
}

impl Mutant {
    /// The name with the position, for readers who want to go there.
    pub(crate) fn place(&self) -> String {
        let Position { line, column } = self.span.start;
        let change = self.name.strip_prefix(&self.file).unwrap_or(&self.name);
        format!("{}:{line}:{column}{change}", self.file)
    }

    /// The source with this mutant alone.
    pub(crate) fn apply(&self, source: &str) -> String {
        let (start, end) = (
            offset(source, self.span.start),
            offset(source, self.span.end),
        );
        format!("{}{}{}", &source[..start], self.replacement, &source[end..])
    }
}

fn offset(source: &str, position: Position) -> usize {
    let line: usize = source
        .split_inclusive('\n')
        .take(position.line - 1)
        .map(str::len)
        .sum();
    let column = source[line..].chars().take(position.column - 1);
    line + column.map(char::len_utf8).sum::<usize>()
}

/// All mutants of the library in `workspace`. Nothing is built for them.
pub(crate) fn list(workspace: &Path) -> Result<Vec<Mutant>> {
    let tools = workspace.join("target/tools");
    let command = tools.join("bin/cargo-mutants");
    let version = Command::new(&command)
        .args(["mutants", "--version"])
        .output();
    let wanted = format!("cargo-mutants {CARGO_MUTANTS}\n");
    if !version.is_ok_and(|output| output.stdout == wanted.as_bytes()) {
        let installed = Command::new("cargo")
            // It only reads the sources: optimized, it takes longer to build than to run.
            .args(["install", "--debug", "--quiet", "--locked", "--root"])
            .arg(&tools)
            .arg(format!("cargo-mutants@{CARGO_MUTANTS}"))
            .status()?;
        ensure!(installed.success(), "cargo-mutants cannot be installed");
    }
    let output = Command::new(&command)
        .current_dir(workspace)
        .args(["mutants", "--list", "--json", "--no-config"])
        .args(["--package", "axum-cookie-session"])
        // Tests, behind `cfg(all(test, feature))`.
        .args(["--exclude", "src/session/random_source.rs"])
        .output()?;
    ensure!(
        output.status.success(),
        "cargo mutants --list: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    named(serde_json::from_slice(&output.stdout).context("cargo mutants --list")?)
}

/// Numbers the mutants, and takes the positions out of their names.
pub(crate) fn named(mut mutants: Vec<Mutant>) -> Result<Vec<Mutant>> {
    let mut total: HashMap<String, usize> = HashMap::new();
    for (id, mutant) in (1..).zip(&mut mutants) {
        let Position { line, column } = mutant.span.start;
        let change = mutant
            .name
            .strip_prefix(&format!("{}:{line}:{column}: ", mutant.file))
            .with_context(|| format!("cargo-mutants names a mutant otherwise: {}", mutant.name))?;
        // A replaced function type can go over several lines.
        let change = change.split_whitespace().collect::<Vec<_>>().join(" ");
        mutant.name = format!("{}: {change}", mutant.file);
        mutant.id = id;
        *total.entry(mutant.name.clone()).or_default() += 1;
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for mutant in &mut mutants {
        let (number, of) = (
            seen.entry(mutant.name.clone()).or_default(),
            total[&mutant.name],
        );
        *number += 1;
        if of > 1 {
            mutant.name = format!("{} ({number} of {of})", mutant.name);
        }
    }
    Ok(mutants)
}

/// The files of the library that differ from those at a commit.
pub(crate) fn changed_since(workspace: &Path, commit: &str) -> Result<Vec<String>> {
    let git = |arguments: &[&str]| {
        Command::new("git")
            .current_dir(workspace)
            .args(arguments)
            .output()
    };
    let known = git(&["cat-file", "-e", &format!("{commit}^{{commit}}")])?;
    ensure!(
        known.status.success(),
        "{commit} is not in this clone: fetch the whole history"
    );
    let diff = git(&[
        "diff",
        "--name-only",
        "--diff-filter=d",
        commit,
        "--",
        "src",
    ])?;
    ensure!(diff.status.success(), "git diff {commit} failed");
    let files = String::from_utf8(diff.stdout)?;
    let files = files.lines().filter(|file| file.ends_with(".rs"));
    Ok(files.map(str::to_owned).collect())
}

/// Whether the library has this file.
pub(crate) fn is_source(workspace: &Path, file: &str) -> bool {
    file.starts_with("src/") && fs::exists(workspace.join(file)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Vec<Mutant> {
        let json = r#"[
            {"name": "src/a.rs:1:10: replace + with - in f", "package": "a", "file": "src/a.rs",
             "function": null, "span": {"start": {"line": 1, "column": 10}, "end": {"line": 1, "column": 11}},
             "replacement": "-", "genre": "BinaryOperator"},
            {"name": "src/a.rs:2:3: replace + with - in f", "package": "a", "file": "src/a.rs",
             "function": null, "span": {"start": {"line": 2, "column": 3}, "end": {"line": 2, "column": 4}},
             "replacement": "-", "genre": "BinaryOperator"},
            {"name": "src/a.rs:3:1: replace f with ()", "package": "a", "file": "src/a.rs",
             "function": null, "span": {"start": {"line": 3, "column": 1}, "end": {"line": 3, "column": 2}},
             "replacement": "()", "genre": "FnValue"}
        ]"#;
        named(serde_json::from_str(json).unwrap()).unwrap()
    }

    #[test]
    fn names_have_no_positions_and_differ() {
        let names: Vec<_> = listed().into_iter().map(|mutant| mutant.name).collect();
        assert_eq!(
            names,
            [
                "src/a.rs: replace + with - in f (1 of 2)",
                "src/a.rs: replace + with - in f (2 of 2)",
                "src/a.rs: replace f with ()",
            ]
        );
    }

    #[test]
    fn a_place_has_the_position() {
        assert_eq!(
            listed()[1].place(),
            "src/a.rs:2:3: replace + with - in f (2 of 2)"
        );
    }

    #[test]
    fn a_mutant_is_applied_at_its_characters() {
        let source = "/* ü */ a+b\né + c";
        assert_eq!(listed()[0].apply(source), "/* ü */ a-b\né + c");
        assert_eq!(listed()[1].apply(source), "/* ü */ a+b\né - c");
    }
}
