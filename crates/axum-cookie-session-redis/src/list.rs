//! The sorted set in which Redis remembers what was ended.
//!
//! One key holds all of it, so that nothing is lost of it alone: if the marker is there, so is the
//! rest. Scores are Unix seconds. Users, logins and "all" are members.

use axum_cookie_session::VerifiedSession;
use redis::Pipeline;
use serde::Serialize;
use serde_json::Value;

use crate::error::RevocationError;

/// Scored with infinity, which no pruning reaches.
const MARKER: &str = "marker";

/// All logins that began at its score or before are over.
const ALL: &str = "all";

pub(crate) struct List {
    key: String,
}

/// A member of the set.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Member(String);

/// The members that can end a session: its user and its login.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Subject {
    user: Option<Member>,
    login: Option<Member>,
}

/// What Redis knows about a subject, in Unix seconds.
#[derive(Clone, Copy)]
pub(crate) struct Ended {
    all: Option<u64>,
    user: Option<u64>,
    login: bool,
    /// If not, Redis may have forgotten something.
    pub(crate) is_complete: bool,
}

/// Scores of `MARKER`, `ALL`, the user and the login.
pub(crate) type Scores = (Vec<Option<f64>>,);

impl List {
    pub(crate) fn new(key: String) -> Self {
        Self { key }
    }

    pub(crate) fn initialize(&self) -> Pipeline {
        let mut commands = redis::pipe();
        self.add(&mut commands, "inf", MARKER);
        commands
    }

    /// Before this nothing has to be known, so this starts a list as well.
    pub(crate) fn end_all(&self, now: u64) -> Pipeline {
        let mut commands = redis::pipe();
        let add = commands.cmd("ZADD").arg(&self.key).arg("GT");
        add.arg(now).arg(ALL).arg("inf").arg(MARKER).ignore();
        commands
    }

    /// Also forgets what ended at `expired` or before. Not as a transaction: each command is complete
    /// by itself, and redis 1.2 panics if a server refuses `MULTI`.
    pub(crate) fn end(&self, member: &Member, now: u64, expired: u64) -> Pipeline {
        let mut commands = redis::pipe();
        self.add(&mut commands, now, &member.0);
        let prune = commands.cmd("ZREMRANGEBYSCORE").arg(&self.key);
        prune.arg("-inf").arg(expired).ignore();
        commands
    }

    /// One round trip.
    pub(crate) fn load(&self, subject: &Subject) -> Pipeline {
        let mut commands = redis::pipe();
        let scores = commands.cmd("ZMSCORE").arg(&self.key).arg(MARKER).arg(ALL);
        for member in [&subject.user, &subject.login] {
            // No member has an empty name.
            scores.arg(member.as_ref().map_or("", |member| &member.0));
        }
        commands
    }

    /// `GT`: an instance whose clock is behind takes nothing back.
    fn add(&self, commands: &mut Pipeline, score: impl redis::ToRedisArgs, member: &str) {
        let add = commands.cmd("ZADD").arg(&self.key).arg("GT");
        add.arg(score).arg(member).ignore();
    }
}

impl Member {
    pub(crate) fn user<V: Serialize>(value: V) -> Result<Self, RevocationError> {
        Self::new("user:", value)
    }

    pub(crate) fn login<V: Serialize>(value: V) -> Result<Self, RevocationError> {
        Self::new("login:", value)
    }

    fn new<V: Serialize>(prefix: &str, value: V) -> Result<Self, RevocationError> {
        let value = serde_json::to_value(value).ok();
        let member = value.and_then(|value| Self::of_json(prefix, value));
        member.ok_or_else(|| RevocationError::serialize(std::any::type_name::<V>()))
    }

    /// Values are the same if their JSON is, so `7` is not `"7"`.
    fn of_json(prefix: &str, value: Value) -> Option<Self> {
        let value = uuid_of_flask(&value).map_or(value, Value::String);
        (!value.is_null()).then(|| Self(format!("{prefix}{value}")))
    }
}

/// A UUID has a tag in Flask's sessions, and is a string in all others.
fn uuid_of_flask(value: &Value) -> Option<String> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let hex = object.get(" u")?.as_str()?;
    let hex = (hex.len() == 32 && hex.is_ascii()).then(|| hex.to_ascii_lowercase())?;
    let parts = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    Some(parts.join("-"))
}

impl Subject {
    /// `None` if the session does not belong to a user.
    pub(crate) fn of(
        session: &VerifiedSession<'_>,
        user_key: &str,
        login_key: &str,
    ) -> Option<Self> {
        let member = |prefix, key| Member::of_json(prefix, session.get(key)?);
        let (user, login) = (member("user:", user_key), member("login:", login_key));
        (user.is_some() || login.is_some()).then_some(Self { user, login })
    }
}

impl Ended {
    pub(crate) fn from_scores((scores,): Scores) -> Self {
        let score = |index: usize| scores.get(index).copied().flatten();
        Self {
            is_complete: score(0).is_some(),
            all: score(1).map(|date| date as u64),
            user: score(2).map(|date| date as u64),
            login: score(3).is_some(),
        }
    }

    /// Whether a session that began at this second is over.
    pub(crate) fn ends(&self, created_at: u64) -> bool {
        let ends = |date: Option<u64>| date.is_some_and(|date| created_at <= date);
        self.login || ends(self.user) || ends(self.all)
    }
}
