//! What was tried, and what came of it.

use std::fmt::Display;
use std::process::ExitCode;

/// A table that is printed line by line; all lines of one are noted by the same function.
#[derive(Default)]
pub struct Outcomes {
    passed: usize,
    failed: usize,
}

impl Outcomes {
    pub fn note(&mut self, what: &str, is_right: bool, figure: &str) {
        let result = if is_right { "passed" } else { "**FAILED**" };
        let line = format!("| {what} | {result} | {figure} |");
        self.print("| what | | |\n|---|---|---|", is_right, &line);
    }

    /// So many tries of which so many went wrong.
    pub fn note_tries(&mut self, what: &str, tries: usize, wrong: usize, figure: impl Display) {
        let is_right = wrong == 0 && tries > 0;
        let mark = if is_right { "" } else { "**FAILED** " };
        let line = format!("| {what} | {tries} | {wrong} | {mark}{figure} |");
        self.print(
            "| what | tried | wrong | |\n|---|---|---|---|",
            is_right,
            &line,
        );
    }

    fn print(&mut self, head: &str, is_right: bool, line: &str) {
        if self.passed + self.failed == 0 {
            println!("{head}");
        }
        match is_right {
            true => self.passed += 1,
            false => self.failed += 1,
        }
        println!("{line}");
    }

    pub fn finish(self) -> ExitCode {
        let Self { passed, failed } = self;
        println!("\n{passed} passed, {failed} failed");
        match failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}
