//! The round trips of random sessions.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum_cookie_session::{Key, Session, SessionConfig, Status};
use serde_json::value::RawValue;

use super::case::{Case, Change, Direction};
use super::jar::{Jar, lifetime};
use super::model;
use super::oracle::{Answer, Oracle, Seen, Visit};
use super::rng::Rng;
use super::value::{Text, Value, parse};
use crate::peer::{Family, Peer};
use crate::setup::Tools;

/// A peer's oracle, and our side of it.
pub(crate) struct Trips {
    family: Family,
    oracle: Oracle,
    config: SessionConfig,
    /// With a clock that is ahead, to see whether a write moves an end.
    ahead: SessionConfig,
}

/// A round trip that went as it should.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Both sides saw the same.
    Same,
    /// We refused it, and had to.
    RefusedHere,
    /// The peer cannot write it, or cannot read it back.
    RefusedThere,
}

pub(crate) enum Trouble {
    Failure(Failure),
    /// The round trip could not be made.
    Error(anyhow::Error),
}

pub(crate) struct Failure {
    /// The same for a smaller case of the same failure.
    pub(crate) kind: &'static str,
    pub(crate) detail: String,
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Error(error)
    }
}

fn failed<T>(kind: &'static str, detail: impl ToString) -> Result<T, Trouble> {
    let detail = detail.to_string();
    Err(Trouble::Failure(Failure { kind, detail }))
}

const SECRET: &str = "the secret: an ümlaut and 32 bytes";
/// Seconds.
const AHEAD: u64 = 30;
/// Browsers keep 4096 bytes of name and value. Two implementations of zlib differ a little.
const LARGE: usize = 3900;
/// We read and write 65536 bytes of JSON. Two spellings of a value differ a little.
const LONG: usize = 60_000;

/// Changes to a session.
#[derive(Default)]
struct Changes {
    set: Vec<(Text, Value)>,
    flash: Vec<(Text, Value)>,
    /// Bytes of the JSON that is there before, and that is inserted.
    bytes: usize,
}

type Pairs = Vec<(Text, Value)>;

impl Trips {
    pub(crate) fn new(peer: &'static Peer, tools: &Tools) -> Result<Self> {
        let config = |ahead| -> Result<SessionConfig> {
            let clock = move || SystemTime::now() + Duration::from_secs(ahead);
            let builder = (peer.config)(Key::legacy(SECRET)?).secure(false);
            Ok(builder.clock(clock).build()?)
        };
        Ok(Self {
            family: peer.family,
            oracle: Oracle::start(peer, tools, SECRET)?,
            config: config(0)?,
            // A peer refuses dates from the future, except for those of Koa.
            ahead: config(if peer.family == Family::Koa { AHEAD } else { 0 })?,
        })
    }

    pub(crate) fn play(&mut self, case: &Case) -> Result<Outcome, Trouble> {
        match case.direction {
            Direction::HereToThere => self.here_to_there(case),
            Direction::ThereToHere => self.there_to_here(case),
            Direction::ThereAndBack => self.there_and_back(case),
        }
    }

    fn here_to_there(&mut self, case: &Case) -> Result<Outcome, Trouble> {
        let family = self.family;
        let mut rng = Rng::new(case.spelling, "", 0);
        let mut session = open(&self.config, "")?;
        let mut changes = Changes {
            set: case.session.clone(),
            ..Changes::default()
        };
        for (key, value) in &case.session {
            changes.bytes += insert(&mut session, key, value, &mut rng)?;
        }
        let Some(cookies) = self.written(session, &changes, "")? else {
            return Ok(Outcome::RefusedHere);
        };
        if case.session.is_empty() {
            return Ok(Outcome::Same);
        }
        let mut jar = Jar::default();
        jar.keep(&cookies)?;
        let wanted = case.session.iter();
        let wanted = wanted.map(|(key, value)| (key.clone(), family.read(value.clone())));
        let wanted: Pairs = wanted.collect();

        let here = self.view(&open(&self.config, &jar.header())?);
        let here = here.or_else(|status| failed("we refuse what we wrote", status))?;
        for (key, value) in &wanted {
            let held = here.iter().find(|(known, _)| known == key);
            let held = held.map(|(_, json)| parse(json)).transpose()?;
            let held = held.map(|held| family.read(held));
            let is_same = |held: &Value| family.is_exactly(held, value);
            if !held.as_ref().is_some_and(is_same) {
                let detail = format!("{key} is {}", shown(held));
                return failed("we read something else than we wrote", detail);
            }
        }
        let is_more = |key: &Text| {
            !is_one_of(key, family.added()) && wanted.iter().all(|(known, _)| known != key)
        };
        if let Some((key, _)) = here.iter().find(|(key, _)| is_more(key)) {
            return failed("we read more keys than we wrote", key);
        }

        let is_own = wanted.iter().any(|(key, _)| family.is_own_name(key));
        let there = match self.opened(&jar.header(), false) {
            Err(Trouble::Failure(_)) if is_own => return Ok(Outcome::RefusedThere),
            there => there?,
        };
        let except = [family.dropped(), family.added()].concat();
        compare(family, &wanted, &there.session, &except)?;
        Ok(Outcome::Same)
    }

