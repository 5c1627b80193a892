//! Settings that browsers would refuse, or that contradict each other.

use std::fmt;
use std::time::Duration;

use crate::config::timeouts::Timeouts;
use crate::cookie::attributes::{Attributes, is_domain, is_path};
use crate::cookie::same_site::SameSite;
use crate::token::FormatOptions;
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
    /// The Domain is not the name of a host: one to 253 ASCII letters, digits, `-` and `_`, in parts with
    /// a single dot between them. A dot before it does no harm.
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
    /// A path of [`DeviceBound`](crate::DeviceBound) does not begin with `/` or ends with it, or has other
    /// characters than ASCII letters, digits and any of `-._~/`.
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

impl ConfigError {
    pub(crate) fn check_attributes(
        attributes: &Attributes,
        allows_colon: bool,
    ) -> Result<(), Self> {
        let Attributes {
            name,
            path,
            domain,
            secure,
            http_only,
            same_site,
            partitioned,
            suffix: _,
        } = attributes.clone();
        // Browsers compare prefixes in any case (RFC 6265bis, section 5.7).
        let lower = name.to_ascii_lowercase();
        let host_http = lower.starts_with("__host-http-");
        let http = lower.starts_with("__http-");

        if !(1..=1024).contains(&name.len())
            || !name
                .bytes()
                .all(|byte| is_token_byte(byte) || allows_colon && byte == b':')
        {
            return Err(Self::InvalidName { name });
        }
        if !path.starts_with('/') {
            return Err(Self::RelativePath { path });
        }
        if !is_path(&path) {
            return Err(Self::InvalidPath { path });
        }
        if lower.starts_with("__host-") {
            if !secure {
                return Err(Self::HostPrefixWithoutSecure { name });
            }
            if let Some(domain) = domain {
                return Err(Self::HostPrefixWithDomain { name, domain });
            }
            if path != "/" {
                return Err(Self::HostPrefixWithPath { name, path });
            }
        }
        if lower.starts_with("__secure-") && !secure {
            return Err(Self::SecurePrefixWithoutSecure { name });
        }
        if http && !secure {
            return Err(Self::HttpPrefixWithoutSecure { name });
        }
        if (http || host_http) && !http_only {
            return Err(Self::HttpPrefixWithoutHttpOnly { name });
        }
        if same_site == SameSite::None && !secure {
            return Err(Self::SameSiteNoneWithoutSecure { name });
        }
        if partitioned && !secure {
            return Err(Self::PartitionedWithoutSecure { name });
        }
        match domain {
            Some(domain) if !is_domain(&domain) => Err(Self::InvalidDomain { domain }),
            _ => Ok(()),
        }
    }

    /// The seconds of a Max-Age.
    pub(crate) fn check_max_age(max_age: Duration, options: &FormatOptions) -> Result<u32, Self> {
        if options.has_issued_at {
            return Err(Self::MaxAgeNotConfigurable { max_age });
        }
        if max_age < Duration::from_secs(1) {
            return Err(Self::MaxAgeTooShort { max_age });
        }
        Ok(u32::try_from(max_age.as_secs()).unwrap_or(u32::MAX))
    }

    pub(crate) fn check_timeouts(timeouts: Timeouts) -> Result<(), Self> {
        let shortest = Duration::from_secs(1);
        let Timeouts { idle, absolute } = timeouts;
        if absolute < shortest {
            return Err(Self::AbsoluteTimeoutTooShort { absolute });
        }
        if idle < shortest {
            return Err(Self::IdleTimeoutTooShort { idle });
        }
        if idle > absolute {
            return Err(Self::IdleTimeoutTooLong { idle, absolute });
        }
        Ok(())
    }

    /// The attribute that keeps a browser from binding sessions that are in this cookie.
    #[cfg(feature = "device-bound")]
    pub(crate) fn check_device_bound_cookie(attributes: &Attributes) -> Result<(), Self> {
        let Attributes { name, path, .. } = attributes;
        if let Some(domain) = attributes.domain.clone() {
            return Err(Self::DeviceBoundWithDomain { domain });
        }
        if path != "/" {
            return Err(Self::DeviceBoundWithPath { path: path.clone() });
        }
        if !attributes.secure {
            return Err(Self::DeviceBoundWithoutSecure { name: name.clone() });
        }
        if attributes.partitioned {
            return Err(Self::DeviceBoundPartitioned { name: name.clone() });
        }
        Ok(())
    }

