//! One thread and two with the same application, to see what a shared lock costs.

use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use axum::Router;
use serde_json::{Value, json};
use tokio::runtime::Builder;
use tokio::task::yield_now;

use crate::app::{App, repeat_once};
use crate::case;
use crate::contender::{self, NO_SESSION, OURS, SIGNED, TOWER_MEMORY};
use crate::machine::{LoadAverage, stay_on, two_cores};
use crate::measure::median;
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

const PEERS: [&str; 4] = [NO_SESSION, OURS, SIGNED, TOWER_MEMORY];
const OPERATIONS: [Operation; 2] = [Operation::Read, Operation::Increment];

/// Who runs the threads.
#[derive(Clone, Copy, PartialEq)]
enum Runtimes {
    /// Each has its own runtime and one request at a time, and sleeps while the request waits.
    Own,
    /// They are the workers of one runtime, which meanwhile continues with other requests, as in a
    /// server with `#[tokio::main]`.
    Shared,
}

impl Runtimes {
    const ALL: [Self; 2] = [Self::Shared, Self::Own];

    fn name(self) -> &'static str {
        match self {
            Self::Own => "each thread a runtime of its own, one request at a time",
            Self::Shared => "threads of one runtime, 16 requests at a time",
        }
    }
}

/// How long each contender has with each number of threads in each round. The start of a thread is
/// short compared to it.
const SLICE: Duration = Duration::from_millis(100);

/// Requests between two looks at the clock.
const BATCH: u32 = 100;

/// Requests at a time if the runtime is shared.
const IN_FLIGHT: usize = 16;

pub(crate) struct Results {
    load_average: LoadAverage,
    rounds: usize,
    rows: Vec<Row>,
}

/// Medians, in requests per second of all threads together.
struct Row {
    contender: &'static str,
    operation: Operation,
    runtimes: Runtimes,
    one: f64,
    two: f64,
    factor: f64,
}

struct Run {
    contender: &'static str,
    operation: Operation,
    runtimes: Runtimes,
    /// Each thread has a clone, which shares keys and stores, as in a server.
    router: Router,
    path: String,
    /// The core and the session of each thread.
    threads: [(usize, String); 2],
    /// With one thread, and with two.
    rounds: Vec<[f64; 2]>,
}

pub(crate) fn measure(world: &World, rounds: usize) -> Result<Results> {
    let load_average = LoadAverage::now()?;
    let cores = two_cores()?;
    let mut runs = Vec::new();
    for operation in OPERATIONS {
        for contender in PEERS {
            for runtimes in Runtimes::ALL {
                runs.push(Run::new(world, contender, operation, runtimes, cores)?);
            }
        }
    }
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        for run in &mut runs {
            run.round()?;
        }
    }
    Ok(Results {
        load_average,
        rounds,
        rows: runs.into_iter().map(Run::row).collect(),
    })
}

impl Run {
    fn new(
        world: &World,
        contender: &'static str,
        operation: Operation,
        runtimes: Runtimes,
        cores: [usize; 2],
    ) -> Result<Self> {
        let payload = Payload::medium();
        let router = contender::router(world, contender)?;
        let session = |core| {
            let cookies = case::insert(world, &router, &payload).context(contender)?;
            case::check(world, contender, &router, &cookies, operation, &payload)?;
            Ok::<_, anyhow::Error>((core, cookies))
        };
        Ok(Self {
            contender,
            operation,
            runtimes,
            threads: [session(cores[0])?, session(cores[1])?],
            router,
            path: operation.path(&payload),
            rounds: Vec::new(),
        })
    }

    fn round(&mut self) -> Result<()> {
        self.rounds.push([self.per_second(1)?, self.per_second(2)?]);
        Ok(())
    }

    fn per_second(&self, threads: usize) -> Result<f64> {
        let per_second = match self.runtimes {
            Runtimes::Own => self.on_own_runtimes(threads),
            Runtimes::Shared => self.on_one_runtime(threads),
        };
        per_second.context(self.contender)
    }

