//! The text of each config error: the problem, then what to do.

use std::fmt;

use crate::config::error::ConfigError;

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
