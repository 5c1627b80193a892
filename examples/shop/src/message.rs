//! Messages that the next page shows, once.

use axum_cookie_session::Data;

/// What kind of message it is: a class of the stylesheet.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Good,
    Bad,
}

/// Leaves a message for the next page, instead of one that nobody has read.
///
/// A client that posts and never looks would pile them up until the session no longer fits. No
/// text is the visitor's, so [`ROOM`](crate::cart::ROOM) is enough for the longest.
pub(crate) fn say(session: &mut Data, kind: Kind, text: &str) {
    session.take_flashes();
    session.flash(kind.class(), text);
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}
