//! A peer's own session code, in a process that answers questions.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context, Result, bail};

use super::case::Expiry;
use super::value::{self, Text, Value};
use crate::peer::Peer;
use crate::setup::Tools;

/// Ends when it is dropped.
pub(crate) struct Oracle {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// One request to the peer: it opens the session, and then changes it.
#[derive(Default)]
pub(crate) struct Visit<'a> {
    /// The header.
    pub(crate) cookies: &'a str,
    pub(crate) set: &'a [(Text, Value)],
    pub(crate) flash: &'a [(Text, Value)],
    pub(crate) expiry: Option<Expiry>,
    /// Whether it takes the flash messages.
    pub(crate) take: bool,
    /// Whether it changes a key of its own, so that it has to write.
    pub(crate) touch: bool,
}

/// The peer's answer to a visit.
pub(crate) enum Answer {
    Seen(Seen),
    /// It cannot open the session: the visitor gets a 500.
    CannotOpen(String),
    /// It cannot make or write the session.
    CannotWrite(String),
}

pub(crate) struct Seen {
    /// The session as it was opened.
    pub(crate) session: Vec<(Text, Value)>,
    /// Category and message of those that were taken.
    pub(crate) flashes: Vec<(Text, Value)>,
    /// As `Set-Cookie`.
    pub(crate) cookies: Vec<String>,
    /// Bytes of JSON that it wrote, from those that compress it.
    pub(crate) bytes: usize,
}

impl Oracle {
    pub(crate) fn start(peer: &Peer, tools: &Tools, secret: &str) -> Result<Self> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/oracles");
        let log = tools.folder.join(format!("{}-oracle.log", peer.name));
        let mut child = tools
            .interpreter(peer.packages)
            .arg(file.join(peer.oracle))
            .env("SECRET", secret)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).context("cannot write a log")?)
            .spawn()
            .with_context(|| format!("cannot run {}", peer.oracle))?;
        Ok(Self {
            questions: child.stdin.take().context("no standard input")?,
            answers: BufReader::new(child.stdout.take().context("no standard output")?),
            child,
        })
    }

    pub(crate) fn ask(&mut self, visit: &Visit<'_>) -> Result<Answer> {
        let expiry = match visit.expiry {
            None => "null".to_owned(),
            Some(Expiry::Number(number)) => format!("{{\"number\":{number}}}"),
            Some(Expiry::Date(seconds)) => format!("{{\"date\":{seconds}}}"),
        };
        let question = format!(
            "{{\"cookies\":{},\"set\":{},\"flash\":{},\
             \"expiry\":{expiry},\"take\":{},\"touch\":{}}}\n",
            Text::from(visit.cookies),
            value::noted(visit.set),
            value::noted(visit.flash),
            visit.take,
            visit.touch,
        );
        self.questions
            .write_all(question.as_bytes())
            .context("the oracle has ended: see its log")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        answer(&line).with_context(|| format!("the oracle answers {line:?}: see its log"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer(line: &str) -> Result<Answer> {
    let Value::Map(members) = value::parse(line)? else {
        bail!("not an object");
    };
    let get = |name: &str| {
        let member = members.iter().find(|(key, _)| key.is(name));
        member.map(|(_, value)| value.clone())
    };
    let text = |value| match value {
        Value::Text(text) => text.to_str().context("a lone surrogate"),
        other => bail!("{other} where a text should be"),
    };
    if let Some(error) = get("cannot_open") {
        return Ok(Answer::CannotOpen(text(error)?));
    }
    if let Some(error) = get("cannot_write") {
        return Ok(Answer::CannotWrite(text(error)?));
    }
    let pairs = |name| match get(name).context("a member is missing")?.denoted()? {
        Value::Map(pairs) => Ok(pairs),
        other => bail!("{other} where pairs should be"),
    };
    let cookies = match get("cookies") {
        Some(Value::List(cookies)) => cookies.into_iter().map(text).collect::<Result<_>>()?,
        _ => bail!("no cookies"),
    };
    let bytes = match get("bytes") {
        Some(Value::Number(bytes)) => bytes.parse()?,
        _ => 0,
    };
    Ok(Answer::Seen(Seen {
        session: pairs("session")?,
        flashes: pairs("flashes")?,
        cookies,
        bytes,
    }))
}