    fn there_to_here(&mut self, case: &Case) -> Result<Outcome, Trouble> {
        let family = self.family;
        let Some((jar, there)) = self.begun(case)? else {
            return Ok(Outcome::RefusedThere);
        };
        let header = if case.quoted {
            jar.quoted()
        } else {
            jar.header()
        };
        let mut session = open(&self.config, &header)?;
        let here = match self.view(&session) {
            Ok(here) => here,
            Err(_) if is_unreadable(&there) => return Ok(Outcome::RefusedHere),
            Err(status) if case.quoted => return failed("we refuse quotes", status),
            Err(status) => return failed("we refuse what the peer wrote", status),
        };
        let mut seen = Vec::new();
        for (key, json) in here {
            // koa-session shows the lifetime elsewhere than in the session.
            if family != Family::Koa || !(key.is("_maxAge") || key.is("_session")) {
                seen.push((key, family.read(parse(&json)?)));
            }
        }
        // A key that is not Unicode is not visible here.
        let visible = there.session.into_iter();
        let visible: Pairs = visible.filter(|(key, _)| key.to_str().is_some()).collect();
        compare(family, &visible, &seen, family.dropped()).map_err(|trouble| match trouble {
            Trouble::Failure(failure) => Trouble::Failure(Failure {
                kind: "we see something else than the peer",
                ..failure
            }),
            error => error,
        })?;
        match family {
            Family::ReactRouter => take_flash_keys(family, &mut session, &case.flashes, &visible)?,
            // Its flash is a key like any other.
            Family::Rails => {}
            _ => take_flashes(family, &mut session, &case.flashes)?,
        }
        session.discard();
        Ok(Outcome::Same)
    }

