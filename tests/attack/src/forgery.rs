//! Forged tokens: every change of one byte, every cut, every splice.

use std::collections::HashSet;

use axum_cookie_session::SessionConfig;
use harness::Outcomes;

use crate::configs::{NAME, built, contents, cookie, headers, is_valid, key};
use crate::format::{FORMATS, Format};

/// Bytes of JSON of the smaller tokens. The third one nearly fills the cookie.
const SIZES: [usize; 2] = [26, 495];

/// Its characters are not in tokens.
const OTHER_NAME: &str = "other!";

pub(crate) fn try_all(outcomes: &mut Outcomes, short: bool) {
    for format in &FORMATS {
        let config = format.config();
        for size in sizes(format, short) {
            try_one(outcomes, format, &config, size, short);
        }
        try_splices(outcomes, format, &config, short);
    }
}

fn sizes(format: &Format, short: bool) -> impl Iterator<Item = usize> + Clone {
    SIZES.into_iter().chain((!short).then_some(format.full))
}

/// What was tried of one kind.
#[derive(Default)]
struct Tally {
    tries: usize,
    accepted: usize,
    lost: usize,
}

/// The orders of forged cookies and the good one.
struct Orders<'a> {
    config: &'a SessionConfig,
    good: &'a str,
}

impl Orders<'_> {
    /// A forged cookie is rejected alone, and makes no difference next to the good one.
    fn reject(&self, forged: &[u8], tally: &mut Tally) {
        let good = self.good.as_bytes();
        let alone = headers(forged);
        let Some(alone) = alone else {
            return;
        };
        tally.tries += 1;
        tally.accepted += usize::from(is_valid(self.config, &alone));
        for order in [
            [forged, good].join(&b"; "[..]),
            [good, forged].join(&b"; "[..]),
            [forged, good, forged].join(&b"; "[..]),
        ] {
            let kept = headers(&order).is_some_and(|headers| is_valid(self.config, &headers));
            tally.lost += usize::from(!kept);
        }
    }
}

fn try_one(
    outcomes: &mut Outcomes,
    format: &Format,
    config: &SessionConfig,
    size: usize,
    short: bool,
) {
    let good = cookie(config, size);
    let orders = Orders {
        config,
        good: &good,
    };
    // A signature of its own is a cookie, too: the change may be in either.
    let value = NAME.len() + 1..good.len();
    let mut changed = Tally::default();
    for at in value.clone() {
        let changes: Vec<u8> = match short {
            true => (0..8).map(|bit| 1 << bit).collect(),
            false => (1..=255).collect(),
        };
        for change in changes {
            let mut forged = good.clone().into_bytes();
            forged[at] ^= change;
            if is_other_syntax(&good, &forged, at) {
                continue;
            }
            orders.reject(&forged, &mut changed);
        }
    }
    note(outcomes, format, size, "one byte changed", changed);
    let mut cut = Tally::default();
    for at in value.clone() {
        // Of two cookies, a cut in the second leaves the first: try those of the value alone.
        let first = good.find("; ").unwrap_or(good.len());
        if at < first {
            orders.reject([&good[..at], &good[first..]].concat().as_bytes(), &mut cut);
            orders.reject(
                [&good[..value.start], &good[at + 1..]].concat().as_bytes(),
                &mut cut,
            );
        }
        let without = [&good[..at], &good[at + 1..]].concat();
        if at < first {
            orders.reject(without.as_bytes(), &mut cut);
        }
    }
    note(outcomes, format, size, "cut", cut);
}

/// Changes of what is a cookie and not of what it holds: `;` ends it, white space at its end is none
/// of it, and in the second of two cookies its name and the `=` after it. The digits of a
/// percent-encoding are letters of either case.
fn is_other_syntax(good: &str, forged: &[u8], at: usize) -> bool {
    let is_end = at + 1 == good.len() || good[at + 1..].starts_with(';');
    let first = good.find("; ").unwrap_or(good.len());
    let second = good.rfind('=').map_or(good.len(), |equals| equals + 1);
    let is_digit = good[at - 2..at].contains('%');
    forged[at] == b';'
        || is_end && matches!(forged[at], b' ' | b'\t')
        || (first..second).contains(&at) && first < good.len()
        || is_digit && forged[at].eq_ignore_ascii_case(&good.as_bytes()[at])
}

fn note(outcomes: &mut Outcomes, format: &Format, size: usize, kind: &str, tally: Tally) {
    let Tally {
        tries,
        accepted,
        lost,
    } = tally;
    outcomes.note_tries(
        &format!("{format}, {size} bytes of JSON: {kind}"),
        tries,
        accepted + lost,
        format!(
            "{accepted} accepted, {lost} of {} good ones lost",
            3 * tries
        ),
    );
}

