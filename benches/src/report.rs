//! The results as Markdown and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use crate::contender::{FLOOR, Measured, OURS, formats, measured};
use crate::goals::{self, Goal};
use crate::measure::{Outcome, Results};
use crate::operation::Operation;
use crate::payload::Payload;
use crate::versions;

pub(crate) fn markdown(results: &Results) -> Result<String> {
    let mut text = head(results)?;
    let contenders: Vec<_> = measured().collect();
    text += &tables(results, &contenders, &Payload::all(), &Operation::ALL);
    Ok(text + "\n" + &goals::markdown(&goals::of_all(results)))
}

pub(crate) fn formats_markdown(results: &Results) -> Result<String> {
    let contenders: Vec<_> = formats().collect();
    let tables = tables(
        results,
        &contenders,
        &Payload::sizes(),
        &Operation::OF_FORMATS,
    );
    Ok(head(results)? + &tables + "\n" + &goals::markdown(&goals::of_formats(results)))
}

/// A table for each operation, and one of sizes.
fn tables(
    results: &Results,
    contenders: &[&Measured],
    payloads: &[Payload],
    operations: &[Operation],
) -> String {
    let mut text = String::new();
    for operation in operations {
        let _ = write!(text, "\n## {}\n\n", operation.name());
        text += &table(contenders, payloads, |payload, contender| {
            cell(results, *operation, payload, contender)
        });
    }
    text += "\n## Bytes of the cookies, names and values\n\nBrowsers keep 4096 of each.\n\n";
    text + &table(contenders, payloads, |payload, contender| {
        let cost = results.cost(payload, Operation::Read, contender);
        cost.map_or("-".to_owned(), |cost| cost.cookie_len.to_string())
    })
}

fn head(results: &Results) -> Result<String> {
    let rounds = results.rounds;
    let versions = versions::paragraph()?;
    let warning = results.load_average.warning();
    let mut text = format!(
        "# Costs of a session\n\n{versions}{warning}\n\
        Small, medium and large are 26, 495 and 2807 bytes of JSON; wide and deep are as long as \
        large.\nHandlers answer with a text, and each crate is used as it documents: ours returns \
        the session\nwith the text, except in \"{}\".\n\n\
        Net ns / × floor / ours as a part of it / net allocations, per request; medians of \
        {rounds} rounds.\n\"-\": not offered. \"too large\": refuses a session of this size.\n",
        Operation::ReadNotReturned.name()
    );
    if results.without_redis {
        text += "\n**Redis was left out (`--without redis`); this table is not complete.**\n";
    }
    if rounds < 50 {
        text += "\n**Fewer than 50 rounds: good for a look, not for a claim.**\n";
    }
    Ok(text)
}

fn table(
    contenders: &[&Measured],
    payloads: &[Payload],
    cell: impl Fn(&str, &str) -> String,
) -> String {
    let payloads: Vec<_> = payloads.iter().map(|payload| payload.name).collect();
    let mut text = format!("| | {} |\n", payloads.join(" | "));
    text += &format!("|---|{}\n", "---|".repeat(payloads.len()));
    for contender in contenders {
        let cells: Vec<_> = payloads
            .iter()
            .map(|payload| cell(payload, contender.name))
            .collect();
        let _ = writeln!(text, "| {} | {} |", contender.name, cells.join(" | "));
    }
    text
}

fn cell(results: &Results, operation: Operation, payload: &str, contender: &str) -> String {
    let outcome = results.outcome(payload, operation, contender);
    let cost = match outcome {
        Some(Outcome::Measured(cost)) => cost,
        Some(Outcome::TooLarge) => return "too large".to_owned(),
        _ => return "-".to_owned(),
    };
    let net = |name| results.cost(payload, operation, name).map(|cost| cost.net);
    let ratio = |of: Option<f64>| of.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    format!(
        "{:.0} / {} / {} / {:.0}",
        cost.net,
        ratio(net(FLOOR).map(|floor| cost.net / floor)),
        ratio(net(OURS).map(|ours| ours / cost.net)),
        cost.allocations
    )
}

pub(crate) fn json(results: &Results, goals: &[Goal]) -> Value {
    let rows = results.rows.iter().map(|row| {
        let mut value = json!({
            "payload": row.payload,
            "operation": row.operation.name(),
            "contender": row.contender,
        });
        match row.outcome {
            Outcome::Measured(cost) => {
                value["gross_ns"] = json!(cost.gross);
                value["net_ns"] = json!(cost.net);
                value["net_allocations"] = json!(cost.allocations);
                value["cookie_bytes"] = json!(cost.cookie_len);
            }
            Outcome::NotOffered => value["absent"] = json!("not offered"),
            Outcome::TooLarge => value["absent"] = json!("too large"),
        }
        value
    });
    let rows: Vec<Value> = rows.collect();
    json!({
        "rounds": results.rounds,
        "without_redis": results.without_redis,
        "rows": rows,
        "goals": goals::json(goals),
    })
}