    fn there_and_back(&mut self, case: &Case) -> Result<Outcome, Trouble> {
        let family = self.family;
        let Some((mut jar, before)) = self.begun(case)? else {
            return Ok(Outcome::RefusedThere);
        };
        let header = jar.header();
        let mut session = open(&self.ahead, &header)?;
        let texts = match self.view(&session) {
            Ok(texts) => texts,
            Err(_) if is_unreadable(&before) => return Ok(Outcome::RefusedHere),
            Err(status) => return failed("we refuse what the peer wrote", status),
        };

        let change = case.change.as_ref().context("nothing to change")?;
        let mut changes = Changes {
            bytes: texts.iter().map(|(_, json)| json.len()).sum(),
            ..Changes::default()
        };
        let mut changed = &Text::from("_flashes");
        match change {
            Change::Set(key, value) => {
                changed = key;
                let mut rng = Rng::new(case.spelling, "", 0);
                changes.bytes += insert(&mut session, key, value, &mut rng)?;
                changes.set.push((key.clone(), value.clone()));
            }
            Change::Remove(key) => {
                changed = key;
                // The only key of a session that Flask escaped is inside the escape.
                let is_escaped = self.family == Family::Flask && session.len() == 1;
                let key = key.to_str().unwrap_or_default();
                let shown = if is_escaped && !session.contains_key(&key) {
                    " di"
                } else {
                    &key
                };
                session.remove(shown);
            }
            Change::Flash(category, message) => {
                let texts = [category, message].map(|text| text.to_str().unwrap_or_default());
                session.flash(&texts[0], &texts[1]);
                changes.bytes += texts[0].len() + texts[1].len();
                let message = Value::Text(message.clone());
                changes.flash.push((category.clone(), message));
            }
        }
        let Some(cookies) = self.written(session, &changes, &header)? else {
            return Ok(Outcome::RefusedHere);
        };
        jar.keep(&cookies)?;
        let header = jar.header();
        let after = match self.opened(&header, !changes.flash.is_empty()) {
            Err(Trouble::Failure(_)) if family.is_own_name(changed) => {
                return Ok(Outcome::RefusedThere);
            }
            after => after?,
        };

        // koa-session's own end moves with each write.
        let moves = family == Family::Koa && !cookies.is_empty();
        let moved: &[&str] = if moves { &["_expire"] } else { &[] };
        // Rails has no id without a session.
        let begins = before.session.is_empty();
        let except = [moved, if begins { family.added() } else { &[] }].concat();
        if moves && !changed.is("_expire") && !changed.is("_maxAge") {
            moved_end(&before, &after)?;
        }
        let others = |seen: &[(Text, Value)]| -> Pairs {
            let others = seen.iter().filter(|(key, _)| key != changed);
            others.cloned().collect()
        };
        compare(
            family,
            &others(&before.session),
            &others(&after.session),
            &except,
        )?;
        let now = after.session.iter().find(|(key, _)| key == changed);
        if now.is_none() && family.is_own_name(changed) {
            return Ok(Outcome::RefusedThere);
        }
        has_changed(family, change, now.map(|(_, value)| value), &after.flashes)?;
        if header.is_empty() {
            return Ok(Outcome::Same);
        }

        let now = self.view(&open(&self.ahead, &header)?);
        let now = now.or_else(|status| failed("we refuse what we wrote", status))?;
        for (key, json) in texts {
            let may_differ = key == *changed || is_one_of(&key, moved);
            if !may_differ && !now.contains(&(key.clone(), json)) {
                return failed("a key that we did not change has other bytes", key);
            }
        }
        if (family.is_python() || family == Family::Rails) && !cookies.is_empty() {
            same_lifetime(&cookies, &after.cookies)?;
        }
        Ok(Outcome::Same)
    }

    /// The JSON of each key; the status if there is no session.
    fn view(&self, session: &Session) -> Result<Vec<(Text, String)>, String> {
        match session.status() {
            Status::Valid | Status::New => {}
            other => return Err(format!("{other:?}")),
        }
        let pairs = session.keys().map(|key| {
            let json = session.get::<Box<RawValue>>(key);
            let json = json.ok_or_else(|| format!("no value of {key:?}"))?;
            Ok((Text::from(key), json.get().to_owned()))
        });
        let pairs = pairs.collect::<Result<Vec<_>, String>>()?;
        match self.family {
            Family::Flask => Ok(unescaped(&pairs).unwrap_or(pairs)),
            _ => Ok(pairs),
        }
    }

    /// A session that the peer wrote: its cookies, and the session as the peer itself reads it.
    /// None if the peer cannot write it or read it.
    fn begun(&mut self, case: &Case) -> Result<Option<(Jar, Seen)>, Trouble> {
        let wrote = self.oracle.ask(&Visit {
            set: &case.session,
            flash: &case.flashes,
            expiry: case.expiry,
            ..Visit::default()
        })?;
        let wrote = match wrote {
            Answer::Seen(wrote) => wrote,
            Answer::CannotOpen(error) => return Err(anyhow!("without cookies: {error}").into()),
            Answer::CannotWrite(_) => return Ok(None),
        };
        let mut jar = Jar::default();
        jar.keep(&wrote.cookies)?;
        if jar.longest() > SessionConfig::MAX_COOKIE_LEN {
            return Ok(None);
        }
        let cookies = if case.quoted {
            jar.quoted()
        } else {
            jar.header()
        };
        let read = self.oracle.ask(&Visit {
            cookies: &cookies,
            ..Visit::default()
        })?;
        let is_empty = case.session.is_empty() && case.flashes.is_empty();
        match read {
            Answer::Seen(seen) if seen.session.is_empty() && !is_empty => Ok(None),
            Answer::Seen(seen) => {
                let bytes = wrote.bytes;
                Ok(Some((jar, Seen { bytes, ..seen })))
            }
            Answer::CannotOpen(_) | Answer::CannotWrite(_) => Ok(None),
        }
    }

