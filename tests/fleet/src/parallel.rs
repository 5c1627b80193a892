//! What a cookie cannot prevent: parallel requests of one visitor, each with the same cookie.

use std::time::Duration;

use anyhow::Result;
use futures_util::future::try_join_all;
use harness::Outcomes;
use tokio::time::sleep;

use crate::fleet::Fleet;
use crate::visitor::Visitor;

const TRIALS: usize = 50;
const PARALLEL: usize = 8;

pub(crate) async fn run(outcomes: &mut Outcomes) -> Result<()> {
    let fleet = Fleet::start().await?;
    let mut kept = 0;
    for trial in 0..TRIALS {
        let visitor = Visitor::arrive(&fleet.url, format!("trial-{trial}")).await?;
        try_join_all((0..PARALLEL).map(|_| visitor.get("/count"))).await?;
        kept += visits(&visitor).await?;
    }
    let sent = TRIALS * PARALLEL;
    outcomes.note(
        "parallel increments through one jar: the last response wins",
        kept < sent && kept >= TRIALS,
        &format!("{kept} of {sent} count, {PARALLEL} at a time"),
    );

    let visitor = Visitor::arrive(&fleet.url, "ada".to_owned()).await?;
    let late = visitor.get("/slow?millis=400");
    let sign_out = async {
        sleep(Duration::from_millis(100)).await;
        visitor.get("/sign-out").await?;
        visitor.get("/all").await
    };
    let (_, signed_out) = tokio::try_join!(late, sign_out)?;
    let after = visitor.get("/all").await?;
    outcomes.note(
        "a late response after a sign-out brings the session back",
        signed_out.starts_with(' ') && after.starts_with("ada "),
        &format!("signed out: {signed_out:?}, when the late response has come: {after:?}"),
    );
    Ok(())
}

async fn visits(visitor: &Visitor) -> Result<usize> {
    let all = visitor.get("/all").await?;
    Ok(all.split(' ').nth(1).unwrap_or_default().parse()?)
}
