//! For how long a browser is asked to keep a session, where the peer put that into the session.

use axum_cookie_session_fuzz::configs;
use axum_cookie_session_fuzz::json::{Member, Node};
use axum_cookie_session_fuzz::sign::Scheme;

use crate::peer::koa;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lifetime {
    Config,
    /// Until the browser closes.
    BrowserSession,
    Seconds(u64),
    /// The peers do not write this.
    InDoubt,
}

/// Seconds after which a token is refused.
pub fn idle_timeout(scheme: Scheme) -> u64 {
    match scheme {
        Scheme::Flask => 31 * configs::DAY,
        _ => 14 * configs::DAY,
    }
}

impl Lifetime {
    pub fn of(scheme: Scheme, members: &[Member<'_>], now: u64) -> Self {
        let value = |name: &str| members.iter().rfind(|member| member.is(name));
        match scheme {
            Scheme::Flask => value("_permanent").map_or(Self::BrowserSession, |permanent| {
                match is_true(permanent.value) {
                    Some(true) => Self::Config,
                    Some(false) => Self::BrowserSession,
                    None => Self::InDoubt,
                }
            }),
            Scheme::Django => value("_session_expiry").map_or(Self::Config, |expiry| {
                match Node::read(expiry.value).expect("JSON") {
                    Node::Null => Self::Config,
                    Node::Number(_) if expiry.value == "0" => Self::BrowserSession,
                    // Also a number that only rounds to zero.
                    Node::Number(_) if float(expiry.value) == 0.0 => Self::InDoubt,
                    // `as` saturates.
                    Node::Number(_) => Self::Seconds(float(expiry.value) as u64),
                    Node::Text(_) => match unix_time(expiry.value.trim_matches('"')) {
                        Some(end) => {
                            Self::Seconds(u64::try_from(end).unwrap_or(0).saturating_sub(now))
                        }
                        None => Self::InDoubt,
                    },
                    _ => Self::InDoubt,
                }
            }),
            Scheme::Express => koa(members).map_or(Self::BrowserSession, |koa| {
                Self::Seconds((koa.max_age / 1000.0) as u64)
            }),
            // The browser forgets it when it closes.
            Scheme::ReactRouter => Self::BrowserSession,
            _ => Self::Config,
        }
    }

    /// The Max-Age of what is written; none in doubt.
    pub fn max_age(self, scheme: Scheme) -> Option<Option<u64>> {
        Some(match self {
            Self::InDoubt => return None,
            Self::Config => Some(idle_timeout(scheme)),
            Self::BrowserSession => None,
            Self::Seconds(seconds) => Some(seconds.clamp(1, u32::MAX.into())),
        })
    }

    /// Whether a tenth has passed; none in doubt.
    pub fn is_refresh_due(
        self,
        scheme: Scheme,
        members: &[Member<'_>],
        issued: u64,
        now: u64,
    ) -> Option<bool> {
        let tenth_passed =
            |issued: u64, seconds: u64| now.saturating_sub(issued).saturating_mul(10) >= seconds;
        match (self, scheme) {
            (Self::InDoubt, Scheme::Django) => None,
            (Self::Seconds(seconds), Scheme::Express) => {
                let koa = koa(members).expect("its keys");
                let issued = (koa.expire - koa.max_age) / 1000.0;
                Some(tenth_passed(issued as u64, seconds))
            }
            // Their sessions have no time.
            (_, Scheme::Express | Scheme::ReactRouter) => Some(false),
            (Self::Seconds(seconds), _) => Some(tenth_passed(issued, seconds)),
            _ => Some(tenth_passed(issued, idle_timeout(scheme))),
        }
    }
}

fn float(text: &str) -> f64 {
    text.parse().expect("a number")
}

/// Whether Python takes a value for true, in the spellings that Python writes.
fn is_true(value: &str) -> Option<bool> {
    match Node::read(value).expect("JSON") {
        Node::Null => Some(false),
        Node::Bool(value) => Some(value),
        Node::Number(_) if ["0", "0.0"].contains(&value) => Some(false),
        Node::Number(_) => (float(value) != 0.0).then_some(true),
        Node::Text(text) => Some(!text.is_empty()),
        Node::Array(_) | Node::Object(_) => None,
    }
}

/// A date as Python's `isoformat` writes it; none where it is anything else.
fn unix_time(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        let digits = digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(digits)?;
        digits.parse::<i64>().ok()
    };
    let marks = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    for (at, mark) in marks {
        (text.get(at..at + 1)? == mark).then_some(())?;
    }
    let [year, month, day] = [number(0..4)?, number(5..7)?, number(8..10)?];
    let [hour, minute, second] = [number(11..13)?, number(14..16)?, number(17..19)?];
    let mut rest = text.get(19..)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.get(..6)?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(())?;
        rest = &fraction[6..];
    }
    let offset = match rest {
        "" => 0,
        _ => {
            let sign = match rest.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let at = text.len() - rest.len();
            (rest.len() == 6 && rest.get(3..4)? == ":").then_some(())?;
            let [hours, minutes] = [number(at + 1..at + 3)?, number(at + 4..at + 6)?];
            (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)?
        }
    };
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = |year: i64, month: i64| match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_date = year >= 1 && (1..=12).contains(&month) && (1..=days(year, month)).contains(&day);
    (is_date && hour < 24 && minute < 60 && second < 60).then_some(())?;
    let days_before =
        |year: i64| (year - 1) * 365 + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
    let day = days_before(year) - days_before(1970)
        + (1..month).map(|month| days(year, month)).sum::<i64>()
        + day
        - 1;
    Some(((day * 24 + hour) * 60 + minute) * 60 + second - offset)
}
