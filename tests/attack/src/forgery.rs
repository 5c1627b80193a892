//! Forged tokens: every change of one byte, every cut, every splice.

use std::collections::HashSet;

use axum_cookie_session::{Algorithm, SessionConfig};
use harness::Outcomes;

use crate::configs::{NAME, all, built, cookie, headers, is_valid, key, native};

/// Bytes of JSON of the three tokens.
const SIZES: [usize; 3] = [26, 495, 2807];

pub(crate) fn try_all(outcomes: &mut Outcomes, short: bool) {
    for (format, config) in all() {
        for size in SIZES {
            if short && size == SIZES[2] {
                continue;
            }
            try_one(outcomes, format, &config, size, short);
        }
    }
    try_splices(outcomes, short);
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
    format: &str,
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

/// Bytes that change what is a cookie and not what it holds: `;` ends it, white space at its end is
/// none of it, and in the second of two cookies its name and the `=` after it.
fn is_other_syntax(good: &str, forged: &[u8], at: usize) -> bool {
    let is_end = at + 1 == good.len() || good[at + 1..].starts_with(';');
    let first = good.find("; ").unwrap_or(good.len());
    let second = good.rfind('=').map_or(good.len(), |equals| equals + 1);
    forged[at] == b';'
        || is_end && matches!(forged[at], b' ' | b'\t')
        || (first..second).contains(&at) && first < good.len()
}

fn note(outcomes: &mut Outcomes, format: &str, size: usize, kind: &str, tally: Tally) {
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

/// Two good tokens, cut anywhere and put together: also of other names, keys and algorithms.
fn try_splices(outcomes: &mut Outcomes, short: bool) {
    let config = native();
    let sizes = if short { &SIZES[..2] } else { &SIZES };
    let others = [
        config.clone(),
        built(SessionConfig::builder(key(8))),
        built(SessionConfig::builder(key(7)).algorithm(Algorithm::HmacSha256)),
        built(SessionConfig::builder(key(7)).algorithm(Algorithm::Aes256HmacSha256)),
        SessionConfig::builder(key(7))
            .cookie_name("other")
            .build()
            .expect("a config that browsers accept"),
    ];
    let value = |cookie: String| cookie.split_once('=').map(|(_, value)| value.to_owned());
    for size in sizes {
        let good = cookie(&config, *size);
        let orders = Orders {
            config: &config,
            good: &good,
        };
        let ours = value(good.clone()).unwrap_or_default();
        let mut tally = Tally::default();
        for other in &others {
            let theirs = sizes
                .iter()
                .filter_map(|size| value(cookie(other, size + 3)));
            for theirs in theirs {
                let mut forged = HashSet::from([theirs.clone()]);
                // Every cut of one against the same distance from either end of the other, and the
                // parts in every mixture.
                for at in 0..=ours.len() {
                    let from_start = &theirs[at.min(theirs.len())..];
                    let from_end = &theirs[theirs.len().saturating_sub(ours.len() - at)..];
                    forged.insert([&ours[..at], from_start].concat());
                    forged.insert([&ours[..at], from_end].concat());
                    let start = &theirs[..at.min(theirs.len())];
                    forged.insert([start, &ours[at..]].concat());
                }
                forged.extend(mixtures(&ours, &theirs));
                // Tokens of this very config are no forgeries.
                let valid = [&ours, &theirs];
                let signed = std::ptr::eq(other, &others[0]);
                for token in forged {
                    if token == ours || signed && valid.contains(&&token) {
                        continue;
                    }
                    orders.reject(format!("{NAME}={token}").as_bytes(), &mut tally);
                }
            }
        }
        note(outcomes, "our own", *size, "spliced", tally);
    }
}

fn mixtures(ours: &str, theirs: &str) -> Vec<String> {
    let [ours, theirs]: [Vec<&str>; 2] = [ours, theirs].map(|token| token.split('.').collect());
    let mixed = |mask: usize| {
        let part = |at: usize| match mask & 1 << at {
            0 => ours[at],
            _ => theirs[at],
        };
        (0..4).map(part).collect::<Vec<_>>().join(".")
    };
    (1..15).map(mixed).collect()
}
