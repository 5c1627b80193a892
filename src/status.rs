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
    /// The request did not carry a session cookie.
    New,
    /// Another site sent the request, so the browser may have held back the session cookie. The
    /// session is not written unless [`allow_cross_site`](crate::Session::allow_cross_site) is
    /// called.
    CrossSite,
    /// A cookie was verified.
    Valid,
    /// The cookie of a [`fallback_config`](crate::SessionConfigBuilder::fallback_config) was
    /// verified.
    ///
    /// It lacks the protection of the new cookie's name, so decide on a date to remove the fallback
    /// config.
    Fallback,
    /// A cookie was verified, but the [`Revocation`](crate::Revocation) did not answer. The handler
    /// sees the session because the config says
    /// [`fail_open`](crate::SessionConfigBuilder::fail_open), but cannot change it.
    RevocationUnknown,
    /// The request carried session cookies, but each was rejected, so the session is new. Only with
    /// [`Reason::TypeMismatch`] the session is valid, but cannot be read as `T`.
    Rejected(Reason),
}

/// Why a cookie was rejected. With several candidates, the reason for the one that passed the most
/// checks.
///
/// It is for logs and statistics. Do not show it to users: it would help an attacker who is
/// probing.
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
    /// It does not have the shape of a session token.
    Malformed,
    /// It has the shape of a token, in a version that the config does not read.
    UnknownVersion,
    /// No key verifies it: it was forged, changed, or signed with another key or for another name.
    BadSignature,
    /// It was issued more than 60 seconds ahead of this machine's clock.
    IssuedInFuture,
    /// The idle timeout has passed since it was issued.
    IdleTimeout,
    /// The absolute timeout has passed since the session began.
    AbsoluteTimeout,
    /// It is bound to a device and the request carried no valid proof, or it was not bound in time.
    /// Only with the feature `device-bound`.
    ///
    /// Changes of this new session are not written, unless [`destroy()`](crate::Session::destroy)
    /// is called first: the cookie is valid again when the device proves that it has its key.
    Unproven,
    /// Its signature is valid, but its payload is not a JSON object.
    InvalidPayload,
    /// The [`Revocation`](crate::Revocation) says that it was revoked.
    Revoked,
    /// The [`Revocation`](crate::Revocation) did not answer, or
    /// [`Session::from_headers`](crate::Session::from_headers) did not consult it.
    ///
    /// The cookie stays as it is. Changing this new session is a
    /// [`SessionError`](crate::SessionError), because it would replace a session that may be valid.
    RevocationUnknown,
    /// The session cannot be read as `T`, so the handler sees `T::default()`.
    ///
    /// The keys are kept, for other types and for the next request.
    TypeMismatch,
}

impl Reason {
    /// A likely cause, for the log.
    #[cfg(feature = "tracing")]
    pub(crate) const fn explanation(self) -> &'static str {
        match self {
            Self::TooLong => "name and value are longer than 4096 bytes",
            Self::Malformed => "not a session token: another application may use this cookie name",
            Self::UnknownVersion => {
                "a config with another `algorithm` wrote it: add that config as a `fallback_config`"
            }
            Self::BadSignature => {
                "no key verifies it: it was changed, or signed with another key, for example by another instance or by `Key::generate()` before a restart"
            }
            Self::IssuedInFuture => {
                "it was issued more than 60 seconds ahead of this machine's clock: set the clocks of all instances"
            }
            Self::IdleTimeout => "the idle timeout has passed since it was issued",
            Self::AbsoluteTimeout => "the absolute timeout has passed since the session began",
            Self::Unproven => {
                "the request carried no valid proof of the device, or the session was not bound in time"
            }
            Self::InvalidPayload => "its payload is not a JSON object",
            Self::Revoked => "the revocation says that it was revoked",
            Self::RevocationUnknown => "the revocation does not answer",
            Self::TypeMismatch => "the session cannot be read as this type",
        }
    }
}
