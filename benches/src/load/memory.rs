//! The memory that sessions of users take who are not there.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::server::Server;
use super::wrk;
use crate::app::INSERT;
use crate::contender::{OURS, TOWER_MEMORY, TOWER_REDIS};
use crate::machine::two_cores;
use crate::payload::Payload;
use crate::versions;

/// Seconds of each run of the load generator.
const SECONDS: u32 = 2;

pub(crate) struct Results {
    rows: Vec<Row>,
}

struct Row {
    contender: &'static str,
    sessions: u64,
    /// Bytes by which the server grew, and Redis if it is used.
    server: u64,
    redis: Option<u64>,
}

impl Row {
    fn bytes_each(&self) -> f64 {
        (self.server + self.redis.unwrap_or(0)) as f64 / self.sessions as f64
    }
}

/// Lets each server make at least so many sessions of 495 bytes, each for a new user.
pub(crate) fn measure(sessions: u64) -> Result<Results> {
    ensure!(
        !cfg!(debug_assertions),
        "the server has to be built with --release"
    );
    harness::need("wrk", &["wrk"])?;
    let [server_core, load_core] = two_cores()?;
    let path = INSERT.replace("{name}", Payload::medium().name);
    let mut rows = Vec::new();
    for contender in [OURS, TOWER_MEMORY, TOWER_REDIS] {
        let server = Server::start(server_core, contender)?;
        let run = || wrk::run(load_core, server.address, &path, "", SECONDS);
        // The first requests also allocate what does not depend on the number of sessions.
        run()?;
        let resident = |pid| resident(pid).context(contender);
        let before = (
            resident(server.pid())?,
            server.redis.map(resident).transpose()?,
        );
        let mut made = 0;
        while made < sessions {
            made += run()?.requests;
            eprintln!("{contender}: {made} sessions");
        }
        let after = (
            resident(server.pid())?,
            server.redis.map(resident).transpose()?,
        );
        rows.push(Row {
            contender,
            sessions: made,
            server: after.0.saturating_sub(before.0),
            redis: before
                .1
                .zip(after.1)
                .map(|(before, after)| after.saturating_sub(before)),
        });
    }
    Ok(Results { rows })
}

/// Bytes of a process that are in RAM.
fn resident(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: u64 = kilobytes.context("no VmRSS")?.trim().parse()?;
    Ok(kilobytes * 1024)
}

impl Results {
    pub(crate) fn markdown(&self) -> Result<String> {
        let mut text = format!(
            "# Memory of idle users\n\n{}\n\
            Each request without a cookie makes a session of 495 bytes of JSON, and nobody comes \
            back.\nThe memory is the growth of what is resident, of the server and of Redis \
            together.\n\n\
            | | sessions | bytes of each | MB for 10 000 users | GB for 1 000 000 |\n\
            |---|---|---|---|---|\n",
            versions::paragraph()?
        );
        for row in &self.rows {
            let each = row.bytes_each();
            let _ = writeln!(
                text,
                "| {} | {} | {each:.0} | {:.1} | {:.2} |",
                row.contender,
                row.sessions,
                each * 1e4 / 1e6,
                each * 1e6 / 1e9
            );
        }
        Ok(text)
    }

    pub(crate) fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "contender": row.contender,
                "sessions": row.sessions,
                "server_bytes": row.server,
                "redis_bytes": row.redis,
            })
        };
        json!({ "rows": self.rows.iter().map(row).collect::<Vec<_>>() })
    }
}
