//! End to end: a server and a load generator on loopback, one core each.

mod h2load;
pub(crate) mod memory;
mod report;
mod server;
mod wrk;

use anyhow::{Context, Result, ensure};

pub(crate) use self::server::serve;

use self::server::Server;
use crate::case;
use crate::contender::{ENCRYPTED, NO_SESSION, OURS, TOWER_MEMORY, TOWER_REDIS};
use crate::machine::{LoadAverage, two_cores};
use crate::measure::median;
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

const PEERS: [&str; 5] = [NO_SESSION, OURS, ENCRYPTED, TOWER_MEMORY, TOWER_REDIS];

const CONNECTIONS: u32 = 16;

/// How many other cookies a request has.
const OTHERS: [usize; 4] = [0, 1, 5, 20];

/// What a load generator reports.
struct Load {
    requests: u64,
    per_second: f64,
}

pub(crate) struct Results {
    http2: bool,
    load_average: LoadAverage,
    rounds: usize,
    seconds: u32,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, PartialEq)]
struct Request {
    operation: Operation,
    others: usize,
}

/// Medians; CPU time is in µs per request.
struct Row {
    contender: &'static str,
    request: Request,
    per_second: f64,
    /// Of the server, and of Redis if it is used.
    cpu: f64,
    /// The part of `cpu` that Redis takes.
    redis: Option<f64>,
    /// `cpu` minus that of the server without a session, in the same round.
    net: f64,
}

/// One contender's server and one request to it.
struct Run<'a> {
    contender: &'static str,
    request: Request,
    server: &'a Server,
    path: String,
    cookies: String,
    rounds: Vec<Round>,
}

struct Round {
    per_second: f64,
    server: f64,
    redis: Option<f64>,
}

impl Round {
    fn cpu(&self) -> f64 {
        self.server + self.redis.unwrap_or(0.0)
    }
}

pub(crate) fn measure(world: &World, http2: bool, rounds: usize, seconds: u32) -> Result<Results> {
    ensure!(
        !cfg!(debug_assertions),
        "the server has to be built with --release"
    );
    let load_average = LoadAverage::now()?;
    if http2 {
        harness::need("h2load", &["nghttp2-client"])?;
    } else {
        harness::need("wrk", &["wrk"])?;
    }
    let [server_core, load_core] = two_cores()?;
    let mut servers = Vec::new();
    for contender in PEERS {
        servers.push(Server::start(server_core, contender)?);
    }
    let mut runs = Vec::new();
    for server in &servers {
        runs.extend(Run::all(world, server)?);
    }
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for run in &mut runs {
            run.round(http2, load_core, seconds)?;
        }
    }
    Ok(Results {
        http2,
        load_average,
        rounds,
        seconds,
        rows: runs.iter().map(|run| run.row(&runs)).collect(),
    })
}

impl<'a> Run<'a> {
    /// Each request to a server, which is checked to answer correctly.
    fn all(world: &World, server: &'a Server) -> Result<Vec<Self>> {
        let payload = Payload::medium();
        let contender = server.contender;
        let app = server.app();
        let own = case::insert(world, &app, &payload).context(contender)?;
        let read = OTHERS.map(|others| Request {
            operation: Operation::Read,
            others,
        });
        let increment = Request {
            operation: Operation::Increment,
            others: 0,
        };
        let runs = read.into_iter().chain([increment]).map(|request| {
            let operation = request.operation;
            let cookies = beside(&own, request.others);
            case::check(world, contender, &app, &cookies, operation, &payload)?;
            Ok(Self {
                contender,
                request,
                server,
                path: operation.path(&payload),
                cookies,
                rounds: Vec::new(),
            })
        });
        runs.collect()
    }

    fn round(&mut self, http2: bool, core: usize, seconds: u32) -> Result<()> {
        let generate = if http2 { h2load::run } else { wrk::run };
        let address = self.server.address;
        let before = self.server.cpu()?;
        let load = generate(core, address, &self.path, &self.cookies, seconds)?;
        let after = self.server.cpu()?;
        let each = |before, after| (after - before) * 1e6 / load.requests as f64;
        self.rounds.push(Round {
            per_second: load.per_second,
            server: each(before.server, after.server),
            redis: before
                .redis
                .zip(after.redis)
                .map(|(before, after)| each(before, after)),
        });
        Ok(())
    }

    fn row(&self, runs: &[Self]) -> Row {
        let base = runs
            .iter()
            .find(|run| run.contender == NO_SESSION && run.request == self.request)
            .expect("a run without a session for each request");
        let pairs = self.rounds.iter().zip(&base.rounds);
        let redis: Option<Vec<f64>> = self.rounds.iter().map(|round| round.redis).collect();
        Row {
            contender: self.contender,
            request: self.request,
            per_second: median(self.rounds.iter().map(|round| round.per_second).collect()),
            cpu: median(self.rounds.iter().map(Round::cpu).collect()),
            redis: redis.map(median),
            net: median(
                pairs
                    .map(|(round, base)| round.cpu() - base.cpu())
                    .collect(),
            ),
        }
    }
}

/// The `Cookie` header with `others` cookies of 30 bytes around the session's, as analytics scripts
/// set them.
fn beside(own: &str, others: usize) -> String {
    let other = |at: usize| format!("_ga_{at:03}=GS2.1.{}", 1_764_000_000_000_000 + at * 7919);
    let mut pairs: Vec<String> = (0..others).map(other).collect();
    if !own.is_empty() {
        pairs.insert(others / 2, own.to_owned());
    }
    pairs.join("; ")
}
