//! Times and allocations, measured in rounds.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::allocations;
use crate::app::App;
use crate::case::{Case, Prepared};
use crate::machine::LoadAverage;
use crate::operation::Operation;
use crate::payload::Payload;

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
    /// Without that of a handler without a session.
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
        operation: Operation,
        payload: &Payload,
        prepared: Vec<(&'static str, Prepared)>,
    ) {
        let mut runs = Vec::new();
        for (contender, prepared) in prepared {
            let mut outcome = Outcome::NotOffered;
            match prepared {
                Prepared::Ready(case) => runs.push((self.rows.len(), Run::new(case))),
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
                run.round();
            }
        }
        for (row, run) in runs {
            self.rows[row].outcome = Outcome::Measured(run.cost());
        }
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
    /// Warms up, and finds how many requests fill a slice.
    fn new(mut case: Case) -> Self {
        let mut times = 8;
        while time(&mut *case.app, &case.cookies, times) < SLICE.as_nanos() as f64 {
            times *= 2;
        }
        Self {
            case,
            times,
            gross: Vec::new(),
            net: Vec::new(),
        }
    }

    fn round(&mut self) {
        let Case {
            app,
            baseline,
            cookies,
            ..
        } = &mut self.case;
        let each = f64::from(self.times);
        let gross = time(&mut **app, cookies, self.times) / each;
        let base = time(&mut **baseline, cookies, self.times) / each;
        self.gross.push(gross);
        self.net.push(gross - base);
    }

    fn cost(self) -> Cost {
        let Self {
            mut case,
            gross,
            net,
            ..
        } = self;
        let with = allocations(&mut *case.app, &case.cookies);
        let without = allocations(&mut *case.baseline, &case.cookies);
        Cost {
            gross: median(gross),
            net: median(net),
            allocations: with - without,
            cookie_len: case.cookie_len,
        }
    }
}

/// In ns, of so many requests.
fn time(app: &mut dyn App, cookies: &str, times: u32) -> f64 {
    let start = Instant::now();
    app.repeat(cookies, times);
    start.elapsed().as_nanos() as f64
}

fn allocations(app: &mut dyn App, cookies: &str) -> f64 {
    const TIMES: u32 = 100;
    let before = allocations::count();
    app.repeat(cookies, TIMES);
    (allocations::count() - before) as f64 / f64::from(TIMES)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
