//! What the rewritten library asks at each mutant: is this the one? `library` copies this file
//! into a package of its own.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{LazyLock, Mutex};
use std::{collections::HashSet, env};

/// The only mutant of this process.
static ACTIVE: LazyLock<Option<u32>> = LazyLock::new(|| env::var("MUTANT").ok()?.parse().ok());

/// Where the mutants that a test reaches are written, and those that already were.
static REACHED: LazyLock<Option<Mutex<(File, HashSet<u32>)>>> = LazyLock::new(|| {
    let path = env::var_os("MUTANTS_REACHED")?;
    let file = OpenOptions::new().append(true).create(true).open(path).ok()?;
    Some(Mutex::new((file, HashSet::new())))
});

/// Whether the code has to be wrong in this way.
pub fn is_on(id: u32) -> bool {
    if let Some(reached) = &*REACHED {
        let (file, seen) = &mut *reached.lock().expect("nothing here panics");
        if seen.insert(id) {
            // In one write: a test may start processes that write here too.
            let _ = file.write_all(format!("{id}\n").as_bytes());
        }
    }
    *ACTIVE == Some(id)
}
