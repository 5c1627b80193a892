use anyhow::{Result, ensure};
use serde_json::json;

use crate::curl::visits;
use crate::stage::Stage;
use crate::token;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("counter")?;
    let curl = stage.curl();

    for expected in 1..=3 {
        let visits = visits(&curl.get(&server.url("/"))?)?;
        ensure!(visits == expected, "visit number {visits}, not {expected}");
    }
    let payload = token::payload(&curl.token()?)?;
    ensure!(
        payload == json!({ "visits": 3 }),
        "the cookie holds {payload}"
    );

    let visits = visits(&curl.post(&server.url("/reset"))?)?;
    ensure!(visits == 1, "visit number {visits} after the reset");
    Ok(())
}