    /// The session as the peer opens it. Fails if the peer cannot open it and write again.
    fn opened(&mut self, cookies: &str, take: bool) -> Result<Seen, Trouble> {
        // Rails reads its flash when a page shows it.
        let take = take || self.family == Family::Rails;
        let answer = self.oracle.ask(&Visit {
            cookies,
            take,
            touch: true,
            ..Visit::default()
        })?;
        match answer {
            Answer::Seen(seen) if seen.cookies.is_empty() => {
                failed("the peer cannot write again", "no Set-Cookie")
            }
            Answer::Seen(seen) => Ok(seen),
            Answer::CannotOpen(error) => failed("the peer answers 500", error),
            // There is no room for a key of its own.
            Answer::CannotWrite(_) if cookies.len() > LARGE => {
                let visit = Visit {
                    cookies,
                    take,
                    ..Visit::default()
                };
                match self.oracle.ask(&visit)? {
                    Answer::Seen(seen) => Ok(seen),
                    Answer::CannotOpen(error) | Answer::CannotWrite(error) => {
                        failed("the peer cannot read what is nearly full", error)
                    }
                }
            }
            Answer::CannotWrite(error) => failed("the peer cannot write again", error),
        }
    }

    /// Our `Set-Cookie`. None if we refuse the changes, and have to.
    fn written(
        &mut self,
        session: Session,
        changes: &Changes,
        before: &str,
    ) -> Result<Option<Vec<String>>, Trouble> {
        let length = session.encoded_len();
        let response = (session, "").into_response();
        let cookies = response.headers().get_all(SET_COOKIE).iter();
        let cookies = cookies
            .map(|cookie| Ok(cookie.to_str().context("not ASCII")?.to_owned()))
            .collect::<Result<Vec<_>>>()?;
        match (length, response.status()) {
            (Ok(_), StatusCode::OK) => Ok(Some(cookies)),
            // Random bytes take more or less percent-encoding.
            (Err(error), StatusCode::OK)
                if self.family == Family::Rails && error.is_too_large() =>
            {
                Ok(Some(cookies))
            }
            (Err(error), StatusCode::OK) => failed("encoded_len refuses what is written", error),
            _ if !cookies.is_empty() => failed("a cookie comes with a 500", cookies.join(", ")),
            (Ok(length), _) => match self.is_large(changes, before)? {
                true => Ok(None),
                false => failed("we refuse what fits", format!("{length} bytes")),
            },
            (Err(error), _) if error.is_too_large() => {
                match changes.bytes > LONG || self.is_large(changes, before)? {
                    true => Ok(None),
                    false => failed("we refuse what is not too long", error),
                }
            }
            (Err(error), _) => {
                let message = error.to_string();
                let is_named = |key: &Text| {
                    let key = key.to_str().unwrap_or_default();
                    message.contains(&format!("{key:?}"))
                };
                let mut set = changes.set.iter();
                let may_refuse = |(key, value): &(Text, Value)| {
                    self.family.may_refuse(key, value) && is_named(key)
                };
                match error.is_serialize() && set.any(may_refuse) {
                    true => Ok(None),
                    false => failed("we refuse what the peer can hold", message),
                }
            }
        }
    }

    /// Whether the peer's cookie is too large as well with these changes.
    fn is_large(&mut self, changes: &Changes, before: &str) -> Result<bool> {
        let set = changes.set.iter().cloned().map(|(mut key, value)| {
            // The packages for JavaScript do not write a key that begins with `_`, and Rails keeps
            // keys of its own.
            if !self.family.is_python() {
                key.0.insert(0, b'k'.into());
            }
            match self.family.hides(&value) {
                true => (key, Value::Bool(true)),
                false => (key, self.family.read(value)),
            }
        });
        let set: Pairs = set.collect();
        let answer = self.oracle.ask(&Visit {
            cookies: before,
            set: &set,
            flash: &changes.flash,
            touch: true,
            ..Visit::default()
        })?;
        let Answer::Seen(seen) = answer else {
            return Ok(true);
        };
        let mut jar = Jar::default();
        jar.keep(&seen.cookies)?;
        Ok(jar.longest() > LARGE || seen.bytes > LONG)
    }
}

