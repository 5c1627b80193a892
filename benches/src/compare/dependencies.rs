//! How many packages each contender adds to a program.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::contender::Contender;

const AXUM: &str = "axum = \"0.8\"\ntokio = { version = \"1\", features = [\"full\"] }";
const ACTIX: &str = "actix-web = \"4\"";

/// Packages of a normal build, without those of the framework with its default features.
pub(crate) fn count(contender: &Contender) -> Result<String> {
    let is_actix = contender.manifest.starts_with("actix");
    let framework = if is_actix { ACTIX } else { AXUM };
    let alone = packages("framework", framework)?;
    let manifest = format!("{framework}\n{}", contender.manifest);
    let with = packages(contender.column, &manifest)?;
    Ok(with.difference(&alone).count().to_string())
}

/// The packages of a separate program in `target`, where the workspace adds no features.
fn packages(name: &str, dependencies: &str) -> Result<BTreeSet<String>> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target/compare")
        .join(name.replace(|letter| !is_plain(letter), "_"));
    fs::create_dir_all(&folder)?;
    let head = "[workspace]\n[package]\nname = \"program\"\nedition = \"2024\"\n[lib]\npath = \"lib.rs\"\n[dependencies]\n";
    fs::write(folder.join("Cargo.toml"), format!("{head}{dependencies}\n"))?;
    fs::write(folder.join("lib.rs"), "")?;
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--quiet",
            "--edges=normal",
            "--prefix=none",
            "--format={p}",
        ])
        .current_dir(&folder)
        .output()?;
    ensure!(
        output.status.success(),
        "cargo tree: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout)?;
    let package = |line: &str| line.split(" (").next().unwrap_or_default().to_owned();
    Ok(tree.lines().map(package).collect())
}