    fn on_one_runtime(&self, workers: usize) -> Result<f64> {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(workers).enable_all().build()?;
        let start = Instant::now();
        runtime.block_on(async {
            let sessions = self.threads.iter().map(|(_, cookies)| cookies).cycle();
            let tasks = sessions.take(IN_FLIGHT).map(|cookies| {
                let (router, path) = (self.router.clone(), self.path.clone());
                runtime.spawn(repeat_beside_others(router, path, cookies.clone(), start))
            });
            let mut requests = 0;
            for task in tasks.collect::<Vec<_>>() {
                requests += task.await?;
            }
            Ok(f64::from(requests) / start.elapsed().as_secs_f64())
        })
    }

    fn on_own_runtimes(&self, threads: usize) -> Result<f64> {
        thread::scope(|scope| {
            let threads = self.threads[..threads].iter();
            let running: Vec<_> = threads
                .map(|(core, cookies)| {
                    let router = self.router.clone();
                    scope.spawn(move || repeat(&router, *core, &self.path, cookies))
                })
                .collect();
            let ended = running.into_iter().map(|thread| {
                let ended = thread.join();
                ended.map_err(|_| anyhow!("a thread panicked"))?
            });
            ended.sum()
        })
    }

    fn row(self) -> Row {
        let of = |part: fn(&[f64; 2]) -> f64| median(self.rounds.iter().map(part).collect());
        Row {
            contender: self.contender,
            operation: self.operation,
            runtimes: self.runtimes,
            one: of(|[one, _]| *one),
            two: of(|[_, two]| *two),
            factor: of(|[one, two]| two / one),
        }
    }
}

/// Requests per second of one thread.
fn repeat(router: &Router, core: usize, path: &str, cookies: &str) -> Result<f64> {
    stay_on(core)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let start = Instant::now();
    let mut requests = 0;
    while start.elapsed() < SLICE {
        runtime.block_on(router.repeat(path, cookies, BATCH));
        requests += BATCH;
    }
    Ok(f64::from(requests) / start.elapsed().as_secs_f64())
}

/// Sends requests, one after another, until the slice that began at `start` ends. Returns how many.
async fn repeat_beside_others(
    mut router: Router,
    path: String,
    cookies: String,
    start: Instant,
) -> u32 {
    let mut requests = 0;
    while start.elapsed() < SLICE {
        repeat_once(&mut router, &path, &cookies).await;
        requests += 1;
        // Like a connection that waits for its next request.
        yield_now().await;
    }
    requests
}

impl Results {
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!(
            "# With one thread and with two\n{}\n\
            In process, through clones of one `Router`, for two visitors. 495 bytes of JSON. \
            Requests per second,\nin thousands, of all threads together; medians of {} rounds of \
            {} ms. Two cores may share what is in\nthem: no session at all shows what can be had. \
            A thread with one request at a time has nothing else to\ndo where that waits for a \
            lock, and goes to sleep: the worst case of a lock, not the usual one.\n",
            self.load_average.warning(),
            self.rounds,
            SLICE.as_millis()
        );
        for runtimes in Runtimes::ALL {
            for operation in OPERATIONS {
                let _ = write!(
                    text,
                    "\n## {}; {}\n\n| | one thread | two threads | factor |\n|---|---|---|---|\n",
                    operation.name(),
                    runtimes.name()
                );
                for contender in PEERS {
                    text += &self.line(contender, operation, runtimes);
                }
            }
        }
        text
    }

    fn line(&self, contender: &str, operation: Operation, runtimes: Runtimes) -> String {
        let mut rows = self.rows.iter();
        let row = rows.find(|row| {
            row.contender == contender && row.operation == operation && row.runtimes == runtimes
        });
        let row = row.expect("measured, or there are no results at all");
        let [one, two] = [row.one / 1e3, row.two / 1e3];
        format!(
            "| {contender} | {one:.0} | {two:.0} | {:.2} |\n",
            row.factor
        )
    }

    pub(crate) fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "operation": row.operation.name(),
                "runtimes": row.runtimes.name(),
                "contender": row.contender,
                "one_thread_per_second": row.one,
                "two_threads_per_second": row.two,
                "factor": row.factor,
            })
        };
        json!({
            "load_average": self.load_average.value(),
            "rounds": self.rounds,
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(),
        })
    }
}
