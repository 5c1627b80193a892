//! The goals of issue 4, and what was measured.
//!
//! They were set when the handlers of ours that only read didn't return the session, so they hold
//! for [`Operation::ReadNotReturned`] and for the operations that always returned it.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::contender::{AXUM_SESSION, FLOOR, OURS, OURS_ALONE, SIGNED, TOWER_MEMORY};
use crate::measure::{Cost, Results};
use crate::operation::Operation;
use crate::payload::Payload;

/// Our net time as a part of another's, at most.
struct Ratio {
    operation: Operation,
    of: &'static str,
    small: f64,
    medium: f64,
    large: f64,
}

const fn ratio(operation: Operation, of: &'static str, [small, medium, large]: [f64; 3]) -> Ratio {
    Ratio {
        operation,
        of,
        small,
        medium,
        large,
    }
}

/// No goal.
const NONE: f64 = f64::INFINITY;

const RATIOS: [Ratio; 8] = [
    ratio(Operation::ReadNotReturned, TOWER_MEMORY, [0.60, 0.95, 0.78]),
    ratio(Operation::Increment, TOWER_MEMORY, [0.58, 0.62, 0.53]),
    ratio(Operation::ReadNotReturned, SIGNED, [0.52, 0.49, 0.37]),
    ratio(Operation::Increment, SIGNED, [0.55, 0.37, 0.32]),
    ratio(Operation::ReadNotReturned, FLOOR, [5.2, 3.6, 2.3]),
    ratio(Operation::Increment, FLOOR, [4.4, 2.4, 1.8]),
    ratio(Operation::ReadNotReturned, AXUM_SESSION, [1.0, 1.0, NONE]),
    ratio(Operation::Increment, AXUM_SESSION, [1.0, 1.0, NONE]),
];

struct Goal {
    what: String,
    payload: &'static str,
    most: f64,
    measured: Option<f64>,
}

impl Goal {
    fn is_missed(&self) -> bool {
        self.measured.is_none_or(|measured| measured > self.most)
    }
}

/// Each large payload has to meet the goals for large.
fn goals(results: &Results) -> Vec<Goal> {
    let mut goals = Vec::new();
    for payload in Payload::all().map(|payload| payload.name) {
        let cost = |operation, contender| results.cost(payload, operation, contender);
        for ratio in &RATIOS {
            let most = match payload {
                "small" => ratio.small,
                "medium" => ratio.medium,
                _ => ratio.large,
            };
            if most == NONE {
                continue;
            }
            let ours = cost(ratio.operation, OURS).map(|cost| cost.net);
            let other = cost(ratio.operation, ratio.of).map(|cost| cost.net);
            goals.push(Goal {
                what: format!("{} / {}", ratio.operation.name(), ratio.of),
                payload,
                most,
                measured: ours.zip(other).map(|(ours, other)| ours / other),
            });
        }
        for (operation, most) in [
            (Operation::ReadNotReturned, 6.0),
            (Operation::Increment, 17.0),
        ] {
            goals.push(Goal {
                what: format!("{}, allocations", operation.name()),
                payload,
                most,
                measured: cost(operation, OURS).map(|cost| cost.allocations),
            });
        }
        goals.push(Goal {
            what: "ten other cookies, added ns".to_owned(),
            payload,
            most: 150.0,
            measured: added_by_others(
                cost(Operation::OtherCookies, OURS),
                cost(Operation::OtherCookies, OURS_ALONE),
            ),
        });
    }
    goals
}

fn added_by_others(with: Option<Cost>, without: Option<Cost>) -> Option<f64> {
    Some(with?.net - without?.net)
}

pub(crate) fn markdown(results: &Results) -> String {
    let mut text =
        "## Goals\n\n| goal | payload | at most | measured | |\n|---|---|---|---|---|\n".to_owned();
    for goal in goals(results) {
        let measured = goal.measured;
        let measured = measured.map_or("not measured".to_owned(), |value| format!("{value:.2}"));
        let verdict = if goal.is_missed() {
            "**missed**"
        } else {
            "met"
        };
        let Goal {
            what,
            payload,
            most,
            ..
        } = goal;
        let _ = writeln!(
            text,
            "| {what} | {payload} | {most} | {measured} | {verdict} |"
        );
    }
    text
}

pub(crate) fn json(results: &Results) -> Vec<Value> {
    let value = |goal: Goal| {
        json!({
            "goal": goal.what,
            "payload": goal.payload,
            "at_most": goal.most,
            "measured": goal.measured,
            "met": !goal.is_missed(),
        })
    };
    goals(results).into_iter().map(value).collect()
}
