use anyhow::{Result, ensure};

use crate::curl::visits;
use crate::stage::{KEY, OTHER_KEY, Stage};

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("counter")?;
    let curl = stage.curl();

    curl.get(&server.url("/"))?;
    let server = server.restart(KEY)?;
    let same = visits(&curl.get(&server.url("/"))?)?;
    ensure!(same == 2, "visit number {same} after the restart");

    // It is the key that matters.
    let server = server.restart(OTHER_KEY)?;
    let other = visits(&curl.get(&server.url("/"))?)?;
    ensure!(other == 1, "visit number {other} under another key");
    Ok(())
}
