//! The checks of settings that browsers or formats would refuse or ignore.

use std::time::Duration;

use crate::config::error::ConfigError;
use crate::config::timeouts::Timeouts;
use crate::cookie::attributes::{Attributes, is_domain, is_path};
use crate::cookie::same_site::SameSite;
use crate::token::FormatOptions;

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
