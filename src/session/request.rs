//! The session that came with a request, or the reason why none did.

use std::sync::Arc;

use crate::config::SessionConfig;
use crate::data::object::Object;
use crate::status::Reason;
use crate::token::timestamps::Timestamps;

/// The session that came with a request, or why none did.
#[derive(Clone)]
pub(crate) struct RequestSession {
    pub(crate) state: RequestState,
    /// The JSON of the session. It is parsed, and may turn out invalid, when something asks about
    /// it.
    pub(crate) object: Option<Arc<Object>>,
    /// The fallback configs of which the request carried a cookie.
    pub(crate) fallback_cookies: Vec<SessionConfig>,
}

#[derive(Clone, Copy)]
pub(crate) enum RequestState {
    NoCookie,
    /// Another site sent the request, so its lack of a cookie says nothing: a Lax or Strict cookie
    /// stayed in the browser.
    CrossSite,
    Rejected(Reason),
    Verified(Verified),
}

#[derive(Clone, Copy)]
pub(crate) struct Verified {
    pub(crate) timestamps: Timestamps,
    /// Whether the key verified it that signs for this config.
    pub(crate) by_signing_key: bool,
    pub(crate) by_fallback_config: bool,
    /// Whether the device proved itself that the session is bound to, or is to be bound to.
    #[cfg_attr(
        not(feature = "device-bound"),
        expect(dead_code, reason = "no session is bound")
    )]
    pub(crate) proven: bool,
    /// Whether it is shown although the revocation did not answer.
    pub(crate) revocation_unknown: bool,
}

impl RequestSession {
    /// The same session if its revocation did not answer: shown as it is, or not at all.
    pub(crate) fn with_unknown_revocation(mut self, show: bool) -> Self {
        if self.valid_object().is_none() {
            return self;
        }
        match &mut self.state {
            RequestState::Verified(verified) if show => verified.revocation_unknown = true,
            state => {
                *state = RequestState::Rejected(Reason::RevocationUnknown);
                self.object = None;
            }
        }
        self
    }

    /// Whether the session may have been revoked, so that nothing must be written.
    pub(crate) fn is_revocation_unknown(&self) -> bool {
        match self.state {
            RequestState::Verified(verified) => verified.revocation_unknown,
            RequestState::Rejected(reason) => reason == Reason::RevocationUnknown,
            RequestState::NoCookie | RequestState::CrossSite => false,
        }
    }

    /// Whether a session came that is good if its device proves itself.
    pub(crate) fn is_unproven(&self) -> bool {
        matches!(self.state, RequestState::Rejected(Reason::Unproven))
    }

    /// The newer session is the greater one: by when it was issued, then created.
    pub(super) fn age_order(&self) -> Option<(u64, u64)> {
        match self.state {
            RequestState::Verified(Verified { timestamps, .. }) => {
                Some((timestamps.issued, timestamps.created))
            }
            _ => None,
        }
    }

    /// Whether both came from equal cookies.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let json = |session: &Self| {
            session
                .object
                .as_ref()
                .map(|object| object.text().to_owned())
        };
        self.age_order() == other.age_order() && json(self) == json(other)
    }

    /// Whether a payload verified that is not a session, perhaps because another program wrote it.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self.state, RequestState::Verified(_)) && self.valid_object().is_none()
    }

    /// The JSON that came in, if it is a session.
    pub(crate) fn valid_object(&self) -> Option<&Arc<Object>> {
        self.object.as_ref().filter(|object| object.is_valid())
    }

    /// The length of the JSON that came in.
    pub(crate) fn len(&self) -> usize {
        self.object.as_ref().map_or(0, |object| object.text().len())
    }
}
