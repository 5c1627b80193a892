//! Verifies the cookies with one format, one hash and all keys.

use std::slice;

use axum_cookie_session::{ConfigError, Key, Reason, Session, SessionConfig, Status};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::candidates::Candidate;
use crate::failure::{Failure, Kind};
use crate::format::Settings;

/// The library's answer.
pub(crate) struct Verification<'a> {
    pub(crate) settings: Settings,
    pub(crate) session: Session,
    /// Why the library rejected the cookie.
    pub(crate) reason: Option<Reason>,
    /// The cookie that carries a good signature, and the index of the key that made it.
    pub(crate) signed: Option<(&'a Candidate<'a>, usize)>,
}

impl<'a> Verification<'a> {
    /// The first of `keys` is the application's, the others are its fallbacks.
    pub(crate) fn new(
        settings: Settings,
        keys: &[Key],
        candidates: &'a [Candidate<'a>],
    ) -> Result<Self, Failure> {
        let [first, others @ ..] = keys else {
            return Err(Failure::new(Kind::Key, "there is no key"));
        };
        let name = settings.name.as_str();
        let named = candidates
            .iter()
            .any(|candidate| candidate.pair.name.is_some());
        let config = settings
            .config(first, others)
            .map_err(|error| match error {
                // Not what the user chose, but what came.
                ConfigError::InvalidName { .. } if named => Failure::new(
                    Kind::UnknownFormat,
                    format!("the input is of no known format: {error}"),
                ),
                error => error.into(),
            })?;
        let session = load(&config, name, candidates)?;
        let reason = match session.status() {
            Status::Rejected(reason) => Some(reason),
            Status::New => {
                return Err(Failure::new(
                    Kind::WhichCookie,
                    format!("the library finds no cookie {name:?} in the input"),
                ));
            }
            _ => None,
        };
        let signed = match is_signed(reason) {
            true => signed(&session, &settings, keys, candidates)?,
            false => None,
        };
        Ok(Self {
            settings,
            session,
            reason,
            signed,
        })
    }

    /// The more checks the cookie passed, the higher.
    pub(crate) fn rank(&self) -> u8 {
        match self.reason {
            None => 3,
            reason if is_signed(reason) => 2,
            Some(Reason::BadSignature) => 1,
            _ => 0,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::new(Kind::Usage, error.to_string())
    }
}

/// Whether the signature is known to be right.
fn is_signed(reason: Option<Reason>) -> bool {
    matches!(
        reason,
        None | Some(
            Reason::IssuedInFuture
                | Reason::IdleTimeout
                | Reason::AbsoluteTimeout
                | Reason::InvalidPayload
        )
    )
}

/// Which of several cookies of one name the session is, and which key signed it: the library tells
/// neither, so each is tried alone.
fn signed<'a>(
    session: &Session,
    settings: &Settings,
    keys: &[Key],
    candidates: &'a [Candidate<'a>],
) -> Result<Option<(&'a Candidate<'a>, usize)>, Failure> {
    let configs = keys.iter().map(|key| settings.config(key, &[]));
    let configs = configs.collect::<Result<Vec<_>, ConfigError>>()?;
    for candidate in candidates {
        for (key, config) in configs.iter().enumerate() {
            let alone = load(config, &settings.name, slice::from_ref(candidate))?;
            if is_same(session, &alone) {
                return Ok(Some((candidate, key)));
            }
        }
    }
    Ok(None)
}

fn is_same(one: &Session, other: &Session) -> bool {
    one.status() == other.status()
        && one.issued_at() == other.issued_at()
        && one.created_at() == other.created_at()
        && **one == **other
}

fn load(
    config: &SessionConfig,
    name: &str,
    candidates: &[Candidate<'_>],
) -> Result<Session, Failure> {
    // All of them have one name, so the signatures of the first are those of all.
    let signatures = candidates.first().map(|candidate| &*candidate.signatures);
    let values = candidates.iter().map(|candidate| &candidate.pair.value);
    let pairs = values.map(|value| format!("{name}={value}")).chain(
        signatures
            .into_iter()
            .flatten()
            .map(|signature| format!("{name}.sig={signature}")),
    );
    let header = pairs.collect::<Vec<_>>().join("; ");
    let header = HeaderValue::try_from(header).map_err(|_| {
        Failure::new(
            Kind::UnknownFormat,
            "the input is of no known format: it holds characters that no header can carry",
        )
    })?;
    let headers = HeaderMap::from_iter([(COOKIE, header)]);
    Ok(Session::from_headers(&headers, config))
}
