//! The goals of issues 15, 16 and 17, and what was measured.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::contender::{
    BOUND, DJANGO, ENCRYPTED, FLASK, FLOOR, OURS, OURS_ALONE, SHA256, SIGNED, TOWER_MEMORY,
};
use crate::measure::{Cost, Results};
use crate::operation::Operation;
use crate::payload::Payload;

/// Our net time as a part of another's, at most: for small, medium and large.
type Ratio = (Operation, &'static str, [f64; 3]);

/// No goal.
const NONE: f64 = f64::INFINITY;

const RATIOS: [Ratio; 8] = [
    (Operation::Read, TOWER_MEMORY, [0.60, 0.70, 0.65]),
    (Operation::Increment, TOWER_MEMORY, [0.58, 0.62, 0.53]),
    (Operation::Read, SIGNED, [0.50, 0.42, 0.28]),
    (Operation::Increment, SIGNED, [0.55, 0.37, 0.30]),
    (Operation::TypedRead, SIGNED, [0.46, 0.55, 0.52]),
    (Operation::TypedIncrement, SIGNED, [0.75, 0.75, 0.80]),
    (Operation::NoCookie, TOWER_MEMORY, [0.20, NONE, NONE]),
    (Operation::Forged, FLOOR, [4.5, 2.1, 1.45]),
];

/// Net allocations of ours, at most.
const ALLOCATIONS: [(Operation, f64); 3] = [
    (Operation::NoCookie, 0.0),
    (Operation::ReadNotReturned, 6.0),
    (Operation::Increment, 15.0),
];

pub(crate) struct Goal {
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

pub(crate) fn of_all(results: &Results) -> Vec<Goal> {
    let mut goals = Vec::new();
    for (at, payload) in Payload::sizes().iter().enumerate() {
        let net =
            |operation, contender| Some(results.cost(payload.name, operation, contender)?.net);
        for (operation, of, most) in RATIOS {
            if most[at] == NONE {
                continue;
            }
            let pair = net(operation, OURS).zip(net(operation, of));
            goals.push(Goal {
                what: format!("{} / {of}", operation.name()),
                payload: payload.name,
                most: most[at],
                measured: pair.map(|(ours, other)| ours / other),
            });
        }
    }
    for payload in Payload::all().map(|payload| payload.name) {
        let cost = |operation, contender| results.cost(payload, operation, contender);
        for (operation, most) in ALLOCATIONS {
            goals.push(Goal {
                what: format!("{}, allocations", operation.name()),
                payload,
                most,
                measured: cost(operation, OURS).map(|cost| cost.allocations),
            });
        }
        let with = cost(Operation::OtherCookies, OURS);
        goals.push(Goal {
            what: "ten other cookies, added ns".to_owned(),
            payload,
            most: 150.0,
            measured: added(with, cost(Operation::OtherCookies, OURS_ALONE)),
        });
    }
    goals
}

pub(crate) fn of_formats(results: &Results) -> Vec<Goal> {
    let medium = Payload::medium().name;
    let read = |payload, contender| results.cost(payload, Operation::Read, contender);
    let pair = read(medium, ENCRYPTED).zip(read(medium, SHA256));
    let mut goals = vec![Goal {
        what: format!("read one key, {ENCRYPTED} / {SHA256}"),
        payload: medium,
        most: 1.3,
        measured: pair.map(|(encrypted, signed)| encrypted.net / signed.net),
    }];
    for payload in Payload::sizes().map(|payload| payload.name) {
        goals.push(Goal {
            what: format!("read one key, {BOUND}, added ns"),
            payload,
            most: 400.0,
            measured: added(read(payload, BOUND), read(payload, OURS)),
        });
    }
    for format in [FLASK, DJANGO] {
        let write = results.cost(medium, Operation::Increment, format);
        goals.push(Goal {
            what: format!("increment one key and send it back, {format}, ns"),
            payload: medium,
            most: 25_000.0,
            measured: write.map(|cost| cost.net),
        });
    }
    goals
}

fn added(with: Option<Cost>, without: Option<Cost>) -> Option<f64> {
    Some(with?.net - without?.net)
}

pub(crate) fn markdown(goals: &[Goal]) -> String {
    let mut text =
        "## Goals\n\n| goal | payload | at most | measured | |\n|---|---|---|---|---|\n".to_owned();
    for goal in goals {
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

pub(crate) fn json(goals: &[Goal]) -> Vec<Value> {
    let value = |goal: &Goal| {
        json!({
            "goal": goal.what,
            "payload": goal.payload,
            "at_most": goal.most,
            "measured": goal.measured,
            "met": !goal.is_missed(),
        })
    };
    goals.iter().map(value).collect()
}
