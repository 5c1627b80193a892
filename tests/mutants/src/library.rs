//! A copy of the library in which all mutants are compiled once.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Error, Result, bail, ensure};
use serde::Deserialize;

use crate::mutant::Mutant;
use crate::rewrite::{Rewritten, rewrite};

/// The names of the test targets, each with the path of its binary.
pub(crate) type Binaries = BTreeMap<String, PathBuf>;

pub(crate) struct Library {
    /// Where the copy is, and where it is built.
    folder: PathBuf,
    built: PathBuf,
    sources: BTreeMap<String, String>,
    switched: BTreeMap<String, String>,
    /// Mutants that cannot be behind a switch.
    pub(crate) single: HashSet<u32>,
}

/// Whether almost the same will be built again.
#[derive(Clone, Copy)]
enum Build {
    Once,
    Again,
}

impl Build {
    fn incremental(self) -> &'static str {
        match self {
            Self::Once => "0",
            Self::Again => "1",
        }
    }
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    message: Option<Diagnostic>,
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
    spans: Vec<DiagnosticSpan>,
    children: Vec<Self>,
}

#[derive(Deserialize)]
struct DiagnosticSpan {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Library {
    /// Copies the library out of `workspace`.
    pub(crate) fn copy(workspace: &Path) -> Result<Self> {
        let copied = Command::new(workspace.join(".ci/alone"))
            .arg("mutants")
            .status()?;
        ensure!(copied.success(), ".ci/alone failed");
        let folder = workspace.join("target/mutants");

        let switch = folder.join("switch");
        fs::create_dir_all(switch.join("src"))?;
        fs::write(switch.join("src/lib.rs"), include_str!("switch.rs"))?;
        fs::write(
            switch.join("Cargo.toml"),
            "[package]\nname = \"switch\"\nedition = \"2024\"\n",
        )?;
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest)?.replace(
            "\n[dependencies]\n",
            "\n[dependencies]\nswitch = { path = \"switch\" }\n",
        );
        fs::write(manifest, text)?;
        // The dependencies that the other tests have.
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;

        Ok(Self {
            folder,
            built: workspace.join("target/mutants-build"),
            sources: BTreeMap::new(),
            switched: BTreeMap::new(),
            single: HashSet::new(),
        })
    }

    /// Puts the mutants behind switches, but for those that do not compile there.
    pub(crate) fn switch(&mut self, mutants: &[Mutant]) -> Result<()> {
        for mutant in mutants {
            if !self.sources.contains_key(&mutant.file) {
                let source = fs::read_to_string(self.folder.join(&mutant.file))?;
                self.sources.insert(mutant.file.clone(), source);
            }
        }
        // The compiler reports in stages: names, then types, then borrows.
        loop {
            let rewritten = self.write(mutants)?;
            let errors = self.check()?;
            if errors.is_empty() {
                return Ok(());
            }
            let before = self.single.len();
            for error in &errors {
                let found = mutants_of(error, &rewritten);
                if found.is_empty() {
                    bail!("no mutant is to blame: {}", error.text());
                }
                self.single.extend(found);
            }
            ensure!(self.single.len() > before, "{}", errors[0].text());
        }
    }

    fn write(&mut self, mutants: &[Mutant]) -> Result<BTreeMap<String, Rewritten>> {
        let mut all = BTreeMap::new();
        for (file, source) in &self.sources {
            let switched = mutants
                .iter()
                .filter(|mutant| mutant.file == *file && !self.single.contains(&mutant.id));
            let rewritten = rewrite(source, switched).with_context(|| file.clone())?;
            fs::write(self.folder.join(file), &rewritten.text)?;
            self.switched.insert(file.clone(), rewritten.text.clone());
            self.single.extend(&rewritten.single);
            all.insert(file.clone(), rewritten);
        }
        Ok(all)
    }

    /// Writes a mutant that cannot be switched.
    pub(crate) fn write_single(&self, mutant: &Mutant) -> Result<()> {
        let source = &self.sources[&mutant.file];
        Ok(fs::write(
            self.folder.join(&mutant.file),
            mutant.apply(source),
        )?)
    }

