//! Why Redis could not be asked, or told.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use redis::{ErrorKind, RedisError};

/// Error of a [`RedisRevocation`](crate::RedisRevocation).
///
/// The type is opaque, and the predicates say what happened. Its text never holds a URL, a password,
/// a user or a login. As a response it is `503 Service Unavailable` with an empty body.
///
/// ```
/// use axum_cookie_session_redis::RedisRevocation;
///
/// let error = RedisRevocation::new("https://redis.example").unwrap_err();
/// assert!(error.is_config());
/// assert_eq!(
///     error.to_string(),
///     "not the URL of a Redis: it begins with `redis://` or, with the feature `rustls` or \
///      `native-tls`, with `rediss://`",
/// );
/// ```
pub struct RevocationError(Kind);

enum Kind {
    Config(&'static str),
    Unavailable(String),
    Refused(String),
    Uninitialized,
    Serialize(&'static str),
}

impl RevocationError {
    pub(crate) fn config(problem: &'static str) -> Self {
        Self(Kind::Config(problem))
    }

    pub(crate) fn timed_out(timeout: Duration) -> Self {
        Self(Kind::Unavailable(format!("no answer within {timeout:?}")))
    }

    pub(crate) fn uninitialized() -> Self {
        Self(Kind::Uninitialized)
    }

    pub(crate) fn serialize(value: &'static str) -> Self {
        Self(Kind::Serialize(value))
    }

    /// Of the server's words only the code: the rest may quote the command, and so the user.
    pub(crate) fn redis(error: &RedisError) -> Self {
        Self(match (error.kind(), error.code()) {
            (_, Some(code)) => Kind::Refused(code.to_owned()),
            (ErrorKind::AuthenticationFailed | ErrorKind::Extension, None) => {
                Kind::Refused(error.category().to_owned())
            }
            (ErrorKind::Io, None) => Kind::Unavailable(error.to_string()),
            (_, None) => Kind::Unavailable(error.category().to_owned()),
        })
    }

    /// Whether a setting is wrong, which [`build`](crate::RedisRevocationBuilder::build) found.
    ///
    /// ```
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// assert!(RedisRevocation::new("no URL").unwrap_err().is_config());
    /// ```
    #[must_use]
    pub fn is_config(&self) -> bool {
        matches!(self.0, Kind::Config(_))
    }

    /// Whether Redis could not be reached, or did not answer within the
    /// [`timeout`](crate::RedisRevocationBuilder::timeout).
    ///
    /// What was to be ended may have been ended all the same. To end it twice does no harm.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), axum_cookie_session_redis::RevocationError> {
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// // No server listens on this port.
    /// let revocation = RedisRevocation::new("redis://127.0.0.1:1")?;
    /// assert!(revocation.end_user("ada").await.unwrap_err().is_unavailable());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self.0, Kind::Unavailable(_))
    }

    /// Whether Redis answered with an error: the password is wrong, it only reads (`READONLY`), or
    /// its memory is full (`OOM`).
    ///
    /// ```
    /// # use axum_cookie_session_redis::{RedisRevocation, RevocationError};
    /// async fn log_out(revocation: &RedisRevocation) -> &'static str {
    ///     match revocation.end_user("ada").await {
    ///         Ok(()) => "signed out on all devices",
    ///         Err(error) if error.is_refused() => "an operator has to look at Redis",
    ///         Err(_) => "try again later",
    ///     }
    /// }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let revocation = RedisRevocation::new("redis://127.0.0.1:1")?;
    /// assert_eq!(log_out(&revocation).await, "try again later");
    /// # Ok::<(), RevocationError>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.0, Kind::Refused(_))
    }

    /// Whether Redis answers and holds no list: it was never
    /// [initialized](crate::RedisRevocation::initialize), or it has lost what it knew.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), axum_cookie_session_redis::RevocationError> {
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// // An empty Redis.
    /// let revocation = RedisRevocation::new("redis://127.0.0.1")?;
    /// assert!(revocation.probe().await.unwrap_err().is_uninitialized());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_uninitialized(&self) -> bool {
        matches!(self.0, Kind::Uninitialized)
    }

    /// Whether a user or login is `null`, or cannot be written as JSON.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), axum_cookie_session_redis::RevocationError> {
    /// use axum_cookie_session_redis::RedisRevocation;
    ///
    /// let revocation = RedisRevocation::new("redis://127.0.0.1:1")?;
    /// assert!(revocation.end_user(None::<u64>).await.unwrap_err().is_serialize());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_serialize(&self) -> bool {
        matches!(self.0, Kind::Serialize(_))
    }
}

impl fmt::Display for RevocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Config(problem) => f.write_str(problem),
            Kind::Unavailable(why) => write!(f, "Redis does not answer: {why}"),
            Kind::Refused(code) => write!(f, "Redis refuses: {code}"),
            Kind::Uninitialized => f.write_str(
                "Redis holds no list of ended sessions: call `initialize` if it is new, and \
                 `end_all` if it has lost the list",
            ),
            Kind::Serialize(value) => {
                write!(f, "this `{value}` is `null` or cannot be written as JSON")
            }
        }
    }
}

impl fmt::Debug for RevocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationError({self})")
    }
}

impl Error for RevocationError {}

impl IntoResponse for RevocationError {
    fn into_response(self) -> Response {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}
