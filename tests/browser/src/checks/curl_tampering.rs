use anyhow::{Result, ensure};

use crate::curl::visits;
use crate::stage::Stage;
use crate::token;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let server = stage.serve("counter")?;
    let curl = stage.curl();
    let url = server.url("/");

    curl.get(&url)?;
    let token = curl.token()?;
    for (place, was) in token.char_indices() {
        let other = if was == 'A' { 'B' } else { 'A' };
        let tampered = token::with(&token, place, other);
        curl.set_token(&tampered)?;
        let visits = visits(&curl.get(&url)?)?;
        ensure!(visits == 1, "visit number {visits} with {tampered}");
    }

    // A cookie set by hand counts like any other.
    curl.set_token(&token)?;
    let visits = visits(&curl.get(&url)?)?;
    ensure!(visits == 2, "visit number {visits} with the first cookie");
    Ok(())
}