/// A config whose tokens are put together with those of another one.
struct Other {
    config: SessionConfig,
    /// Whether its tokens are valid as they are.
    is_read: bool,
    /// Whether tokens are cut there that look alike.
    is_cut: bool,
}

impl Other {
    /// Of another key, of another name, and of every format with the same key.
    fn all(format: &Format) -> Vec<Self> {
        let forged = |config| Self {
            config,
            is_read: false,
            is_cut: true,
        };
        let mut all = vec![forged(built(format.builder(key(8))))];
        if format.names_cookie {
            let renamed = format.builder(key(7)).cookie_name(OTHER_NAME);
            all.push(forged(
                renamed.build().expect("a config that browsers accept"),
            ));
        }
        all.extend(FORMATS.iter().map(|other| Self {
            config: other.config(),
            is_read: format.reads(other),
            is_cut: format.looks_like(other),
        }));
        all
    }
}

/// Two good tokens, cut anywhere and put together: also of other names, keys and formats.
fn try_splices(outcomes: &mut Outcomes, format: &Format, config: &SessionConfig, short: bool) {
    let others = Other::all(format);
    for size in sizes(format, short) {
        let good = cookie(config, size);
        let orders = Orders {
            config,
            good: &good,
        };
        let ours = token(&good);
        let mut tally = Tally::default();
        let mut reject = |forged: HashSet<String>, valid: &str| {
            for forged in forged {
                // A second signature next to a whole good token is one of two cookies.
                let is_valid = |token: &str| {
                    let rest = forged.strip_prefix(token).filter(|_| !token.is_empty());
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
                };
                if !is_valid(&ours) && !is_valid(valid) {
                    orders.reject(format!("{NAME}={forged}").as_bytes(), &mut tally);
                }
            }
        };
        reject(reordered(&ours, format.separator), "");
        for other in &others {
            for their_size in
                sizes(format, short).filter(|their_size| !short || *their_size == size)
            {
                // A full cookie of one format is none of all others.
                let Ok(theirs) = other.config.encode(&contents(their_size + 3)) else {
                    continue;
                };
                let theirs = token(&theirs);
                let mut forged = mixed(&ours, &theirs, format.separator);
                if other.is_cut {
                    forged.extend(cut_and_joined(&ours, &theirs, short));
                }
                reject(forged, if other.is_read { &theirs } else { "" });
            }
        }
        note(outcomes, format, size, "spliced", tally);
    }
}

/// The value of a cookie, with its signature's cookie if there is one.
fn token(cookie: &str) -> String {
    let (_, token) = cookie.split_once('=').expect("name=value");
    token.replace(OTHER_NAME, NAME)
}

/// Every cut of one against the same distance from either end of the other; in short, every fourth.
fn cut_and_joined(ours: &str, theirs: &str, short: bool) -> HashSet<String> {
    let mut forged = HashSet::new();
    for at in (0..=ours.len()).step_by(if short { 4 } else { 1 }) {
        let from_start = &theirs[at.min(theirs.len())..];
        let from_end = &theirs[theirs.len().saturating_sub(ours.len() - at)..];
        forged.insert([&ours[..at], from_start].concat());
        forged.insert([&ours[..at], from_end].concat());
        let start = &theirs[..at.min(theirs.len())];
        forged.insert([start, &ours[at..]].concat());
    }
    forged
}

/// The parts of two tokens in every mixture, and the whole of the other one, under each version of our
/// own.
fn mixed(ours: &str, theirs: &str, separator: &str) -> HashSet<String> {
    let mut forged = HashSet::from([theirs.to_owned()]);
    let [ours, their_parts] =
        [ours, theirs].map(|token| token.split(separator).collect::<Vec<_>>());
    for mask in 0..1 << ours.len() {
        let part = |at: usize| match mask & 1 << at {
            0 => Some(ours[at]),
            _ => their_parts.get(at).copied(),
        };
        let parts: Vec<&str> = (0..ours.len()).filter_map(part).collect();
        forged.insert(parts.join(separator));
    }
    forged.extend(under_each_version(theirs));
    forged
}

/// The parts of a token in each order, those that leave one out and repeat another as well, and the
/// token under each version of our own.
fn reordered(ours: &str, separator: &str) -> HashSet<String> {
    let parts: Vec<&str> = ours.split(separator).collect();
    let count = parts.len();
    let in_order = |order: usize| {
        let part = |at: usize| parts[order / count.pow(at as u32) % count];
        (0..count).map(part).collect::<Vec<_>>().join(separator)
    };
    let orders = (0..count.pow(count as u32)).map(in_order);
    orders.chain(under_each_version(ours)).collect()
}

fn under_each_version(token: &str) -> impl Iterator<Item = String> {
    let rest = token.split_once('.').map(|(_, rest)| rest);
    (0..10).filter_map(move |version| Some(format!("{version}.{}", rest?)))
}
