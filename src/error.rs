//! Why a session could not be written or read.

use std::fmt;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Error of a session that could not be written, or of a value that is not of the requested type.
///
/// Its methods tell the causes apart. As a response it is `500 Internal Server Error` with an empty
/// body. Its text names the cookie, keys, types and sizes, but never a value.
///
/// ```
/// use axum_cookie_session::{Key, SessionConfig, SessionMap};
///
/// let config = SessionConfig::new(Key::generate());
/// let mut data = SessionMap::default();
/// data.insert("essay", "x".repeat(5000));
/// let error = config.encode(&data).unwrap_err();
/// assert!(error.is_too_large());
/// assert!(error.to_string().ends_with("largest keys: \"essay\" (5010 bytes)"));
/// ```
pub struct SessionError {
    kind: Kind,
    /// Whether a session was lost with it, which marks the response.
    write_failed: bool,
}

enum Kind {
    TooLarge {
        cookie: String,
        what: &'static str,
        len: usize,
        limit: usize,
        largest: Vec<(String, usize)>,
    },
    Serialize {
        /// `key "..."` or ``type `T` ``.
        what: String,
        why: String,
    },
    Deserialize {
        key: String,
        wanted: &'static str,
    },
    RevocationUnknown {
        cookie: String,
    },
    /// Encryption without random bytes would be weak.
    NoRandomBytes {
        cookie: String,
    },
}

/// Marks the response of a session that could not be written. Sessions that are returned around it
/// leave it alone.
#[derive(Clone)]
pub(crate) struct SessionWriteFailed;

impl SessionError {
    pub(crate) fn too_large(
        cookie: &str,
        what: &'static str,
        len: usize,
        limit: usize,
        largest: Vec<(String, usize)>,
    ) -> Self {
        Self::new(Kind::TooLarge {
            cookie: cookie.to_owned(),
            what,
            len,
            limit,
            largest,
        })
    }

    pub(crate) fn not_serializable(key: &str, value: &'static str) -> Self {
        Self::serialize(key, &format!("this `{value}` cannot be written as JSON"))
    }

    /// A key or value that cannot be written, or that the framework which shares the session
    /// could not read.
    pub(crate) fn serialize(key: &str, why: &str) -> Self {
        Self::new(Kind::Serialize {
            what: format!("key {key:?}"),
            why: why.to_owned(),
        })
    }

    pub(crate) fn typed(name: &'static str, why: &str) -> Self {
        Self::new(Kind::Serialize {
            what: format!("type `{name}`"),
            why: why.to_owned(),
        })
    }

    pub(crate) fn deserialize(key: &str, wanted: &'static str) -> Self {
        Self::new(Kind::Deserialize {
            key: key.to_owned(),
            wanted,
        })
    }

    pub(crate) fn revocation_unknown(cookie: &str) -> Self {
        Self::new(Kind::RevocationUnknown {
            cookie: cookie.to_owned(),
        })
    }

    pub(crate) fn no_random_bytes(cookie: &str) -> Self {
        Self::new(Kind::NoRandomBytes {
            cookie: cookie.to_owned(),
        })
    }

    pub(crate) fn write_failed(mut self) -> Self {
        self.write_failed = true;
        self
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            write_failed: false,
        }
    }

    /// Returns whether the session is too large: its cookie would be longer than 4096 bytes, name
    /// and value together, or its JSON longer than 65536 bytes (16384 with
    /// [`compress`](crate::SessionConfigBuilder::compress)).
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let data = SessionMap::from_iter([("essay", "x".repeat(5000))]);
    /// assert!(config.encode(&data).unwrap_err().is_too_large());
    /// ```
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self.kind, Kind::TooLarge { .. })
    }

    /// Returns whether a value could not be written: it cannot be serialized as JSON, a `T` is not
    /// a JSON object, or the framework that shares the session could not read it.
    ///
    /// ```
    /// use std::collections::HashMap;
    ///
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut data = SessionMap::default();
    /// data.insert("grid", HashMap::from([((0, 0), "the key is not a string")]));
    /// assert!(config.encode(&data).unwrap_err().is_serialize());
    /// ```
    #[must_use]
    pub fn is_serialize(&self) -> bool {
        matches!(self.kind, Kind::Serialize { .. })
    }

    /// Returns whether a key holds another type than the requested one.
    ///
    /// ```
    /// use axum_cookie_session::SessionMap;
    ///
    /// let data = SessionMap::from_iter([("user", "ada")]);
    /// assert!(data.try_get::<u32>("user").unwrap_err().is_deserialize());
    /// ```
    #[must_use]
    pub fn is_deserialize(&self) -> bool {
        matches!(self.kind, Kind::Deserialize { .. })
    }

    /// Returns whether a changed session was not written because it may be revoked: the
    /// [`Revocation`](crate::Revocation) did not answer, or
    /// [`Session::from_headers`](crate::Session::from_headers) did not consult it.
    ///
    /// The user's cookie stays as it was, and is valid again when the revocation answers.
    ///
    /// ```
    /// use axum::http::{HeaderMap, StatusCode, header::COOKIE};
    /// use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
    /// use axum_cookie_session::{Key, MemoryRevocation, Session, SessionConfig, SessionMap};
    ///
    /// /// A session that answers 503 during an outage, instead of 500.
    /// struct Patient(Session);
    ///
    /// impl IntoResponseParts for Patient {
    ///     type Error = Response;
    ///
    ///     fn into_response_parts(self, parts: ResponseParts) -> Result<ResponseParts, Response> {
    ///         self.0.into_response_parts(parts).map_err(|error| {
    ///             if error.is_revocation_unknown() {
    ///                 (StatusCode::SERVICE_UNAVAILABLE, error).into_response()
    ///             } else {
    ///                 error.into_response()
    ///             }
    ///         })
    ///     }
    /// }
    ///
    /// let config = SessionConfig::builder(Key::generate())
    ///     .revocation(MemoryRevocation::new())
    ///     .build()?;
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, config.encode(&SessionMap::default())?.parse()?);
    /// // `from_headers` does not consult the revocation.
    /// let mut session: Session = Session::from_headers(&headers, &config);
    /// session.insert("theme", "dark");
    /// let response = (Patient(session), "saved").into_response();
    /// assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    /// assert!(!response.headers().contains_key("set-cookie"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_revocation_unknown(&self) -> bool {
        matches!(self.kind, Kind::RevocationUnknown { .. })
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::TooLarge {
                cookie,
                what,
                len,
                limit,
                largest,
            } => {
                write!(
                    f,
                    "session cookie {cookie:?} would take {len} bytes{what} and {limit} are allowed; largest keys: "
                )?;
                for (at, (key, len)) in largest.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{key:?} ({len} bytes)")?;
                }
                Ok(())
            }
            Kind::Serialize { what, why } => write!(f, "session {what}: {why}"),
            Kind::Deserialize { key, wanted } => {
                write!(f, "session key {key:?} does not hold a `{wanted}`")
            }
            Kind::RevocationUnknown { cookie } => write!(
                f,
                "session cookie {cookie:?} may have been revoked, and nothing replaces it until the revocation answers"
            ),
            Kind::NoRandomBytes { cookie } => write!(
                f,
                "session cookie {cookie:?} cannot be encrypted: the operating system gave no random bytes"
            ),
        }
    }
}

/// The same text as `Display`, because `fn main() -> Result<..>` prints the `Debug` of an error.
impl fmt::Debug for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for SessionError {}

impl IntoResponse for SessionError {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        if self.write_failed {
            response.extensions_mut().insert(SessionWriteFailed);
        }
        response
    }
}
