//! Settings that browsers would refuse, or that contradict each other.

mod message;

use std::fmt;
use std::time::Duration;

use crate::token::mac::Algorithm;

/// Error of [`SessionConfigBuilder::build`](crate::SessionConfigBuilder::build).
///
/// ```
/// use axum_cookie_session::{Key, SessionConfig};
///
/// let error = SessionConfig::builder(Key::generate()).path("/shop").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "cookie name \"__Host-session\": the prefix `__Host-` needs the path \"/\" and it is \
///      \"/shop\"; leave `path` out or choose a `cookie_name` without the prefix",
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// The name is not a token of RFC 6265, or has more than 1024 bytes.
    InvalidName {
        /// The name of the cookie.
        name: String,
    },
    /// A name that begins with `__Host-` on a cookie that is not Secure.
    HostPrefixWithoutSecure {
        /// The name of the cookie.
        name: String,
    },
    /// A name that begins with `__Host-` on a cookie with a Domain.
    HostPrefixWithDomain {
        /// The name of the cookie.
        name: String,
        /// The Domain.
        domain: String,
    },
    /// A name that begins with `__Host-` on a cookie with another Path than `/`.
    HostPrefixWithPath {
        /// The name of the cookie.
        name: String,
        /// The Path.
        path: String,
    },
    /// A name that begins with `__Secure-` on a cookie that is not Secure.
    SecurePrefixWithoutSecure {
        /// The name of the cookie.
        name: String,
    },
    /// A name that begins with `__Http-` on a cookie that is not Secure.
    HttpPrefixWithoutSecure {
        /// The name of the cookie.
        name: String,
    },
    /// A name that begins with `__Http-` or `__Host-Http-` on a cookie that is not HttpOnly.
    HttpPrefixWithoutHttpOnly {
        /// The name of the cookie.
        name: String,
    },
    /// `SameSite=None` on a cookie that is not Secure.
    SameSiteNoneWithoutSecure {
        /// The name of the cookie.
        name: String,
    },
    /// A partitioned cookie that is not Secure.
    PartitionedWithoutSecure {
        /// The name of the cookie.
        name: String,
    },
    /// The Path does not begin with `/`.
    RelativePath {
        /// The Path.
        path: String,
    },
    /// The Path holds `;`, white space around it, a control or non-ASCII character, or more than
    /// 1024 bytes.
    InvalidPath {
        /// The Path.
        path: String,
    },
    /// The Domain is not the name of a host: one to 253 ASCII letters, digits, `-` and `_`, in
    /// parts with a single dot between them. A dot before it does no harm.
    InvalidDomain {
        /// The Domain.
        domain: String,
    },
    /// An algorithm was chosen for the format of another framework, which has its own.
    AlgorithmNotConfigurable {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// Compression was chosen for the format of another framework, which compresses or not.
    #[cfg(feature = "compression")]
    #[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
    CompressionNotConfigurable {
        /// The name of the cookie.
        name: String,
    },
    /// Compression was chosen together with encryption: lengths would tell what is encrypted.
    #[cfg(all(feature = "compression", feature = "encryption"))]
    #[cfg_attr(docsrs, doc(cfg(all(feature = "compression", feature = "encryption"))))]
    CompressionWithEncryption {
        /// The algorithm.
        algorithm: Algorithm,
    },
    /// The idle timeout is under one second.
    IdleTimeoutTooShort {
        /// The idle timeout.
        idle: Duration,
    },
    /// The absolute timeout is under one second.
    AbsoluteTimeoutTooShort {
        /// The absolute timeout.
        absolute: Duration,
    },
    /// The idle timeout is longer than the absolute one.
    IdleTimeoutTooLong {
        /// The idle timeout.
        idle: Duration,
        /// The absolute timeout.
        absolute: Duration,
    },
    /// An idle timeout was set for a format whose tokens do not say when they were issued.
    IdleTimeoutNotEnforced {
        /// The idle timeout.
        idle: Duration,
    },
    /// An absolute timeout was set for a format whose tokens do not say when the session began.
    AbsoluteTimeoutNotEnforced {
        /// The absolute timeout.
        absolute: Duration,
    },
    /// A Max-Age was set for a format whose timeouts say how long the browser keeps the cookie.
    MaxAgeNotConfigurable {
        /// The Max-Age.
        max_age: Duration,
    },
    /// The Max-Age is under one second.
    MaxAgeTooShort {
        /// The Max-Age.
        max_age: Duration,
    },
    /// A fallback config has a revocation and this one has none, so no revocation would be asked.
    RevocationOnFallbackConfig {
        /// The name of the fallback config's cookie.
        name: String,
    },
    /// Device-bound sessions in the format of another framework, whose tokens have no room for it.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    DeviceBoundFormat {
        /// The name of the cookie.
        name: String,
    },
    /// Device-bound sessions on a cookie with a Domain.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    DeviceBoundWithDomain {
        /// The Domain.
        domain: String,
    },
    /// Device-bound sessions on a cookie with another Path than `/`.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    DeviceBoundWithPath {
        /// The Path.
        path: String,
    },
    /// Device-bound sessions on a cookie that is not Secure.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    DeviceBoundWithoutSecure {
        /// The name of the cookie.
        name: String,
    },
    /// Device-bound sessions on a partitioned cookie.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    DeviceBoundPartitioned {
        /// The name of the cookie.
        name: String,
    },
    /// A path of [`DeviceBound`](crate::DeviceBound) does not begin with `/` or ends with it, or
    /// has other characters than ASCII letters, digits and any of `-._~/`.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    DeviceBoundInvalidPath {
        /// The path.
        path: String,
    },
    /// The proof lifetime is under one second.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    ProofLifetimeTooShort {
        /// The proof lifetime.
        lifetime: Duration,
    },
    /// The timeout of sessions that are not bound is under one second.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    UnboundTimeoutTooShort {
        /// The timeout.
        timeout: Duration,
    },
    /// A fallback config has device-bound sessions, and this one has none, or has other proof and
    /// device cookies.
    #[cfg(feature = "device-bound")]
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    DeviceBoundFallbackConfig {
        /// The name of the cookie of this config.
        name: String,
    },
}

/// The same text as `Display`, because `fn main() -> Result<..>` prints the `Debug` of an error.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for ConfigError {}
