//! wrk, the load generator for HTTP/1.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::str::FromStr;

use anyhow::{Context, Result, ensure};

use super::{CONNECTIONS, Load};
use crate::machine::spawn_on;

/// Sends the same request over and over on connections that are kept alive.
pub(super) fn run(
    core: usize,
    server: SocketAddr,
    path: &str,
    cookies: &str,
    seconds: u32,
) -> Result<Load> {
    let mut command = Command::new("wrk");
    command
        .arg("--threads=1")
        .arg(format!("--connections={CONNECTIONS}"))
        .arg(format!("--duration={seconds}s"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if !cookies.is_empty() {
        command.args(["--header", &format!("Cookie: {cookies}")]);
    }
    command.arg(format!("http://{server}{path}"));
    let output = spawn_on(core, &mut command)?.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let said = || format!("wrk: {text}{}", String::from_utf8_lossy(&output.stderr));
    // wrk reports errors in its output and still succeeds.
    let is_faultless = !text.contains("Socket errors:") && !text.contains("Non-2xx");
    ensure!(output.status.success() && is_faultless, said());
    let load = Load {
        requests: word(&text, |line| {
            line.trim().split_once(" requests in ")?.0.into()
        })
        .with_context(said)?,
        per_second: word(&text, |line| line.strip_prefix("Requests/sec:")).with_context(said)?,
    };
    ensure!(load.requests > 0, said());
    Ok(load)
}

/// The number on the line for which `of_line` returns it.
fn word<T: FromStr>(text: &str, of_line: impl Fn(&str) -> Option<&str>) -> Option<T> {
    text.lines().find_map(of_line)?.trim().parse().ok()
}
