//! The results as Markdown and as JSON.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use crate::contender::{FLOOR, OURS, measured};
use crate::goals;
use crate::measure::{Outcome, Results};
use crate::operation::Operation;
use crate::payload::Payload;
use crate::versions;

pub(crate) fn markdown(results: &Results) -> Result<String> {
    let mut text = head(results)?;
    for operation in Operation::ALL {
        let _ = write!(text, "\n## {}\n\n", operation.name());
        text += &table(|payload, contender| cell(results, operation, payload, contender));
    }
    text += "\n## Bytes of the cookie, name and value\n\nBrowsers keep 4096.\n\n";
    text += &table(|payload, contender| {
        let cost = results.cost(payload, Operation::Read, contender);
        cost.map_or("-".to_owned(), |cost| cost.cookie_len.to_string())
    });
    Ok(text + "\n" + &goals::markdown(results))
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

fn table(cell: impl Fn(&str, &str) -> String) -> String {
    let payloads = Payload::all().map(|payload| payload.name);
    let mut text = format!("| | {} |\n", payloads.join(" | "));
    text += &format!("|---|{}\n", "---|".repeat(payloads.len()));
    for contender in measured() {
        let cells = payloads.map(|payload| cell(payload, contender.name));
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

pub(crate) fn json(results: &Results) -> Value {
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
        "goals": goals::json(results),
    })
}
