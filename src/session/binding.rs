//! How a session is bound to a device. Without the feature, none is.

use std::marker::PhantomData;
use std::time::Duration;

use axum::http::HeaderMap;

use crate::config::SessionConfig;
use crate::data::typed::SessionData;
#[cfg(feature = "device-bound")]
use crate::device_bound::{DeviceSettings, challenge::Id, cookies};
use crate::session::Session;
use crate::session::outgoing::Outgoing;
#[cfg(feature = "device-bound")]
use crate::session::request::RequestState;
use crate::status::Reason;
use crate::token::timestamps::Timestamps;

/// Proof of the device that sent a request.
pub(crate) struct Proofs<'a> {
    #[cfg(feature = "device-bound")]
    asked: Option<Asked<'a>>,
    request: PhantomData<&'a HeaderMap>,
}

#[cfg(feature = "device-bound")]
struct Asked<'a> {
    settings: &'a DeviceSettings,
    cookie: &'a str,
    headers: &'a HeaderMap,
    now: Duration,
    /// The last id that is proven. A browser sends one proof, behind the session.
    last: Option<Option<Id>>,
    /// All of them. They are read once for all candidates, so that the cost is linear.
    all: Option<Vec<Id>>,
}

impl<'a> Proofs<'a> {
    #[cfg_attr(
        not(feature = "device-bound"),
        expect(unused_variables, reason = "no session is bound")
    )]
    pub(crate) fn of(headers: &'a HeaderMap, config: &'a SessionConfig, now: Duration) -> Self {
        Self {
            #[cfg(feature = "device-bound")]
            asked: config.device_bound().map(|settings| Asked {
                settings,
                cookie: &config.attributes().name,
                headers,
                now,
                last: None,
                all: None,
            }),
            request: PhantomData,
        }
    }

    /// For headers that do not belong to a request.
    pub(crate) fn not_asked() -> Self {
        Self {
            #[cfg(feature = "device-bound")]
            asked: None,
            request: PhantomData,
        }
    }

    /// Whether the device of a session proved itself. It fails if it has to.
    pub(crate) fn check(&mut self, timestamps: Timestamps) -> Result<bool, Reason> {
        #[cfg(feature = "device-bound")]
        if let Some(asked) = &mut self.asked {
            return asked.check(timestamps);
        }
        let _ = timestamps;
        Ok(false)
    }
}

#[cfg(feature = "device-bound")]
impl Asked<'_> {
    fn check(&mut self, timestamps: Timestamps) -> Result<bool, Reason> {
        let binding = timestamps.binding;
        if binding.is_some_and(|binding| self.is_proven(binding.id)) {
            return Ok(true);
        }
        let bound = binding.is_some_and(|binding| binding.bound);
        let created = Duration::from_secs(timestamps.created);
        let age = Duration::from_secs(self.now.as_secs()).saturating_sub(created);
        let timeout = self.settings.unbound_timeout;
        if bound || timeout.is_some_and(|timeout| age > timeout) {
            cookies::log_skipped(self.cookie, self.headers);
            return Err(Reason::Unproven);
        }
        Ok(false)
    }

    fn is_proven(&mut self, id: Id) -> bool {
        let proven = || self.settings.proven(self.headers, self.now);
        let last = *self.last.get_or_insert_with(|| proven().next());
        let all = &mut self.all;
        last.is_some_and(|last| {
            last == id || all.get_or_insert_with(|| proven().collect()).contains(&id)
        })
    }
}

#[cfg(feature = "device-bound")]
impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// Whether the request came from the device that the session is bound to, and proved it.
    ///
    /// It is `false` of a session that is new, that is not bound yet, or whose browser cannot bind
    /// sessions. It describes the request, so it stays what it is when the session is changed.
    ///
    /// ```
    /// use axum_cookie_session::{DeviceBound, Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate())
    ///     .device_bound(DeviceBound::new())
    ///     .build()?;
    /// let session: Session = Session::from_headers(&Default::default(), &config);
    /// assert!(!session.is_device_bound());
    /// # Ok::<(), axum_cookie_session::ConfigError>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
    #[must_use]
    pub fn is_device_bound(&self) -> bool {
        match self.request.state {
            RequestState::Verified(verified) => {
                verified.proven && self.request.valid_object().is_some()
            }
            _ => false,
        }
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// The same with the binding that the session has from now on: an id if it has none, and bound
    /// if the device proved that id.
    pub(crate) fn bind(&self, timestamps: Timestamps) -> Timestamps {
        let timestamps = self.config.with_binding(timestamps);
        #[cfg(feature = "device-bound")]
        if let (RequestState::Verified(verified), Some(mut binding)) =
            (self.request.state, timestamps.binding)
            && verified.proven
            && verified
                .timestamps
                .binding
                .is_some_and(|it| it.id == binding.id)
        {
            binding.bound = true;
            let binding = Some(binding);
            return Timestamps {
                binding,
                ..timestamps
            };
        }
        timestamps
    }

    /// Whether the session is to be written because its device proved itself for the first time.
    pub(crate) fn becomes_bound(&self) -> bool {
        #[cfg(feature = "device-bound")]
        if let RequestState::Verified(verified) = self.request.state {
            let binding = verified.timestamps.binding;
            return verified.proven && binding.is_some_and(|binding| !binding.bound);
        }
        false
    }

    /// The headers that go with what becomes of the session's cookie.
    #[cfg_attr(
        not(feature = "device-bound"),
        expect(unused_variables, reason = "no session is bound")
    )]
    pub(crate) fn write_binding(&self, headers: &mut HeaderMap, outgoing: &Outgoing<'_>, now: u64) {
        #[cfg(feature = "device-bound")]
        if let Some(settings) = self.config.device_bound() {
            settings.take_back_registration(headers);
            if let Outgoing::TakeBack = outgoing {
                return;
            }
            if matches!(outgoing, Outgoing::Remove) || self.destroyed || self.renewed {
                settings.remove_cookies(headers);
            }
            if let Outgoing::Set { timestamps, .. } = outgoing
                && let Some(binding) = timestamps.binding
                // Whoever stole a session and its proof could register a device of their own.
                && !binding.bound
            {
                settings.warn_without_routes(&self.config.attributes().name);
                settings.ask_to_register(headers, binding.id, now);
            }
        }
    }
}
