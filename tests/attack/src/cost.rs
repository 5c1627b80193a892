//! Work that could be expensive: its price, and whether it grows faster than its size.

mod bombs;
mod derivation;
mod formats;
mod headers;
mod maps;
mod responses;

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use harness::Outcomes;

use crate::allocations;

/// Twice the size may take this many times the time. Two, and some noise.
const MAX_TIME_GROWTH: f64 = 2.6;
const MAX_MEMORY_GROWTH: f64 = 2.2;

/// Less than this does not matter, whatever it grows to: a few copies of a cookie.
const MIN_MEMORY: usize = 8192;

/// A busy machine can spoil a measurement. Cost that grows too fast is there each time.
const ATTEMPTS: usize = 4;

/// One piece of work in a size, and in a larger one.
struct Case {
    name: String,
    work: [Work; 2],
}

struct Work {
    /// What the cost may be proportional to, in bytes.
    size: usize,
    run: Box<dyn Fn()>,
}

impl Work {
    fn new(size: usize, run: impl Fn() + 'static) -> Self {
        Self {
            size,
            run: Box::new(run),
        }
    }
}

#[derive(Default)]
struct Cases(Vec<Case>);

impl Cases {
    /// `work` is called with 1 and with 2, which is how many times as large it should be.
    fn add(&mut self, name: impl Into<String>, work: impl Fn(usize) -> Work) {
        self.0.push(Case {
            name: name.into(),
            work: [work(1), work(2)],
        });
    }
}

pub(crate) fn measure_all(outcomes: &mut Outcomes, short: bool) {
    let mut cases = Cases::default();
    headers::add(&mut cases);
    formats::add(&mut cases);
    bombs::add(&mut cases);
    derivation::add(&mut cases);
    maps::add(&mut cases);
    responses::add(&mut cases);
    let rounds = if short { 15 } else { 101 };
    for case in cases.0 {
        let mut measured = Measured::new(&case, rounds);
        for _ in 1..ATTEMPTS {
            // A measurement of seconds is not noise.
            if measured.is_linear() || measured.times[1] > 1e8 {
                break;
            }
            measured = Measured::new(&case, rounds);
        }
        let wrong = usize::from(!measured.is_linear());
        outcomes.note_tries(&case.name, measured.rounds, wrong, measured.figures());
    }
}

struct Measured {
    sizes: [f64; 2],
    rounds: usize,
    /// The shortest ones, in ns.
    times: [f64; 2],
    /// The most bytes that are allocated at one time.
    memory: [f64; 2],
}

impl Measured {
    fn new(case: &Case, rounds: usize) -> Self {
        let memory = case
            .work
            .each_ref()
            .map(|work| allocations::peak(&work.run) as f64);
        // The larger work runs as often as the smaller one, in turn.
        let mut times = [Vec::new(), Vec::new()];
        let start = Instant::now();
        while times[0].len() < rounds
            && (times[0].len() < 3 || start.elapsed() < Duration::from_secs(2))
        {
            for (work, times) in case.work.iter().zip(&mut times) {
                // Other programs take time on a busy machine, but not from this thread.
                let start = ThreadTime::now();
                (work.run)();
                times.push(start.elapsed().as_nanos() as f64);
            }
        }
        Self {
            sizes: case.work.each_ref().map(|work| work.size as f64),
            rounds: 2 * times[0].len(),
            times: times.map(shortest),
            memory,
        }
    }

    /// By how much the time grows if the size doubles.
    fn time_growth(&self) -> f64 {
        self.growth(self.times)
    }

    fn memory_growth(&self) -> f64 {
        self.growth(self.memory.map(|bytes| bytes.max(MIN_MEMORY as f64)))
    }

    fn growth(&self, [once, twice]: [f64; 2]) -> f64 {
        let [size, larger] = self.sizes;
        2.0 * (twice / once) / (larger / size)
    }

    fn is_linear(&self) -> bool {
        self.time_growth() <= MAX_TIME_GROWTH && self.memory_growth() <= MAX_MEMORY_GROWTH
    }

    fn figures(&self) -> String {
        let size = self.sizes[1];
        let memory = self.memory.map(|bytes| bytes / 1000.0);
        format!(
            "{:.0} kB: {:.0} µs, {:.2} µs per kB; doubled: time × {:.2}, memory × {:.2}, {:.1} kB then {:.1} kB, {:.1} times the size",
            size / 1000.0,
            self.times[1] / 1000.0,
            self.times[1] / size,
            self.time_growth(),
            self.memory_growth(),
            memory[0],
            memory[1],
            self.memory[1] / size,
        )
    }
}

/// The work does the same each time, so a longer time is the noise of the machine.
fn shortest(times: Vec<f64>) -> f64 {
    times.into_iter().fold(f64::INFINITY, f64::min)
}
