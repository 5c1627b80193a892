//! Times and allocations, measured in rounds.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::allocations;
use crate::case::{Case, Prepared};
use crate::machine::LoadAverage;
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

/// How long each contender has in each round.
const SLICE: Duration = Duration::from_millis(1);

pub(crate) struct Results {
    pub(crate) rounds: usize,
    pub(crate) without_redis: bool,
    pub(crate) load_average: LoadAverage,
    pub(crate) rows: Vec<Row>,
}

pub(crate) struct Row {
    pub(crate) payload: &'static str,
    pub(crate) operation: Operation,
    pub(crate) contender: &'static str,
    pub(crate) outcome: Outcome,
}

#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    Measured(Cost),
    NotOffered,
    TooLarge,
}

/// Of one request.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// The whole request, in ns.
    pub(crate) gross: f64,
    /// `gross` minus that of a handler without a session.
    pub(crate) net: f64,
    pub(crate) allocations: f64,
    pub(crate) cookie_len: usize,
}

impl Results {
    pub(crate) fn new(rounds: usize, without_redis: bool) -> Result<Self> {
        Ok(Self {
            rounds,
            without_redis,
            load_average: LoadAverage::now()?,
            rows: Vec::new(),
        })
    }

    /// Measures all contenders in turns.
    pub(crate) fn measure(
        &mut self,
        world: &World,
        operation: Operation,
        payload: &Payload,
        prepared: Vec<(&'static str, Prepared)>,
    ) -> Result<()> {
        let mut runs = Vec::new();
        for (contender, prepared) in prepared {
            let mut outcome = Outcome::NotOffered;
            match prepared {
                Prepared::Ready(case) => runs.push((self.rows.len(), Run::new(world, case))),
                Prepared::NotOffered => {}
                Prepared::TooLarge => outcome = Outcome::TooLarge,
            }
            self.rows.push(Row {
                payload: payload.name,
                operation,
                contender,
                outcome,
            });
        }
        for _ in 0..self.rounds {
            for (_, run) in &mut runs {
                run.round(world);
            }
        }
        for (row, run) in runs {
            let contender = self.rows[row].contender;
            run.case.check_again(world).context(contender)?;
            self.rows[row].outcome = Outcome::Measured(run.cost(world));
        }
        Ok(())
    }

    pub(crate) fn outcome(
        &self,
        payload: &str,
        operation: Operation,
        contender: &str,
    ) -> Option<Outcome> {
        let row = self.rows.iter().find(|row| {
            row.payload == payload && row.operation == operation && row.contender == contender
        });
        row.map(|row| row.outcome)
    }

    pub(crate) fn cost(
        &self,
        payload: &str,
        operation: Operation,
        contender: &str,
    ) -> Option<Cost> {
        match self.outcome(payload, operation, contender)? {
            Outcome::Measured(cost) => Some(cost),
            _ => None,
        }
    }
}

struct Run {
    case: Case,
    times: u32,
    gross: Vec<f64>,
    net: Vec<f64>,
}

impl Run {
    /// Warms up, and finds out how many requests fill a slice.
    fn new(world: &World, case: Case) -> Self {
        let mut times = 8;
        while time(|| case.repeat(world, times)) < SLICE.as_nanos() as f64 {
            times *= 2;
        }
        Self {
            case,
            times,
            gross: Vec::new(),
            net: Vec::new(),
        }
    }

    fn round(&mut self, world: &World) {
        let Self { case, times, .. } = self;
        let each = f64::from(*times);
        let gross = time(|| case.repeat(world, *times)) / each;
        let base = time(|| case.repeat_baseline(world, *times)) / each;
        self.gross.push(gross);
        self.net.push(gross - base);
    }

    fn cost(self, world: &World) -> Cost {
        let case = self.case;
        let with = allocations(|times| case.repeat(world, times));
        let without = allocations(|times| case.repeat_baseline(world, times));
        Cost {
            gross: median(self.gross),
            net: median(self.net),
            allocations: with - without,
            cookie_len: case.cookie_len,
        }
    }
}

/// In ns.
fn time(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_nanos() as f64
}

/// Of one request.
fn allocations(repeat: impl FnOnce(u32)) -> f64 {
    const TIMES: u32 = 100;
    let before = allocations::count();
    repeat(TIMES);
    (allocations::count() - before) as f64 / f64::from(TIMES)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