    /// Puts the switches of its file back.
    pub(crate) fn restore(&self, mutant: &Mutant) -> Result<()> {
        Ok(fs::write(
            self.folder.join(&mutant.file),
            &self.switched[&mutant.file],
        )?)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The errors of the library itself.
    fn check(&self) -> Result<Vec<Diagnostic>> {
        let (messages, _) = self.cargo("check", &["--lib"], Build::Once)?;
        Ok(errors(messages))
    }

    /// Builds all tests.
    pub(crate) fn build(&self) -> Result<Binaries> {
        self.build_tests(&[], Build::Once)?.map_err(|errors| {
            let texts: String = errors.iter().map(Diagnostic::text).collect();
            Error::msg(texts)
        })
    }

    /// Builds the tests that have these names, or all, with a mutant that cannot be switched. `None`
    /// if it does not compile.
    pub(crate) fn build_single(&self, names: &[&str]) -> Result<Option<Binaries>> {
        Ok(self.build_tests(names, Build::Again)?.ok())
    }

    fn build_tests(
        &self,
        names: &[&str],
        build: Build,
    ) -> Result<Result<Binaries, Vec<Diagnostic>>> {
        let mut targets = Vec::new();
        for &name in names {
            match name {
                LIBRARY => targets.push("--lib"),
                _ => targets.extend(["--test", name]),
            }
        }
        if targets.is_empty() {
            targets.extend(["--lib", "--tests"]);
        }
        let arguments = [&["--no-run"], &*targets].concat();
        let (messages, success) = self.cargo("test", &arguments, build)?;
        if !success {
            let errors = errors(messages);
            // A linker without memory, or a full disk, is not the mutant's fault.
            ensure!(
                !errors.is_empty(),
                "cargo test does not build, and the code has no error"
            );
            return Ok(Err(errors));
        }
        let binaries = messages
            .into_iter()
            .filter_map(|message| Some((message.target?.name, message.executable?)));
        Ok(Ok(binaries.collect()))
    }

    fn cargo(
        &self,
        command: &str,
        arguments: &[&str],
        build: Build,
    ) -> Result<(Vec<Message>, bool)> {
        let output = Command::new("cargo")
            .current_dir(&self.folder)
            .arg(command)
            .args(["--quiet", "--all-features", "--message-format=json"])
            .args(arguments)
            .env("CARGO_TARGET_DIR", &self.built)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", build.incremental())
            // Code that is never reached, or divides by zero, is what mutants are made of.
            .env("RUSTFLAGS", "--cap-lints=allow")
            .stdin(Stdio::null())
            .output()?;
        let mut messages = Vec::new();
        for line in output.stdout.split(|&byte| byte == b'\n') {
            if line.starts_with(b"{") {
                messages.push(serde_json::from_slice(line)?);
            }
        }
        let success = output.status.success();
        if !success
            && messages
                .iter()
                .all(|message: &Message| message.message.is_none())
        {
            bail!(
                "cargo {command}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok((messages, success))
    }
}

/// The unit tests, as cargo names them.
pub(crate) const LIBRARY: &str = "axum_cookie_session";

fn errors(messages: Vec<Message>) -> Vec<Diagnostic> {
    let errors = messages
        .into_iter()
        .filter(|message| message.reason == "compiler-message")
        .filter_map(|message| message.message);
    errors
        // The last one counts the others.
        .filter(|error| error.level == "error" && !error.spans.is_empty())
        .collect()
}

impl Diagnostic {
    fn text(&self) -> &str {
        self.rendered.as_deref().unwrap_or_default()
    }
}

/// The mutants whose code an error points at. A mutant of its own place is to blame before those of
/// the notes.
fn mutants_of(error: &Diagnostic, rewritten: &BTreeMap<String, Rewritten>) -> Vec<u32> {
    let at = |spans: &[DiagnosticSpan]| {
        let mut found = Vec::new();
        for span in spans {
            for (range, id) in rewritten
                .get(&span.file_name)
                .map_or(&[][..], |file| &file.code)
            {
                if range.start <= span.byte_start && span.byte_end <= range.end {
                    found.push(*id);
                }
            }
        }
        found
    };
    let mut found = at(&error.spans);
    if found.is_empty() {
        for child in &error.children {
            found.extend(at(&child.spans));
        }
    }
    found
}
