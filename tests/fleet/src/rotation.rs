//! Visitors who count while the key is rotated, or the version of tokens, and instances die.

use std::time::Duration;

use anyhow::Result;
use futures_util::{StreamExt, TryStreamExt, stream};
use harness::Outcomes;

use tokio::time::sleep;

use crate::fleet::{ENCRYPTED, Fleet, NEW, OLD, SIGNED};
use crate::instance::Instance;
use crate::visitor::Visitor;

/// Requests that are under way at a time.
const AT_A_TIME: usize = 32;

#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) visitors: usize,
    /// Requests of each visitor.
    pub(crate) rounds: u64,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Order {
    /// All verify the new key before one signs with it, and none drops the old one before all
    /// visitors came by.
    Documented,
    /// One instance after the other signs with the new key at once.
    Wrong,
    /// All read encrypted sessions before one writes them, and none stops reading those that are
    /// signed alone before all visitors came by.
    Encrypting,
}

/// What happens to the fleet during one round.
enum Event {
    Deploy(usize, Deployment),
    Kill(usize),
}

/// The keys and the versions of an instance.
type Deployment = (&'static [&'static str], &'static [&'static str]);

impl Order {
    /// The deployments, one instance at a time, and a kill between two of them.
    fn events(self) -> Vec<Event> {
        let deployments: &[Deployment] = match self {
            Self::Documented => &[
                (&[OLD, NEW], &[SIGNED]),
                (&[NEW, OLD], &[SIGNED]),
                (&[NEW], &[SIGNED]),
            ],
            Self::Wrong => &[(&[NEW], &[SIGNED])],
            Self::Encrypting => &[
                (&[OLD], &[SIGNED, ENCRYPTED]),
                (&[OLD], &[ENCRYPTED, SIGNED]),
                (&[OLD], &[ENCRYPTED]),
            ],
        };
        let mut events = Vec::new();
        for deployment in deployments {
            for at in 0..3 {
                events.push(Event::Deploy(at, *deployment));
                events.push(Event::Kill(fastrand::usize(..3)));
            }
            events.push(Event::Kill(fastrand::usize(..3)));
        }
        events
    }
}

pub(crate) async fn run(outcomes: &mut Outcomes, scale: Scale, order: Order) -> Result<()> {
    let mut fleet = Fleet::start().await?;
    let url = fleet.url.clone();
    let arrivals = stream::iter(0..scale.visitors)
        .map(|number| Visitor::arrive(&url, format!("visitor-{number}")));
    let mut visitors: Vec<_> = arrivals.buffered(AT_A_TIME).try_collect().await?;
    let events = order.events();
    let (mut kills, mut deployments) = (0, 0);
    let mut waiting = events.iter();
    for round in 0..scale.rounds {
        // Spread over the run; each visitor comes once in a round, so between two events all do.
        let is_due = round * (events.len() as u64 + 1) / scale.rounds
            != (round + 1) * (events.len() as u64 + 1) / scale.rounds;
        let event = is_due.then(|| waiting.next()).flatten();
        match event {
            Some(Event::Kill(_)) => kills += 1,
            Some(Event::Deploy(..)) => deployments += 1,
            None => {}
        }
        tokio::try_join!(happen(&mut fleet.instances, event), visit(&mut visitors),)?;
    }
    let requests = scale.visitors as u64 * scale.rounds;
    let lost: usize = visitors.iter().map(|visitor| visitor.lost).sum();
    let retried: usize = visitors.iter().map(|visitor| visitor.retried).sum();
    // Or nothing was put to the test.
    let is_tested = waiting.len() == 0 && retried > 0;
    let figure = format!(
        "{requests} requests of {} visitors, {deployments} deployments, {kills} kills more, {retried} requests asked again, clocks 30 s apart, two releases: {lost} counts lost",
        scale.visitors
    );
    match order {
        Order::Documented | Order::Encrypting => {
            let what = match order {
                Order::Encrypting => "from signed to encrypted sessions",
                _ => "rotation in the documented order",
            };
            outcomes.note(what, lost == 0 && is_tested, &figure);
            let whole = stream::iter(&visitors)
                .map(Visitor::is_whole)
                .buffered(AT_A_TIME);
            let whole: Vec<bool> = whole.try_collect().await?;
            let broken = whole.iter().filter(|is_whole| !**is_whole).count();
            let figure = format!("{broken} of {} sessions lack a key of one", scale.visitors);
            outcomes.note(
                "keys that the other release does not know",
                broken == 0,
                &figure,
            );
        }
        Order::Wrong => {
            let what = "rotation in the wrong order is noticed";
            outcomes.note(what, lost > 0 && is_tested, &figure);
        }
    }
    Ok(())
}

async fn happen(instances: &mut [Instance], event: Option<&Event>) -> Result<()> {
    let at = match event {
        None => return Ok(()),
        Some(Event::Kill(at)) => *at,
        Some(Event::Deploy(at, (keys, versions))) => {
            let settings = &mut instances[*at].settings;
            settings.keys = keys.to_vec();
            settings.versions = versions.to_vec();
            *at
        }
    };
    // Somewhere in the round.
    sleep(Duration::from_millis(fastrand::u64(..20))).await;
    instances[at].restart().await
}

async fn visit(visitors: &mut [Visitor]) -> Result<()> {
    let counts = stream::iter(visitors).map(Visitor::count);
    counts.buffer_unordered(AT_A_TIME).try_collect().await
}
