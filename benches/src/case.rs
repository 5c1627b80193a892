//! One contender with one operation on one payload: prepared, and checked to answer correctly.

use anyhow::{Context, Result, bail, ensure};

use crate::app::{App, DUMP, FILL, OPERATION, Reply};
use crate::contender::{CONTENDERS, Contender, NO_SESSION};
use crate::operation::Operation;
use crate::payload::{Payload, expected_dump};
use crate::world::World;

pub(crate) struct Case {
    pub(crate) app: Box<dyn App>,
    pub(crate) baseline: Box<dyn App>,
    pub(crate) cookies: String,
    /// Bytes of name and value of the contender's own cookies.
    pub(crate) cookie_len: usize,
}

pub(crate) enum Prepared {
    Ready(Case),
    /// It has no such operation, or it was left out.
    NotOffered,
    /// It refuses a session of this size.
    TooLarge,
}

pub(crate) fn prepare_all(
    world: &World,
    operation: Operation,
    payload: &Payload,
) -> Result<Vec<(&'static str, Prepared)>> {
    let prepared = CONTENDERS.iter().map(|contender| {
        let case = prepare(contender, world, operation, payload);
        let case = case.with_context(|| {
            let operation = operation.name();
            format!("{}: {operation}: {}", contender.name, payload.name)
        })?;
        Ok((contender.name, case))
    });
    prepared.collect()
}

fn prepare(
    contender: &Contender,
    world: &World,
    operation: Operation,
    payload: &Payload,
) -> Result<Prepared> {
    let Some(mut app) = (contender.app)(world, operation, payload) else {
        return Ok(Prepared::NotOffered);
    };
    let own = match fill(&mut *app) {
        Err(_) if contender.is_bounded => return Ok(Prepared::TooLarge),
        filled => filled?,
    };
    let cookies = operation.cookies(&own);
    check(&mut *app, &cookies, operation, payload)?;
    Ok(Prepared::Ready(Case {
        baseline: (contender.baseline)(world),
        cookie_len: own.split("; ").map(|cookie| cookie.len() - 1).sum(),
        cookies,
        app,
    }))
}

/// Fills a session; the `Cookie` header of the browser that then has it.
pub(crate) fn fill(app: &mut dyn App) -> Result<String> {
    let filled = app.send(FILL, "");
    ensure!(filled.is_ok, "the session could not be filled");
    Ok(filled.cookies())
}

/// Checks that a session just filled is there, and is right after the operation, too.
fn check(app: &mut dyn App, cookies: &str, operation: Operation, payload: &Payload) -> Result<()> {
    let before = (!operation.expects_nothing()).then_some((payload, 7));
    check_dump(app, cookies, &expected_dump(before))?;
    let reply = app.send(OPERATION, cookies);
    ensure!(reply.is_ok, "the handler did not see what it should");
    if operation.changes() {
        let cookies = cookies_after(cookies, &reply);
        check_dump(app, &cookies, &expected_dump(Some((payload, 8))))?;
    }
    if operation == Operation::Renew {
        ensure!(!reply.set_cookies.is_empty(), "no cookie was renewed");
        let cookies = cookies_after(cookies, &reply);
        check_dump(app, &cookies, &expected_dump(before))?;
    }
    Ok(())
}

/// The same of a contender, or that there is an answer and no session.
pub(crate) fn check_named(
    name: &str,
    app: &mut dyn App,
    cookies: &str,
    operation: Operation,
    payload: &Payload,
) -> Result<()> {
    if name != NO_SESSION {
        let checked = check(app, cookies, operation, payload);
        return checked.with_context(|| format!("{name}: {}", operation.name()));
    }
    let reply = app.send(OPERATION, cookies);
    ensure!(reply.is_ok, "without a session there is no answer");
    ensure!(reply.set_cookies.is_empty(), "{name}: there is one");
    Ok(())
}

fn cookies_after(cookies: &str, reply: &Reply) -> String {
    match reply.set_cookies.is_empty() {
        true => cookies.to_owned(),
        false => reply.cookies(),
    }
}

fn check_dump(app: &mut dyn App, cookies: &str, expected: &str) -> Result<()> {
    let found = app.send(DUMP, cookies).body;
    ensure!(
        found == expected,
        "the session holds {found:?} instead of {expected:?}"
    );
    Ok(())
}

/// Runs one operation in a loop, for a profiler.
pub(crate) fn repeat(
    world: &World,
    contender: &str,
    operation: &str,
    payload: &str,
    times: u32,
) -> Result<()> {
    let contender = CONTENDERS.iter().find(|known| known.name == contender);
    let operation = Operation::named(operation)?;
    let payload = Payload::all()
        .into_iter()
        .find(|known| known.name == payload);
    let contender = contender.context("no such contender")?;
    let payload = payload.context("no such payload")?;
    match prepare(contender, world, operation, &payload)? {
        Prepared::Ready(mut case) => {
            case.app.repeat(&case.cookies, times);
            Ok(())
        }
        _ => bail!("the contender does not offer this"),
    }
}
