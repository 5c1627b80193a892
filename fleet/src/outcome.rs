//! What was tried, and what came of it.

use std::process::ExitCode;

#[derive(Default)]
pub(crate) struct Outcomes {
    passed: usize,
    failed: usize,
}

impl Outcomes {
    /// Prints a line of the table.
    pub(crate) fn note(&mut self, what: &str, is_right: bool, figure: &str) {
        if self.passed + self.failed == 0 {
            println!("| what | | |\n|---|---|---|");
        }
        match is_right {
            true => self.passed += 1,
            false => self.failed += 1,
        }
        let verdict = if is_right { "passed" } else { "**FAILED**" };
        println!("| {what} | {verdict} | {figure} |");
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
