//! The outcome for the cookies of a request.

/// How a session came about, from [`Session::status`](crate::Session::status).
///
/// ```
/// use axum::http::HeaderMap;
/// use axum_cookie_session::{Key, Session, SessionConfig, Status};
///
/// let config = SessionConfig::new(Key::generate());
/// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
/// assert_eq!(session.status(), Status::New);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The request carried no cookie of the name.
    New,
    /// Another site sent the request, and the browser kept a cookie of ours, if it has one, to
    /// itself. Nothing is written unless
    /// [`allow_cross_site`](crate::Session::allow_cross_site) is called.
    CrossSite,
    /// A cookie was verified.
    Valid,
    /// A cookie of a config given to
    /// [`fallback_config`](crate::SessionConfigBuilder::fallback_config) was verified.
    ///
    /// It lacks the protection of our cookie's name: set a date on which the fallback config goes.
    Fallback,
    /// A cookie was verified, and the [`Revocation`](crate::Revocation) does not say whether it was
    /// revoked. It is shown because the config says
    /// [`fail_open`](crate::SessionConfigBuilder::fail_open), and cannot be changed.
    RevocationUnknown,
    /// The request carried cookies of the name and none was a session: this one is new. Only
    /// with [`Reason::TypeMismatch`] the session is valid, but cannot be read as `T`.
    Rejected(Reason),
}

/// Why a cookie was rejected. With several candidates, the reason for the one that passed the most checks.
///
/// For logs and statistics. Do not show it to a visitor who may be probing.
///
/// ```
/// use axum::http::{HeaderMap, header::COOKIE};
/// use axum_cookie_session::{Key, Reason, Session, SessionConfig, Status};
///
/// let config = SessionConfig::new(Key::generate());
/// let mut headers = HeaderMap::new();
/// headers.insert(COOKIE, "__Host-session=junk".parse()?);
/// let session: Session = Session::from_headers(&headers, &config);
/// assert_eq!(session.status(), Status::Rejected(Reason::Malformed));
/// # Ok::<(), axum::http::header::InvalidHeaderValue>(())
/// ```
// In the order in which a candidate gets further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// Name and value are longer than 4096 bytes together.
    TooLong,
    /// It does not have the shape of a token.
    Malformed,
    /// It has the shape of a token of a version that the config does not read.
    UnknownVersion,
    /// No key verifies it: it was forged, changed, or signed with another key or for another name.
    BadSignature,
    /// It was issued more than 60 seconds ahead of this machine's clock.
    IssuedInFuture,
    /// The idle timeout has passed since it was issued.
    IdleTimeout,
    /// The absolute timeout has passed since the session began.
    AbsoluteTimeout,
    /// It is bound to a device that did not prove itself, or was not bound to one in time; with the
    /// feature `device-bound` alone.
    ///
    /// A change of this new session is left out, unless [`destroy()`](crate::Session::destroy) came
    /// first: the cookie is good again when the device proves itself.
    Unproven,
    /// It was signed with our key, but its payload is not a JSON object.
    InvalidPayload,
    /// It is a session, and the [`Revocation`](crate::Revocation) says that it is over.
    Revoked,
    /// It is a session, and the [`Revocation`](crate::Revocation) does not say whether it is over;
    /// or it was not asked, by [`Session::from_headers`](crate::Session::from_headers).
    ///
    /// The cookie stays as it is, and to change this new session is a
    /// [`SessionError`](crate::SessionError), for it would replace what may be good.
    RevocationUnknown,
    /// The session cannot be read as `T`, which therefore is its default.
    ///
    /// The keys are still there, for other types and for the next request.
    TypeMismatch,
}

impl Reason {
    /// A likely cause, for the log.
    #[cfg(feature = "tracing")]
    pub(crate) const fn explanation(self) -> &'static str {
        match self {
            Self::TooLong => "name and value are longer than 4096 bytes",
            Self::Malformed => {
                "it is no token, of another format perhaps, or of another application that uses this name"
            }
            Self::UnknownVersion => {
                "a config with another `algorithm` wrote it: add that one as a `fallback_config`"
            }
            Self::BadSignature => {
                "no key verifies it: it was changed, or another key signed it, that of another instance perhaps, or of `Key::generate()` before a restart"
            }
            Self::IssuedInFuture => {
                "it was issued over 60 seconds ahead of this machine's clock: set the clocks of all instances"
            }
            Self::IdleTimeout => "the idle timeout has passed since it was issued",
            Self::AbsoluteTimeout => "the absolute timeout has passed since the session began",
            Self::Unproven => {
                "the device that it is bound to did not prove itself, or none was bound in time"
            }
            Self::InvalidPayload => "its payload is no JSON object",
            Self::Revoked => "the revocation says that it is over",
            Self::RevocationUnknown => "the revocation does not answer",
            Self::TypeMismatch => "the session cannot be read as this type",
        }
    }
}
