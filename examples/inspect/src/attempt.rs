//! One try to open a cookie: with one format, one hash and all keys.

use axum_cookie_session::{ConfigError, Key, Reason, Session, SessionConfig, Status};
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::candidates::Candidate;
use crate::failure::{Failure, Kind};
use crate::format::Settings;

/// What came of a try.
pub(crate) struct Attempt<'a> {
    pub(crate) settings: Settings,
    pub(crate) session: Session,
    /// Why it is no session.
    pub(crate) reason: Option<Reason>,
    /// The cookie that the signature of a key is on, and which key.
    pub(crate) signed: Option<(&'a Candidate<'a>, usize)>,
}

impl<'a> Attempt<'a> {
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
        let session = open(&settings.config(first, others)?, name, candidates)?;
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
        let mut signed = None;
        // The library does not say which key it was, or which of several cookies of one name.
        if is_signed(reason) {
            let alone = keys.iter().map(|key| settings.config(key, &[]));
            let alone = alone.collect::<Result<Vec<_>, ConfigError>>()?;
            for candidate in candidates {
                for (key, config) in alone.iter().enumerate() {
                    let other = open(config, name, std::slice::from_ref(candidate))?;
                    if signed.is_none() && is_same(&session, &other) {
                        signed = Some((candidate, key));
                    }
                }
            }
        }
        Ok(Self {
            settings,
            session,
            reason,
            signed,
        })
    }

    /// How far it got.
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

/// Whether the signature is right for certain.
fn is_signed(reason: Option<Reason>) -> bool {
    matches!(
        reason,
        None | Some(Reason::IssuedInFuture | Reason::Idle | Reason::Expired | Reason::Payload)
    )
}

fn is_same(one: &Session, other: &Session) -> bool {
    one.status() == other.status()
        && one.issued_at() == other.issued_at()
        && one.created_at() == other.created_at()
        && **one == **other
}

fn open(
    config: &SessionConfig,
    name: &str,
    candidates: &[Candidate<'_>],
) -> Result<Session, Failure> {
    let mut headers = HeaderMap::new();
    for candidate in candidates {
        append(&mut headers, name, &candidate.pair.value)?;
        for signature in &candidate.signatures {
            append(&mut headers, &format!("{name}.sig"), signature)?;
        }
    }
    Ok(Session::from_headers(&headers, config))
}

fn append(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Failure> {
    let pair = HeaderValue::try_from(format!("{name}={value}")).map_err(|_| {
        Failure::new(
            Kind::UnknownFormat,
            "the input is of no known format: it holds characters that no header can carry",
        )
    })?;
    headers.append(COOKIE, pair);
    Ok(())
}
