//! One thread and two with the same application: whether a shared lock stands in the way.

use std::fmt::Write as _;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use axum::Router;
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::app::{App, AxumApp};
use crate::case;
use crate::contender::{self, NO_SESSION, OURS, SIGNED, TOWER_MEMORY};
use crate::machine::{LoadAverage, stay_on, two_cores};
use crate::measure::median;
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

const PEERS: [&str; 4] = [NO_SESSION, OURS, SIGNED, TOWER_MEMORY];
const OPERATIONS: [Operation; 2] = [Operation::Read, Operation::Increment];

/// How long each contender has with each number of threads in each round. Next to it, the time
/// that a thread takes to start is nothing.
const SLICE: Duration = Duration::from_millis(100);

/// Requests between two looks at the clock.
const BATCH: u32 = 100;

pub(crate) struct Results {
    load_average: LoadAverage,
    rounds: usize,
    rows: Vec<Row>,
}

/// Medians, in requests per second of all threads together.
struct Row {
    contender: &'static str,
    operation: Operation,
    one: f64,
    two: f64,
    factor: f64,
}

struct Run {
    contender: &'static str,
    operation: Operation,
    /// Each thread has a clone, which shares keys and stores, as those of a server do.
    router: Router,
    /// Each thread has a core, and a session of its own.
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
            runs.push(Run::new(world, contender, operation, cores)?);
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
        cores: [usize; 2],
    ) -> Result<Self> {
        let payload = Payload::medium();
        let router = contender::router(world, contender, operation, &payload)?;
        let mut app = AxumApp::new(&world.runtime, router.clone());
        let mut session = |core| {
            let cookies = case::fill(&mut app).context(contender)?;
            case::check_named(contender, &mut app, &cookies, operation, &payload)?;
            Ok::<_, anyhow::Error>((core, cookies))
        };
        Ok(Self {
            contender,
            operation,
            router,
            threads: [session(cores[0])?, session(cores[1])?],
            rounds: Vec::new(),
        })
    }

    fn round(&mut self) -> Result<()> {
        self.rounds.push([self.per_second(1)?, self.per_second(2)?]);
        Ok(())
    }

    fn per_second(&self, threads: usize) -> Result<f64> {
        thread::scope(|scope| {
            let threads = self.threads[..threads].iter();
            let running: Vec<_> = threads
                .map(|(core, cookies)| {
                    let router = self.router.clone();
                    scope.spawn(move || repeat(router, *core, cookies))
                })
                .collect();
            let ended = running.into_iter().map(|thread| {
                let ended = thread.join();
                ended.map_err(|_| anyhow!("{}: a thread panicked", self.contender))?
            });
            ended.sum()
        })
    }

    fn row(self) -> Row {
        let of = |part: fn(&[f64; 2]) -> f64| median(self.rounds.iter().map(part).collect());
        Row {
            contender: self.contender,
            operation: self.operation,
            one: of(|[one, _]| *one),
            two: of(|[_, two]| *two),
            factor: of(|[one, two]| two / one),
        }
    }
}

/// Requests per second of one thread.
fn repeat(router: Router, core: usize, cookies: &str) -> Result<f64> {
    stay_on(core)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut app = AxumApp::new(&Rc::new(runtime), router);
    let start = Instant::now();
    let mut requests = 0;
    while start.elapsed() < SLICE {
        app.repeat(cookies, BATCH);
        requests += BATCH;
    }
    Ok(f64::from(requests) / start.elapsed().as_secs_f64())
}

impl Results {
    pub(crate) fn markdown(&self) -> String {
        let mut text = format!(
            "# With one thread and with two\n{}\n\
            In process, through clones of one `Router`, each thread on a core of its own and \
            with a visitor of\nits own. 495 bytes of JSON. Requests per second, in thousands, of \
            all threads together; medians of\n{} rounds of {} ms. Two cores may share what is in \
            them: no session at all shows what can be had.\n",
            self.load_average.warning(),
            self.rounds,
            SLICE.as_millis()
        );
        for operation in OPERATIONS {
            let name = operation.name();
            let _ = write!(
                text,
                "\n## {name}\n\n| | one thread | two threads | factor |\n|---|---|---|---|\n"
            );
            for row in self.rows.iter().filter(|row| row.operation == operation) {
                let Row {
                    contender,
                    one,
                    two,
                    factor,
                    ..
                } = row;
                let [one, two] = [one / 1e3, two / 1e3];
                let _ = writeln!(text, "| {contender} | {one:.0} | {two:.0} | {factor:.2} |");
            }
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "operation": row.operation.name(),
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
