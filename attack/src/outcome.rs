//! What was tried, and what came of it.

use std::fmt::Display;
use std::process::ExitCode;

#[derive(Default)]
pub(crate) struct Outcomes {
    passed: usize,
    failed: usize,
}

impl Outcomes {
    /// Prints a line of the table: so many tries of which so many went wrong.
    pub(crate) fn note(&mut self, what: &str, tries: usize, wrong: usize, figure: impl Display) {
        if self.passed + self.failed == 0 {
            println!("| what | tried | wrong | |\n|---|---|---|---|");
        }
        let is_good = wrong == 0 && tries > 0;
        match is_good {
            true => self.passed += 1,
            false => self.failed += 1,
        }
        let mark = if is_good { "" } else { "**FAILED** " };
        println!("| {what} | {tries} | {wrong} | {mark}{figure} |");
    }

    pub(crate) fn finish(self) -> ExitCode {
        let Self { passed, failed } = self;
        println!("\n{passed} passed, {failed} failed");
        match failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}