fn open(config: &SessionConfig, cookies: &str) -> Result<Session> {
    let mut headers = HeaderMap::new();
    if !cookies.is_empty() {
        headers.insert(COOKIE, cookies.parse().context("not a header")?);
    }
    Ok(Session::from_headers(&headers, config))
}

/// Returns the bytes of JSON.
fn insert(session: &mut Session, key: &Text, value: &Value, rng: &mut Rng) -> Result<usize> {
    let json = RawValue::from_string(value.spelt(rng)).context("not JSON")?;
    let key = key.to_str().context("not Unicode")?;
    let bytes = key.len() + json.get().len();
    session.insert(key, json);
    Ok(bytes)
}

/// The session that Flask escaped because its only key looks like a tag. We show the escape as it
/// is.
fn unescaped(session: &[(Text, String)]) -> Option<Vec<(Text, String)>> {
    let [(key, json)] = session else {
        return None;
    };
    let inner: BTreeMap<String, Box<RawValue>> = serde_json::from_str(json).ok()?;
    let (inner, json) = inner.first_key_value().filter(|_| inner.len() == 1)?;
    let inner = inner.strip_suffix("__").filter(|_| key.is(" di"))?;
    Some(vec![(Text::from(inner), json.get().to_owned())])
}

/// Whether it has a number that JSON lacks, or more JSON than we read.
fn is_unreadable(seen: &Seen) -> bool {
    let is_not_json = |value: &Value| match value {
        Value::Number(number) => !number.parse().is_ok_and(f64::is_finite),
        Value::Decimal(_) => true,
        _ => false,
    };
    let mut session = seen.session.iter();
    seen.bytes > 64 * 1024 || session.any(|(_, value)| value.any(&is_not_json))
}

/// Fails unless both are the same to the peer, except for the keys of `except`.
fn compare(
    family: Family,
    wanted: &[(Text, Value)],
    seen: &[(Text, Value)],
    except: &[&str],
) -> Result<(), Trouble> {
    let counts = |pair: &&(Text, Value)| !is_one_of(&pair.0, except) && !family.hides(&pair.1);
    for (key, value) in wanted.iter().filter(counts) {
        let held = seen.iter().find(|(known, _)| known == key);
        let held = held.map(|(_, held)| held);
        if !held.is_some_and(|held| family.is_same(held, value)) {
            let detail = format!("{key} is {}, not {value}", shown(held));
            return failed("the peer sees something else", detail);
        }
    }
    let is_wanted = |key: &Text| wanted.iter().any(|(known, _)| known == key);
    let mut seen = seen.iter().filter(counts);
    match seen.find(|(key, _)| !is_wanted(key)) {
        Some((key, value)) => failed("the peer sees one more key", format!("{key}: {value}")),
        None => Ok(()),
    }
}

/// Fails unless we take the messages that the peer flashed. We may drop one that is not Unicode.
fn take_flashes(
    family: Family,
    session: &mut Session,
    flashes: &[(Text, Value)],
) -> Result<(), Trouble> {
    let taken = session.take_flashes();
    let mut taken = taken.iter().peekable();
    for (category, message) in flashes {
        let is_unicode = category.to_str().is_some() && !message.any(&model::is_not_unicode);
        let is_this = |taken: &&axum_cookie_session::Flash| {
            category.is(&taken.category) && family.is_message(message, &taken.message)
        };
        if taken
            .next_if(|taken| is_this(taken) || !is_unicode)
            .is_none()
            && is_unicode
        {
            let detail = taken.peek().map(|taken| format!("{taken:?}"));
            let detail = format!("{category}: {message} is {}", shown(detail));
            return failed("a flash message is lost or another one", detail);
        }
    }
    Ok(())
}

