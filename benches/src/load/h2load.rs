//! h2load, the load generator of nghttp2 for HTTP/2.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::{CONNECTIONS, Load};
use crate::machine::spawn_on;

/// Requests at a time on one connection, as a browser sends them.
const STREAMS: u32 = 10;

/// Sends the same request over and over, without TLS.
pub(super) fn run(
    core: usize,
    server: SocketAddr,
    path: &str,
    cookies: &str,
    seconds: u32,
) -> Result<Load> {
    let mut command = Command::new("h2load");
    command
        .arg("--threads=1")
        .arg(format!("--clients={CONNECTIONS}"))
        .arg(format!("--max-concurrent-streams={STREAMS}"))
        .arg(format!("--duration={seconds}"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if !cookies.is_empty() {
        command.args(["--header", &format!("cookie: {cookies}")]);
    }
    command.arg(format!("http://{server}{path}"));
    let output = spawn_on(core, &mut command)?.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let said = || format!("h2load: {text}{}", String::from_utf8_lossy(&output.stderr));
    let load = parse(&text).with_context(said)?;
    ensure!(output.status.success() && load.requests > 0, said());
    Ok(load)
}

/// `None` if a request failed, or if the output is not known.
fn parse(text: &str) -> Option<Load> {
    let line = |start: &str| text.lines().find_map(|line| line.strip_prefix(start));
    let number = |line: &str, unit: &str| -> Option<f64> {
        let words = line
            .split(',')
            .find_map(|part| part.trim().strip_suffix(unit));
        words?.trim().parse().ok()
    };
    let requests = line("requests: ")?;
    let failed = [" failed", " errored", " timeout"].map(|unit| number(requests, unit));
    let statuses = line("status codes: ")?;
    let not_2xx = [" 3xx", " 4xx", " 5xx"].map(|unit| number(statuses, unit));
    let is_faultless = failed
        .iter()
        .chain(&not_2xx)
        .all(|count| *count == Some(0.0));
    is_faultless.then_some(())?;
    Some(Load {
        requests: number(requests, " succeeded")? as u64,
        per_second: number(line("finished in ")?, " req/s")?,
    })
}
