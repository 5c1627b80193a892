//! Timestamps and timeouts.

use std::time::Duration;

use proptest::prelude::*;

use crate::config::timeouts::Timeouts;
use crate::status::Reason;
use crate::token::binding::Binding;
use crate::token::timestamps::{LEEWAY, Timestamps};

fn timestamps(created: u32, issued: u32, binding: Option<(u64, bool)>) -> Timestamps {
    Timestamps {
        created: created.into(),
        issued: issued.into(),
        binding: binding.map(|(id, bound)| Binding {
            id: id.to_be_bytes(),
            bound,
        }),
    }
}

fn encoded(timestamps: Timestamps) -> String {
    let mut text = String::new();
    timestamps.encode(&mut text);
    text
}

/// Timestamps that are written are read back as they were.
fn timestamps_round_trip(created: u32, issued: u32, binding: Option<(u64, bool)>) {
    let before = timestamps(created, issued, binding);
    assert_eq!(Timestamps::decode(&encoded(before)), Some(before));
}

#[test]
fn small_timestamps_are_read_as_they_were_written() {
    for created in 0..40 {
        for issued in 0..40 {
            for binding in [
                None,
                Some((0, false)),
                Some((1, true)),
                Some((u64::MAX, true)),
            ] {
                timestamps_round_trip(created, issued, binding);
            }
        }
    }
}

/// A text that is read as timestamps is the one that writes them: no two texts mean the same.
fn timestamps_have_one_text(text: &str) {
    if let Some(timestamps) = Timestamps::decode(text) {
        assert_eq!(encoded(timestamps), text);
    }
}

#[test]
fn every_last_character_of_timestamps_is_canonical_or_refused() {
    for binding in [None, Some((7, true))] {
        let text = encoded(timestamps(1_700_000_000, 1_700_000_001, binding));
        for last in 0..=127_u8 {
            timestamps_have_one_text(&format!("{}{}", &text[..text.len() - 1], char::from(last)));
        }
        for len in 0..text.len() {
            timestamps_have_one_text(&text[..len]);
        }
    }
}

/// A session is accepted exactly if it was not issued more than the leeway ahead, not issued before
/// it was created, and is not older than a timeout; the reasons come in this order.
fn timeouts_are_as_documented(created: u64, issued: u64, now: u64, idle: u64, absolute: u64) {
    let [c, i, n] = [created, issued, now].map(i128::from);
    let expected = if i > n + i128::from(LEEWAY) {
        Err(Reason::IssuedInFuture)
    } else if c > i {
        Err(Reason::Malformed)
    } else if n - i > idle.into() {
        Err(Reason::IdleTimeout)
    } else if n - c > absolute.into() {
        Err(Reason::AbsoluteTimeout)
    } else {
        Ok(())
    };
    let timeouts = Timeouts {
        idle: Duration::from_secs(idle),
        absolute: Duration::from_secs(absolute),
    };
    let timestamps = Timestamps {
        created,
        issued,
        binding: None,
    };
    let checked = timeouts.check(timestamps, Duration::from_secs(now), false);
    assert_eq!(
        checked, expected,
        "{created} {issued} {now} {idle} {absolute}"
    );
    // Half a second over a timeout counts only if the format counts it.
    let later = Duration::new(now, 500_000_000);
    assert_eq!(timeouts.check(timestamps, later, false), expected);
    if expected.is_ok() {
        let is_over = n - i == idle.into() || n - c == absolute.into();
        assert_eq!(timeouts.check(timestamps, later, true).is_err(), is_over);
        // The browser forgets the cookie no later than the server, but for a second.
        let max_age = u64::from(timeouts.max_age(timestamps, now));
        let left = i128::from(absolute) - (n - c).max(0);
        assert_eq!(
            i128::from(max_age),
            left.min(idle.into()).clamp(1, u32::MAX.into())
        );
    }
    let age = (n - i).max(0);
    assert_eq!(
        timeouts.refresh_is_due(timestamps, now),
        age * 10 >= i128::from(idle)
    );
}

#[test]
fn small_times_pass_the_timeouts_as_documented() {
    let times = [0, 1, 2, 9, 10, 59, 60, 61, 62, 70];
    for created in times {
        for issued in times {
            for now in times {
                for idle in [1, 2, 9, 10, 60] {
                    for absolute in [1, 9, 60, 61] {
                        timeouts_are_as_documented(created, issued, now, idle, absolute);
                    }
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn any_timestamps_are_read_as_they_were_written(created: u32, issued: u32, binding: Option<(u64, bool)>) {
        timestamps_round_trip(created, issued, binding);
    }

    #[test]
    fn any_text_means_timestamps_only_if_it_is_theirs(text in "[A-Za-z0-9_-]{10,24}") {
        timestamps_have_one_text(&text);
    }

    #[test]
    fn any_times_pass_the_timeouts_as_documented(
        created: u32, issued: u32, now: u32, idle in 1..u64::MAX / 2, absolute in 1..u64::MAX / 2,
        near in 0..200_u64,
    ) {
        timeouts_are_as_documented(created.into(), issued.into(), now.into(), idle, absolute);
        let [created, issued] = [u64::from(created), u64::from(created) + near];
        timeouts_are_as_documented(created, issued, issued + near, near.max(1), near * 2 + 1);
    }
}
