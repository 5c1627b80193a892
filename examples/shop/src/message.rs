//! Messages that the next page shows, once.

use axum_cookie_session::{Session, SessionConfig};

use crate::problem::Problem;

/// What kind of message it is: a class of the stylesheet.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Good,
    Bad,
}

/// Leaves a message for the next page, instead of an unread one: eight different ones
/// would not fit next to a full cart.
///
/// It is left out where it does not fit, which is so in a session of another release alone:
/// [`ROOM`](crate::cart::ROOM) is enough for the longest.
pub(crate) fn say(session: &mut Session, kind: Kind, text: &str) {
    session.take_flashes();
    session.flash(kind.class(), text);
    if !fits(session) {
        session.take_flashes();
    }
}

/// The session, where it may be written; what does not fit would be a 500.
pub(crate) fn checked(session: Session) -> Result<Session, Problem> {
    if fits(&session) {
        return Ok(session);
    }
    session.discard();
    Err(Problem::FULL)
}

fn fits(session: &Session) -> bool {
    session
        .encoded_len()
        .is_ok_and(|len| len <= SessionConfig::MAX_COOKIE_LEN)
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}
