//! One contender with one operation on one payload, prepared and checked to answer correctly.

use std::rc::Rc;

use anyhow::{Context, Result, bail, ensure};

use crate::app::{App, INSERT, SHOW};
use crate::contender::{Measured, NO_SESSION};
use crate::operation::Operation;
use crate::payload::Payload;
use crate::world::World;

pub(crate) struct Case {
    app: Rc<dyn App>,
    baseline: Rc<dyn App>,
    operation: Operation,
    payload: Payload,
    path: String,
    cookies: String,
    /// Bytes of name and value of the contender's own cookies.
    pub(crate) cookie_len: usize,
}

pub(crate) enum Prepared {
    Ready(Case),
    /// The contender doesn't have this operation, or was left out.
    NotOffered,
    /// The contender refuses a session of this size.
    TooLarge,
}

pub(crate) fn prepare_all(
    world: &World,
    contenders: impl Iterator<Item = &'static Measured>,
    operation: Operation,
    payload: &Payload,
) -> Result<Vec<(&'static str, Prepared)>> {
    let prepared = contenders.map(|contender| {
        let case = prepare(contender, world, operation, payload)?;
        Ok((contender.name, case))
    });
    prepared.collect()
}

fn prepare(
    contender: &Measured,
    world: &World,
    operation: Operation,
    payload: &Payload,
) -> Result<Prepared> {
    let name = contender.name;
    let Some([before, app]) = (contender.apps)(world, operation) else {
        return Ok(Prepared::NotOffered);
    };
    let own = match insert(world, &*before, payload) {
        Err(_) if contender.is_bounded => return Ok(Prepared::TooLarge),
        cookies => cookies.context(name)?,
    };
    let cookies = operation.cookies(&own);
    check(world, name, &*app, &cookies, operation, payload)?;
    Ok(Prepared::Ready(Case {
        app,
        baseline: (contender.baseline)(world),
        operation,
        payload: payload.clone(),
        path: operation.path(payload),
        cookies,
        cookie_len: own.split("; ").map(|cookie| cookie.len() - 1).sum(),
    }))
}

/// Makes a session with the payload. Returns the `Cookie` header of the browser that received it.
pub(crate) fn insert(world: &World, app: &dyn App, payload: &Payload) -> Result<String> {
    let path = INSERT.replace("{name}", payload.name);
    let reply = world.send(app, &path, "")?;
    ensure!(reply.status == 200, "{path} answers {}", reply.status);
    Ok(reply.cookies())
}

/// Checks that the application has the new session, whole, and the right one after the operation.
/// For [`NO_SESSION`], checks that it answers without a session.
pub(crate) fn check(
    world: &World,
    contender: &str,
    app: &dyn App,
    cookies: &str,
    operation: Operation,
    payload: &Payload,
) -> Result<()> {
    let check = || {
        if contender == NO_SESSION {
            let reply = world.send(app, &operation.path(payload), cookies)?;
            ensure!(reply.status == 200, "it answers {}", reply.status);
            ensure!(reply.set_cookies.is_empty(), "it has a session");
            return Ok(());
        }
        let before = if operation.has_session() {
            payload.shown(7)
        } else {
            "{}".to_owned()
        };
        check_shown(world, app, cookies, &before)?;
        let reply = world.send(app, &operation.path(payload), cookies)?;
        let expected = operation.answer(payload).to_string();
        let body = &reply.body;
        ensure!(*body == expected, "it answers {body:?}, not {expected:?}");
        let after = if reply.set_cookies.is_empty() {
            cookies.to_owned()
        } else {
            reply.cookies()
        };
        if operation.changes() {
            check_shown(world, app, &after, &payload.shown(8))?;
        }
        if operation == Operation::Renew {
            ensure!(!reply.set_cookies.is_empty(), "no cookie was renewed");
            check_shown(world, app, &after, &before)?;
        }
        Ok(())
    };
    check().with_context(|| format!("{contender}: {}: {}", operation.name(), payload.name))
}

fn check_shown(world: &World, app: &dyn App, cookies: &str, expected: &str) -> Result<()> {
    let found = world.send(app, SHOW, cookies)?.body;
    ensure!(
        found == expected,
        "the session holds {found} instead of {expected}"
    );
    Ok(())
}

impl Case {
    /// Sends the operation's request `times` times.
    pub(crate) fn repeat(&self, world: &World, times: u32) {
        world.repeat(&*self.app, &self.path, &self.cookies, times);
    }

    /// Sends the same request to the handler without a session.
    pub(crate) fn repeat_baseline(&self, world: &World, times: u32) {
        world.repeat(&*self.baseline, &self.path, &self.cookies, times);
    }

    /// Checks that the answer is still right after the repetitions. A store has kept counting.
    pub(crate) fn check_again(&self, world: &World) -> Result<()> {
        let body = world.send(&*self.app, &self.path, &self.cookies)?.body;
        let answer: u64 = body.parse().context("an answer that isn't a number")?;
        let expected = self.operation.answer(&self.payload);
        let is_right = answer == expected || self.operation.changes() && answer > expected;
        ensure!(is_right, "it answers {answer}, not {expected}");
        Ok(())
    }
}

/// Runs one operation in a loop, for a profiler.
pub(crate) fn repeat(
    world: &World,
    contender: &str,
    operation: &str,
    payload: &str,
    times: u32,
) -> Result<()> {
    let contender = Measured::named(contender)?;
    let operation = Operation::named(operation)?;
    let mut payloads = Payload::all().into_iter();
    let payload = payloads.find(|known| known.name == payload);
    let payload = payload.context("unknown payload")?;
    match prepare(contender, world, operation, &payload)? {
        Prepared::Ready(case) => {
            case.repeat(world, times);
            Ok(())
        }
        _ => bail!("the contender doesn't offer this"),
    }
}
