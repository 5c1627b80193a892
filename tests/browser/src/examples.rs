//! The example programs, as cargo builds them.

use std::collections::HashMap;
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

const PACKAGES: [&str; 7] = [
    "axum-cookie-session",
    "flask_migration",
    "openid",
    "passkeys",
    "rails_migration",
    "shop",
    "spa",
];

pub(crate) struct Examples(HashMap<String, PathBuf>);

impl Examples {
    pub(crate) fn build() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        // `cargo run` sets these for this program, and ring would be built again for each change.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&name);
            }
        }
        let output = cargo
            .args(["build", "--bins", "--examples", "--message-format", "json"])
            .args(PACKAGES.iter().flat_map(|package| ["--package", *package]))
            .arg("--manifest-path")
            .arg(manifest)
            .stderr(Stdio::inherit())
            .output()
            .context("cannot run cargo")?;
        ensure!(output.status.success(), "the examples do not build");

        let built = String::from_utf8(output.stdout)?;
        let messages = built.lines().map(serde_json::from_str::<Value>);
        Ok(Self(
            messages
                .filter_map(|message| example(&message.ok()?))
                .collect(),
        ))
    }

    pub(crate) fn path(&self, name: &str) -> Result<&Path> {
        let path = self
            .0
            .get(name)
            .with_context(|| format!("there is no example {name}"))?;
        Ok(path)
    }
}

/// The name and the file of the example that a message of cargo's tells of.
fn example(message: &Value) -> Option<(String, PathBuf)> {
    let target = &message["target"];
    let is_example = target["kind"]
        .as_array()?
        .iter()
        .any(|kind| kind == "example" || kind == "bin");
    let file = message["executable"].as_str()?;
    is_example.then_some((target["name"].as_str()?.to_owned(), file.into()))
}