/// Fails unless `take` takes what the peer flashed under a name, which is in a key of its own:
/// `session` is what the peer sees.
fn take_flash_keys(
    family: Family,
    session: &mut Session,
    flashes: &[(Text, Value)],
    seen: &[(Text, Value)],
) -> Result<(), Trouble> {
    let find = |name: &str| seen.iter().find(|(key, _)| key.is(name));
    let mut names: Vec<String> = flashes
        .iter()
        .filter_map(|(name, _)| name.to_str())
        .collect();
    names.sort();
    names.dedup();
    for name in names {
        let plain = find(&name);
        let Some((_, wanted)) = plain.or(find(&format!("__flash_{name}__"))) else {
            continue;
        };
        let taken = session.take::<Box<RawValue>>(&name);
        let taken = taken.map(|json| parse(json.get())).transpose()?;
        if !taken
            .as_ref()
            .is_some_and(|taken| family.is_same(taken, wanted))
        {
            let detail = format!("{name:?} is {}, not {wanted}", shown(taken));
            return failed("what the peer flashed is lost or another", detail);
        }
        let is_there = session.get::<Box<RawValue>>(&name).is_some();
        if is_there != (plain.is_some() && find(&format!("__flash_{name}__")).is_some()) {
            return failed("what was taken is there, or what was not is gone", name);
        }
    }
    Ok(())
}

fn is_one_of(key: &Text, names: &[&str]) -> bool {
    names.iter().any(|name| key.is(name))
}

/// Fails unless the peer sees our change: `now` is the key's value, `flashes` what the peer took.
fn has_changed(
    family: Family,
    change: &Change,
    now: Option<&Value>,
    flashes: &[(Text, Value)],
) -> Result<(), Trouble> {
    match change {
        Change::Set(_, value) => {
            let value = family.read(value.clone());
            match now {
                Some(now) if family.is_same(now, &value) => Ok(()),
                None if family.hides(&value) => Ok(()),
                _ => failed(
                    "the key that we set is something else there",
                    format!("{}, not {value}", shown(now)),
                ),
            }
        }
        Change::Remove(_) => match now {
            Some(value) => failed("the key that we removed is there", value),
            None => Ok(()),
        },
        Change::Flash(category, message) => {
            let message = Value::Text(message.clone());
            match flashes.last() {
                Some((last, text)) if last == category && *text == message => Ok(()),
                last => {
                    let last = last.map(|(category, text)| format!("{category}: {text}"));
                    failed("our flash message is another one there", shown(last))
                }
            }
        }
    }
}

/// Fails unless our write moved koa-session's own end by as much as our clock is ahead.
fn moved_end(before: &Seen, after: &Seen) -> Result<(), Trouble> {
    let [before, after] = [before, after].map(|seen| {
        let expire = seen.session.iter().find(|(key, _)| key.is("_expire"));
        match expire {
            Some((_, Value::Number(number))) => number.parse::<f64>().ok(),
            _ => None,
        }
    });
    let (Some(before), Some(after)) = (before, after) else {
        return Ok(());
    };
    let (moved, wanted) = (after - before, AHEAD as f64 * 1000.0);
    // A very large number does not change by so little.
    match before > 1e15 || (wanted - 1000.0..wanted + 60_000.0).contains(&moved) {
        true => Ok(()),
        false => failed("our write does not move _expire", format!("{moved} ms")),
    }
}

/// Fails unless a browser keeps both first cookies equally long.
fn same_lifetime(ours: &[String], theirs: &[String]) -> Result<(), Trouble> {
    let first = |cookies: &[String]| -> Result<Option<i64>> {
        lifetime(cookies.first().context("no cookie")?)
    };
    let (ours, theirs) = (first(ours)?, first(theirs)?);
    let is_same = match (ours, theirs) {
        (Some(ours), Some(theirs)) => (ours - theirs).abs() <= 5,
        (ours, theirs) => ours == theirs,
    };
    match is_same {
        true => Ok(()),
        false => failed(
            "a browser keeps our cookie for another time than the peer's",
            format!("{} s here, {} s there", shown(ours), shown(theirs)),
        ),
    }
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or("absent".to_owned(), |value| value.to_string())
}