    /// The path stands in a header, in JSON, in a cookie's attribute and in a router.
    #[cfg(feature = "device-bound")]
    pub(crate) fn check_device_bound_path(path: &str) -> Result<(), Self> {
        let is_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if path.starts_with('/')
            && !path.ends_with('/')
            && path.len() <= 1024
            && path.bytes().all(is_byte)
        {
            return Ok(());
        }
        let path = path.to_owned();
        Err(Self::DeviceBoundInvalidPath { path })
    }

    #[cfg(feature = "device-bound")]
    pub(crate) fn check_device_bound_times(
        lifetime: Duration,
        unbound_timeout: Option<Duration>,
    ) -> Result<(), Self> {
        let shortest = Duration::from_secs(1);
        if lifetime < shortest {
            return Err(Self::ProofLifetimeTooShort { lifetime });
        }
        match unbound_timeout {
            Some(timeout) if timeout < shortest => Err(Self::UnboundTimeoutTooShort { timeout }),
            _ => Ok(()),
        }
    }
}

/// RFC 6265, section 4.1.1: a cookie's name is a token of RFC 2616, section 2.2.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !br#"()<>@,;:\"/[]?={}"#.contains(&byte)
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidName { name } => write!(
                f,
                "cookie name {name:?}: use at most 1024 ASCII letters, digits and any of !#$%&'*+-.^_`|~"
            ),
            Self::HostPrefixWithoutSecure { name } => write!(
                f,
                "cookie name {name:?}: the prefix `__Host-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix"
            ),
            Self::HostPrefixWithDomain { name, domain } => write!(
                f,
                "cookie name {name:?}: the prefix `__Host-` allows no Domain and it is {domain:?}; leave `domain` out or choose a `cookie_name` that begins with `__Secure-`"
            ),
            Self::HostPrefixWithPath { name, path } => write!(
                f,
                "cookie name {name:?}: the prefix `__Host-` needs the path \"/\" and it is {path:?}; leave `path` out or choose a `cookie_name` without the prefix"
            ),
            Self::SecurePrefixWithoutSecure { name } => write!(
                f,
                "cookie name {name:?}: the prefix `__Secure-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix"
            ),
            Self::HttpPrefixWithoutSecure { name } => write!(
                f,
                "cookie name {name:?}: the prefix `__Http-` needs a Secure cookie; leave `secure(false)` out or choose a `cookie_name` without the prefix"
            ),
            Self::HttpPrefixWithoutHttpOnly { name } => write!(
                f,
                "cookie name {name:?}: its prefix needs an HttpOnly cookie; leave `http_only(false)` out or choose a `cookie_name` without `Http-`"
            ),
            Self::SameSiteNoneWithoutSecure { name } => write!(
                f,
                "cookie name {name:?}: `SameSite=None` needs a Secure cookie; leave `secure(false)` out or use `SameSite::Lax`"
            ),
            Self::PartitionedWithoutSecure { name } => write!(
                f,
                "cookie name {name:?}: a partitioned cookie has to be Secure; leave `secure(false)` or `partitioned(true)` out"
            ),
            Self::RelativePath { path } => {
                write!(f, "path {path:?}: let it begin with \"/\"")
            }
            Self::InvalidPath { path } => write!(
                f,
                "path {path:?}: use at most 1024 bytes of printable ASCII without `;`"
            ),
            Self::InvalidDomain { domain } => write!(
                f,
                "domain {domain:?}: use the name of a host, such as \"example.com\", or leave `domain` out for this host alone"
            ),
            Self::AlgorithmNotConfigurable { algorithm } => write!(
                f,
                "algorithm {algorithm:?}: the format of another framework has its own; leave `algorithm` out"
            ),
            #[cfg(feature = "compression")]
            Self::CompressionNotConfigurable { name } => write!(
                f,
                "compression of cookie {name:?}: the format of another framework decides itself; leave `compress` out"
            ),
            #[cfg(all(feature = "compression", feature = "encryption"))]
            Self::CompressionWithEncryption { algorithm } => write!(
                f,
                "compression together with algorithm {algorithm:?}: the length of the cookie would tell what is encrypted; leave `compress` out, or choose another `algorithm`"
            ),
            Self::IdleTimeoutTooShort { idle } => {
                write!(f, "idle timeout {idle:?}: use at least one second")
            }
            Self::AbsoluteTimeoutTooShort { absolute } => {
                write!(f, "absolute timeout {absolute:?}: use at least one second")
            }
            Self::IdleTimeoutTooLong { idle, absolute } => write!(
                f,
                "idle timeout {idle:?} is longer than the absolute timeout {absolute:?}: shorten `idle_timeout` or lengthen `absolute_timeout`"
            ),
            Self::IdleTimeoutNotEnforced { idle } => write!(
                f,
                "idle timeout {idle:?}: the tokens of this framework do not say when they were issued, so no server can enforce it; leave `idle_timeout` out, and keep a date in the session"
            ),
            Self::AbsoluteTimeoutNotEnforced { absolute } => write!(
                f,
                "absolute timeout {absolute:?}: the tokens of this framework do not say when the session began, so no server can enforce it; leave `absolute_timeout` out, and keep a date in the session"
            ),
            Self::MaxAgeNotConfigurable { max_age } => write!(
                f,
                "Max-Age {max_age:?}: it follows from the timeouts; leave `max_age` out and set `idle_timeout`"
            ),
            Self::MaxAgeTooShort { max_age } => {
                write!(f, "Max-Age {max_age:?}: use at least one second")
            }
            Self::RevocationOnFallbackConfig { name } => write!(
                f,
                "fallback config for cookie {name:?}: it has a revocation, which is not asked; give this config a `revocation` too"
            ),
            #[cfg(feature = "device-bound")]
            Self::DeviceBoundFormat { name } => write!(
                f,
                "cookie name {name:?}: the tokens of another framework cannot be bound to a device; leave `device_bound` out"
            ),
            #[cfg(feature = "device-bound")]
            Self::DeviceBoundWithDomain { domain } => write!(
                f,
                "domain {domain:?}: a device-bound session is for one host; leave `domain` or `device_bound` out"
            ),
            #[cfg(feature = "device-bound")]
            Self::DeviceBoundWithPath { path } => write!(
                f,
                "path {path:?}: a device-bound session needs the path \"/\"; leave `path` or `device_bound` out"
            ),
            #[cfg(feature = "device-bound")]
            Self::DeviceBoundWithoutSecure { name } => write!(
                f,
                "cookie name {name:?}: browsers bind sessions over HTTPS alone; leave `secure(false)` or `device_bound` out"
            ),
            #[cfg(feature = "device-bound")]
            Self::DeviceBoundPartitioned { name } => write!(
                f,
                "cookie name {name:?}: browsers bind no partitioned cookie; leave `partitioned` or `device_bound` out"
            ),
            #[cfg(feature = "device-bound")]
            Self::DeviceBoundInvalidPath { path } => write!(
                f,
                "path {path:?} of device-bound sessions: begin with `/`, do not end with it, and use ASCII letters, digits and any of -._~/"
            ),
            #[cfg(feature = "device-bound")]
            Self::ProofLifetimeTooShort { lifetime } => {
                write!(f, "proof lifetime {lifetime:?}: use at least one second")
            }
            #[cfg(feature = "device-bound")]
            Self::UnboundTimeoutTooShort { timeout } => {
                write!(f, "unbound timeout {timeout:?}: use at least one second")
            }
            #[cfg(feature = "device-bound")]
            Self::DeviceBoundFallbackConfig { name } => write!(
                f,
                "cookie name {name:?}: a fallback config has device-bound sessions; give this config `device_bound` too, with the same `cookie_name` and path, or bound users are signed out"
            ),
        }
    }
}

/// As it is displayed, for `fn main() -> Result<..>` shows the `Debug` of an error.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for ConfigError {}
