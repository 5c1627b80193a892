//! What was measured on which machine: the first lines of a report.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Result, ensure};
use tower_sessions::cookie::time::OffsetDateTime;

/// The crates whose versions decide the figures.
const CRATES: [&str; 15] = [
    "axum",
    "axum-extra",
    "cookie",
    "hmac",
    "sha1",
    "base64",
    "serde_json",
    "tower-sessions",
    "tower-sessions-cookie-store",
    "tower-sessions-redis-store",
    "axum_session",
    "actix-web",
    "actix-session",
    "tokio",
    "hyper",
];

/// Date, machine, compiler, and versions in one paragraph.
pub(crate) fn paragraph() -> Result<String> {
    let date = OffsetDateTime::now_utc().date();
    let cpu = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("an unknown processor", |model| {
        model.trim_start_matches(['\t', ' ', ':'])
    });
    let has_sha_ni = cpu.contains(" sha_ni");
    let sha_ni = if has_sha_ni {
        "with SHA-NI"
    } else {
        "without SHA-NI"
    };
    let cores = std::thread::available_parallelism()?;
    let rustc = first_line(&mut Command::new("rustc"), &["--version"])?;
    let commit = first_line(
        &mut Command::new("git"),
        &["describe", "--always", "--dirty", "--exclude=*"],
    )?;
    let crates = crates()?.join(", ");
    Ok(format!(
        "{date}, commit {commit}; {cores} cores of {model} {sha_ni}; {rustc}; {crates}.\n"
    ))
}

/// Every version of each crate in this program.
fn crates() -> Result<Vec<String>> {
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = Command::new(cargo)
        .args([
            "tree",
            "--prefix=none",
            "--edges=normal",
            "--manifest-path",
            manifest,
        ])
        .output()?;
    ensure!(output.status.success(), "cargo tree: {}", output.status);
    let tree = String::from_utf8(output.stdout)?;
    let versions = CRATES.into_iter().flat_map(|name| {
        let version = move |line: &str| {
            let version = line.strip_prefix(name)?.strip_prefix(" v")?;
            Some(format!("{name} {}", version.split(' ').next()?))
        };
        tree.lines().filter_map(version).collect::<BTreeSet<_>>()
    });
    Ok(versions.collect())
}

fn first_line(command: &mut Command, arguments: &[&str]) -> Result<String> {
    let output = command.args(arguments).output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
