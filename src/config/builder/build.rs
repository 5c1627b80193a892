//! From the settings to a config: what clashes is refused, and defaults that depend on others are
//! chosen.

use std::sync::Arc;
use std::time::Duration;

use crate::config::builder::{DAY, SessionConfigBuilder};
use crate::config::error::ConfigError;
use crate::config::timeouts::Timeouts;
use crate::config::{SessionConfig, Settings};
#[cfg(feature = "device-bound")]
use crate::device_bound::DeviceSettings;
use crate::token::FormatOptions;
use crate::token::mac::Algorithm;
use crate::token::native::Native;
use crate::token::payload::Payload;

impl SessionConfigBuilder {
    /// Checks the settings together and makes the config.
    ///
    /// ```
    /// use axum_cookie_session::{ConfigError, Key, SessionConfig};
    ///
    /// let error = SessionConfig::builder(Key::generate()).secure(false).build().unwrap_err();
    /// assert!(matches!(error, ConfigError::HostPrefixWithoutSecure { .. }));
    /// ```
    ///
    /// # Errors
    ///
    /// Settings that browsers would refuse or ignore, and timeouts that contradict each other; each
    /// variant of [`ConfigError`] is one such case, and its text says what to do.
    pub fn build(mut self) -> Result<SessionConfig, ConfigError> {
        let name = &self.attributes.name;
        let format = match (self.new_format, self.algorithm) {
            (Some(_), Some(algorithm)) => {
                return Err(ConfigError::AlgorithmNotConfigurable { algorithm });
            }
            #[cfg(feature = "compression")]
            (Some(_), None) if self.compress => {
                let name = name.clone();
                return Err(ConfigError::CompressionNotConfigurable { name });
            }
            (Some(new_format), None) => new_format(name, &self.keys, self.idle_timeout),
            (None, algorithm) => {
                let algorithm = algorithm.unwrap_or(Algorithm::HmacSha1);
                let payload = self.payload(algorithm)?;
                Box::new(Native::new(algorithm, payload, name, &self.keys))
            }
        };
        let options = format.options();
        ConfigError::check_attributes(&self.attributes, options.allows_colon)?;
        let timeouts = self.timeouts(options)?;
        let max_age = self
            .max_age
            .map(|max_age| ConfigError::check_max_age(max_age, options));
        let max_age = max_age.transpose()?;
        let mut fallback_configs = self.fallback_configs.iter();
        if self.revocation.is_none()
            && let Some(config) = fallback_configs.find(|config| config.revocation().is_some())
        {
            return Err(ConfigError::RevocationOnFallbackConfig {
                name: config.attributes().name.clone(),
            });
        }
        if let Some(memory) = self.revocation.as_ref().and_then(|one| one.as_memory()) {
            let clock = Arc::clone(&self.clock);
            let lifetime = self.longest_lifetime(timeouts);
            memory.serve(move || clock().checked_sub(lifetime));
        }
        #[cfg(feature = "device-bound")]
        let device_bound = self.device_settings()?;
        self.attributes.suffix = self.attributes.make_suffix();
        Ok(SessionConfig {
            settings: Arc::new(Settings {
                attributes: self.attributes,
                persistent: self.persistent,
                max_age,
                timeouts,
                format,
                fallback_configs: self.fallback_configs,
                revocation: self.revocation,
                fail_open: self.fail_open,
                no_store: self.no_store,
                allow_cross_site_writes: self.allow_cross_site_writes,
                clock: self.clock,
                #[cfg(feature = "device-bound")]
                device_bound,
            }),
        })
    }

    /// How the payloads of our own format are written.
    #[cfg_attr(
        not(feature = "encryption"),
        expect(unused_variables, reason = "no other algorithm encrypts")
    )]
    #[cfg_attr(
        not(all(feature = "encryption", feature = "compression")),
        expect(clippy::unnecessary_wraps, reason = "without both nothing clashes")
    )]
    fn payload(&self, algorithm: Algorithm) -> Result<Payload, ConfigError> {
        #[cfg(feature = "encryption")]
        if algorithm == Algorithm::Aes256HmacSha256 {
            #[cfg(feature = "compression")]
            if self.compress {
                return Err(ConfigError::CompressionWithEncryption { algorithm });
            }
            let name = &self.attributes.name;
            return Ok(Payload::encrypted(name, &self.keys, self.random));
        }
        #[cfg(feature = "compression")]
        if self.compress {
            return Ok(Payload::Compressed);
        }
        Ok(Payload::Plain)
    }

    /// How long ago a session can have begun that is still valid.
    fn longest_lifetime(&self, timeouts: Timeouts) -> Duration {
        if timeouts.absolute < Duration::MAX {
            return timeouts.absolute;
        }
        // A session without a beginning began when it was issued, but one of a fallback config can
        // have begun before.
        let fallback_configs = self.fallback_configs.iter();
        let absolutes = fallback_configs.map(|config| config.settings.timeouts.absolute);
        let absolutes = absolutes.filter(|absolute| *absolute < Duration::MAX);
        absolutes.fold(timeouts.idle, Duration::max)
    }

    #[cfg(feature = "device-bound")]
    fn device_settings(&mut self) -> Result<Option<DeviceSettings>, ConfigError> {
        let name = || self.attributes.name.clone();
        let configs = self.fallback_configs.iter();
        let mut fallback = configs.filter_map(SessionConfig::device_bound);
        match self.device_bound.take() {
            None if fallback.next().is_some() => {
                Err(ConfigError::DeviceBoundFallbackConfig { name: name() })
            }
            None => Ok(None),
            Some(_) if self.new_format.is_some() => {
                Err(ConfigError::DeviceBoundFormat { name: name() })
            }
            Some(settings) => {
                let settings =
                    DeviceSettings::new(settings, &self.attributes, &self.keys, fallback)?;
                Ok(Some(settings))
            }
        }
    }

    /// The timeouts that the tokens of the format can enforce.
    fn timeouts(&self, options: &FormatOptions) -> Result<Timeouts, ConfigError> {
        if let Some(idle) = self.idle_timeout.filter(|_| !options.has_issued_at) {
            return Err(ConfigError::IdleTimeoutNotEnforced { idle });
        }
        if let Some(absolute) = self.absolute_timeout.filter(|_| !options.has_created_at) {
            return Err(ConfigError::AbsoluteTimeoutNotEnforced { absolute });
        }
        let absolute = match self.absolute_timeout {
            Some(absolute) => absolute,
            None if options.has_created_at => 90 * DAY,
            None => Duration::MAX,
        };
        let idle = match self.idle_timeout {
            Some(idle) => idle,
            None if options.has_issued_at => absolute.min(self.default_idle_timeout),
            None => Duration::MAX,
        };
        let timeouts = Timeouts { idle, absolute };
        ConfigError::check_timeouts(timeouts)?;
        Ok(timeouts)
    }
}
