//! One contender with one operation on one payload: prepared, and checked to answer correctly.

use anyhow::{Context, Result, bail, ensure};

use crate::app::{App, DUMP, FILL, OPERATION, Reply};
use crate::contender::{CONTENDERS, Contender};
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
    let filled = app.send(FILL, "");
    if !filled.is_ok && contender.is_bounded {
        return Ok(Prepared::TooLarge);
    }
    ensure!(filled.is_ok, "the session could not be filled");
    let cookies = filled.cookies();
    let mut case = Case {
        app,
        baseline: (contender.baseline)(world),
        cookie_len: cookies.split("; ").map(|cookie| cookie.len() - 1).sum(),
        cookies: operation.cookies(&cookies),
    };
    case.check(operation, payload)?;
    Ok(Prepared::Ready(case))
}

impl Case {
    fn check(&mut self, operation: Operation, payload: &Payload) -> Result<()> {
        let before = (!operation.expects_nothing()).then_some((payload, 7));
        self.check_dump(&self.cookies.clone(), &expected_dump(before))?;
        let reply = self.app.send(OPERATION, &self.cookies);
        ensure!(reply.is_ok, "the handler did not see what it should");
        if operation.changes() {
            let cookies = self.cookies_after(&reply);
            self.check_dump(&cookies, &expected_dump(Some((payload, 8))))?;
        }
        if operation == Operation::Renew {
            ensure!(!reply.set_cookies.is_empty(), "no cookie was renewed");
            let cookies = self.cookies_after(&reply);
            self.check_dump(&cookies, &expected_dump(before))?;
        }
        Ok(())
    }

    fn cookies_after(&self, reply: &Reply) -> String {
        match reply.set_cookies.is_empty() {
            true => self.cookies.clone(),
            false => reply.cookies(),
        }
    }

    fn check_dump(&mut self, cookies: &str, expected: &str) -> Result<()> {
        let reply = self.app.send(DUMP, cookies);
        let found = reply.body;
        ensure!(
            found == expected,
            "the session holds {found:?} instead of {expected:?}"
        );
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
    let contender = CONTENDERS.iter().find(|known| known.name == contender);
    let operation = Operation::ALL
        .into_iter()
        .find(|known| known.name() == operation);
    let payload = Payload::all()
        .into_iter()
        .find(|known| known.name == payload);
    let contender = contender.context("no such contender")?;
    let operation = operation.context("no such operation")?;
    let payload = payload.context("no such payload")?;
    match prepare(contender, world, operation, &payload)? {
        Prepared::Ready(mut case) => {
            case.app.repeat(&case.cookies, times);
            Ok(())
        }
        _ => bail!("the contender does not offer this"),
    }
}
