//! The page that shows the visitor what the cookie holds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use axum_cookie_session::{Session, SessionConfig, SessionError, Status};
use jiff::Timestamp;
use serde_json::value::RawValue;

use crate::cart::LIMIT;
use crate::config::{ABSOLUTE, DAY, IDLE};
use crate::look::Look;
use crate::shell::{Seen, Shell, html};

#[derive(Template)]
#[template(path = "session.html")]
struct Page {
    shell: Shell,
    status: &'static str,
    parts: Vec<Part>,
    total: usize,
    times: Times,
}

/// What takes up bytes of the cookie: a key, or all that is around the keys.
struct Part {
    key: Option<String>,
    json: String,
    bytes: usize,
    /// Bytes before it in the bar.
    from: usize,
}

struct Times {
    began: Moment,
    issued: Moment,
    ends_unused: Moment,
    ends: Moment,
}

struct Moment {
    /// For programs, and for people.
    machine: String,
    text: String,
    /// How far ahead it is.
    ahead: String,
}

pub(crate) async fn show(
    seen: Seen,
    State(config): State<SessionConfig>,
    mut session: Session,
) -> (Session, Html<String>) {
    // First, for to take the messages makes the session smaller.
    let shell = Shell::at("session", seen, &mut session);
    let parts = parts(&session).unwrap_or_default();
    let page = Page {
        status: status(session.status()),
        total: parts.iter().map(|part| part.bytes).sum(),
        times: Times::new(&session, config.now(), !shell.messages.is_empty()),
        parts,
        shell,
    };
    (session, html(&page))
}

/// Measures each key by taking it out, so the sum is that of the whole cookie.
fn parts(session: &Session) -> Result<Vec<Part>, SessionError> {
    let mut rest = session.clone();
    let mut left = rest.encoded_len()?;
    let mut parts = Vec::new();
    for key in session.keys() {
        let before = left;
        rest.remove(key);
        left = rest.encoded_len()?;
        let json = session.get::<Box<RawValue>>(key);
        parts.push(Part {
            json: json.map_or_else(String::new, |json| json.get().to_owned()),
            key: Some(key.to_owned()),
            bytes: before.saturating_sub(left),
            from: 0,
        });
    }
    rest.discard();
    let around = Part {
        key: None,
        json: String::new(),
        bytes: left,
        from: 0,
    };
    parts.insert(0, around);
    let mut from = 0;
    for part in &mut parts {
        part.from = from;
        from += part.bytes;
    }
    Ok(parts)
}

/// Never the reason of a rejection, which would help an attacker who is probing.
fn status(status: Status) -> &'static str {
    match status {
        Status::New => "No cookie came with your request, so this is a new session.",
        Status::Valid => "A cookie came with your request, and its signature holds.",
        Status::Rejected(_) => "The cookie that came was no session, so this is a new one.",
        _ => "A session came with your request.",
    }
}

impl Times {
    /// Of the cookie that the browser has when it shows the page.
    fn new(session: &Session, now: SystemTime, is_changed: bool) -> Self {
        let now = seconds(now);
        let (began, came) = (seconds(session.created_at()), seconds(session.issued_at()));
        // The library issues a session again when it has changed, and when a tenth of the idle
        // timeout has passed.
        let is_due = now.saturating_sub(came) >= IDLE / 10;
        let issued = if is_changed || is_due { now } else { came };
        let ends = began + ABSOLUTE;
        let moment = |time| Moment::new(time, now);
        Self {
            began: moment(began),
            issued: moment(issued),
            ends_unused: moment(ends.min(issued + IDLE)),
            ends: moment(ends),
        }
    }
}

impl Moment {
    fn new(time: Duration, now: Duration) -> Self {
        // Rounded, for a session of a minute ago has 90 days ahead.
        let days = (time.saturating_sub(now) + DAY / 2).as_secs() / DAY.as_secs();
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let timestamp = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
        Self {
            machine: timestamp.to_string(),
            // A line does not begin with "UTC".
            text: timestamp.strftime("%-d %B %Y, %H:%M\u{a0}UTC").to_string(),
            ahead: match days {
                0 => "in less than a day".to_owned(),
                1 => "in a day".to_owned(),
                days => format!("in {days} days"),
            },
        }
    }
}

/// Whole seconds since the epoch, as the cookie has them.
fn seconds(time: SystemTime) -> Duration {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_secs(since.as_secs())
}
