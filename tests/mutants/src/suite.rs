//! The tests of the library, and which mutants each of them reaches.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use wait_timeout::ChildExt;

use crate::library::Binaries;

/// A test that takes less than this is run together with others.
const QUICK: Duration = Duration::from_millis(100);

/// These try thousands of forgeries, or search the memory of a process, and so take longer than all
/// others together. Other tests have to notice what they notice.
pub(crate) const LEFT_OUT: [&str; 6] = [
    "forgery::no_made_up_challenge_is_accepted",
    "forgery::no_made_up_jwt_is_accepted",
    "no_shortened_or_extended_token_is_accepted",
    "no_splice_of_two_tokens_is_accepted",
    "no_token_with_one_byte_changed_is_accepted",
    "nothing_of_a_secret_is_in_memory_after_a_drop",
];

/// A mutant that makes a test slow is not caught by that. One that makes it endless is.
const SLACK: Duration = Duration::from_secs(8);

/// The exit code of a test binary if a test has failed.
const FAILED: i32 = 101;

/// In KiB. A mutant may fill the memory before its time is over.
const MEMORY: u32 = 4 << 20;

pub(crate) struct Suite {
    folder: PathBuf,
    binaries: Binaries,
    tests: Vec<Test>,
}

pub(crate) struct Test {
    target: String,
    name: String,
    took: Duration,
    reaches: HashSet<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    Caught,
    TimedOut,
    Survived,
    /// No test reaches it.
    Unreached,
    /// It does not compile.
    Unviable,
    /// The time was over.
    LeftOut,
}

impl Suite {
    /// Runs each test once, by itself and without a mutant.
    pub(crate) fn record(folder: &Path, binaries: Binaries) -> Result<Self> {
        let mut names = Vec::new();
        for (target, binary) in &binaries {
            let listed = Command::new(binary)
                .current_dir(folder)
                .args(["--list", "--format", "terse"])
                .output()?;
            ensure!(
                listed.status.success(),
                "{} --list failed",
                binary.display()
            );
            for line in String::from_utf8(listed.stdout)?.lines() {
                if let Some(name) = line.strip_suffix(": test") {
                    names.push((target, name.to_owned()));
                }
            }
        }
        for left_out in LEFT_OUT {
            let before = names.len();
            names.retain(|(_, name)| name != left_out);
            ensure!(names.len() < before, "the library has no test {left_out}");
        }
        let place = tempfile::tempdir()?;
        let tests = in_parallel(&names, |number, (target, name)| {
            let reached = place.path().join(number.to_string());
            let start = Instant::now();
            let output = command(folder, &binaries[*target], &[name])
                .env("MUTANTS_REACHED", &reached)
                .output()?;
            let took = start.elapsed();
            ensure!(
                output.status.success(),
                "fails without a mutant: {name}\n{}",
                String::from_utf8_lossy(&output.stdout)
            );
            let reaches = match fs::read_to_string(&reached) {
                Ok(text) => text.lines().map(str::parse).collect::<Result<_, _>>()?,
                Err(_) => HashSet::new(),
            };
            Ok(Test {
                target: (*target).clone(),
                name: name.clone(),
                took,
                reaches,
            })
        });
        let suite = Self {
            folder: folder.to_owned(),
            tests: tests.into_iter().collect::<Result<_>>()?,
            binaries,
        };
        suite.pass_together()?;
        Ok(suite)
    }

    /// A test that fails because of one that ran before it would seem to notice each mutant.
    fn pass_together(&self) -> Result<()> {
        let runs = in_order(self.tests.iter().collect());
        let runs: Vec<_> = runs.iter().filter(|(_, tests)| tests.len() > 1).collect();
        let outcomes = in_parallel(&runs, |_, (target, tests)| {
            let outcome = self.run_once(None, &self.binaries[*target], tests)?;
            ensure!(
                outcome == Outcome::Survived,
                "the tests of {target} pass one by one, and fail together without a mutant"
            );
            Ok(())
        });
        outcomes.into_iter().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.tests.len()
    }

    pub(crate) fn took(&self) -> Duration {
        self.tests.iter().map(|test| test.took).sum()
    }

    /// The targets whose tests reach the most of these mutants.
    pub(crate) fn widest(&self, mutants: &HashSet<u32>, count: usize) -> Vec<&str> {
        let reached = |target: &str| {
            let tests = self.tests.iter().filter(|test| test.target == target);
            let reached = tests.flat_map(|test| test.reaches.intersection(mutants));
            reached.collect::<HashSet<_>>().len()
        };
        let mut targets: Vec<_> = self.binaries.keys().map(String::as_str).collect();
        targets.sort_by_cached_key(|target| Reverse(reached(target)));
        targets.truncate(count);
        targets
    }

    /// Runs the tests that reach a mutant until one fails.
    pub(crate) fn run(&self, id: u32) -> Result<Outcome> {
        let reaching = self.tests.iter().filter(|test| test.reaches.contains(&id));
        let reaching: Vec<_> = reaching.collect();
        if reaching.is_empty() {
            return Ok(Outcome::Unreached);
        }
        for (target, tests) in in_order(reaching) {
            let outcome = self.run_once(Some(id), &self.binaries[target], &tests)?;
            if outcome != Outcome::Survived {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Survived)
    }

    /// Runs all tests of some targets, in binaries of a mutant that is not behind a switch.
    pub(crate) fn run_single(&self, binaries: &Binaries) -> Result<Outcome> {
        let tests = self
            .tests
            .iter()
            .filter(|test| binaries.contains_key(&test.target));
        for (target, tests) in in_order(tests.collect()) {
            let outcome = self.run_once(None, &binaries[target], &tests)?;
            if outcome != Outcome::Survived {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Survived)
    }

    fn run_once(&self, id: Option<u32>, binary: &Path, tests: &[&Test]) -> Result<Outcome> {
        let names: Vec<_> = tests.iter().map(|test| &*test.name).collect();
        let took: Duration = tests.iter().map(|test| test.took).sum();
        let mut command = command(&self.folder, binary, &names);
        if let Some(id) = id {
            command.env("MUTANT", id.to_string());
        }
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        match child.wait_timeout(SLACK + took * 10)? {
            Some(status) => match status.code() {
                Some(0) => Ok(Outcome::Survived),
                // A test has failed, or a signal has ended the program.
                Some(FAILED) | None => Ok(Outcome::Caught),
                Some(code) => bail!("{} does not run: exit code {code}", binary.display()),
            },
            None => {
                child.kill()?;
                child.wait()?;
                Ok(Outcome::TimedOut)
            }
        }
    }
}

/// Tests of one target are run together if they are quick, and the quickest come first.
fn in_order(tests: Vec<&Test>) -> Vec<(&str, Vec<&Test>)> {
    let mut quick: BTreeMap<&str, Vec<&Test>> = BTreeMap::new();
    let mut runs = Vec::new();
    for test in tests {
        if test.took < QUICK {
            quick.entry(&test.target).or_default().push(test);
        } else {
            runs.push((&*test.target, vec![test]));
        }
    }
    runs.extend(quick);
    runs.sort_by_key(|(_, tests)| tests.iter().map(|test| test.took).sum::<Duration>());
    runs
}

fn command(folder: &Path, binary: &Path, tests: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .current_dir(folder)
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY} && exec \"$0\" \"$@\""))
        .arg(binary)
        .args(["--test-threads", "1", "--exact"])
        .args(tests)
        // The properties see the same inputs each time.
        .env("PROPTEST_RNG_SEED", "1")
        .env_remove("RUST_BACKTRACE")
        .stdin(Stdio::null());
    command
}

/// Two at a time; the results in the order of what they are of.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    all: &[T],
    work: impl Fn(usize, &T) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = all.get(number) else {
                        return;
                    };
                    let result = work(number, one);
                    let mut results = results.lock().expect("no worker panics with the lock");
                    results.push((number, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("the workers have ended");
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}
