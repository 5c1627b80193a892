//! The two cookies next to the session's, and the header that makes a browser register a key.

use std::time::Duration;

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue};

use crate::cookie::attributes::Attributes;
use crate::cookie::request::candidates;
use crate::cookie::response;
use crate::cookie::same_site::SameSite;
use crate::device_bound::DeviceSettings;
use crate::device_bound::challenge::{Device, Id, Kind, Stamp};
use crate::log;

const REGISTRATION: HeaderName = HeaderName::from_static("secure-session-registration");
const SKIPPED: HeaderName = HeaderName::from_static("secure-session-skipped");

/// The two cookies.
pub(crate) struct Cookies {
    /// Shows on each request that the device answered a challenge.
    pub(crate) proof: Attributes,
    /// Knows the device's key. It goes to the two routes alone.
    pub(crate) device: Attributes,
}

impl Cookies {
    pub(crate) fn new(session: &Attributes, path: &str) -> Self {
        let (prefix, name) = split_prefix(&session.name);
        let mut proof = Attributes {
            name: format!("{prefix}{name}-proof"),
            ..session.clone()
        };
        let mut device = Attributes {
            name: format!("__Secure-{name}-device"),
            path: path.to_owned(),
            domain: None,
            secure: true,
            http_only: true,
            // A refresh that a link from another site started comes without Lax cookies.
            same_site: SameSite::None,
            partitioned: false,
            suffix: String::new(),
        };
        for attributes in [&mut proof, &mut device] {
            attributes.suffix = attributes.make_suffix();
        }
        Self { proof, device }
    }

    /// Whether both are the same cookies to a browser.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.proof.name == other.proof.name
            && self.device.name == other.device.name
            && self.device.path == other.device.path
    }
}

/// Those that browsers know (RFC 6265bis, section 4.1.3), of two that fit the longer one first.
const PREFIXES: [&str; 4] = ["__Host-Http-", "__Host-", "__Http-", "__Secure-"];

/// The prefix of a cookie's name, and the rest of the name.
pub(crate) fn split_prefix(name: &str) -> (&str, &str) {
    let is_prefix = |prefix: &&&str| {
        let start = name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let prefix = PREFIXES.iter().find(is_prefix);
    name.split_at(prefix.map_or(0, |prefix| prefix.len()))
}

impl DeviceSettings {
    /// The ids of the sessions that a request proves, the last one first.
    pub(crate) fn proven<'a>(
        &'a self,
        headers: &'a HeaderMap,
        now: Duration,
    ) -> impl Iterator<Item = Id> + 'a {
        candidates(headers, &self.cookies.proof.name, true).filter_map(move |value| {
            let proof = self.keys.read_stamp(Kind::Proof, value)?;
            proof
                .is_fresh(now.as_secs(), self.proof_lifetime)
                .then_some(proof.id)
        })
    }

    pub(crate) fn set_proof(&self, headers: &mut HeaderMap, id: Id, now: u64) {
        let proof = self.keys.stamp(Kind::Proof, Stamp { time: now, id });
        let max_age = u32::try_from(self.proof_lifetime.as_secs()).unwrap_or(u32::MAX);
        let cookie = &self.cookies.proof;
        response::set(headers, cookie, &cookie.name, &proof, Some(max_age));
    }

    pub(crate) fn set_device(&self, headers: &mut HeaderMap, device: &Device, age: Option<u32>) {
        let value = self.keys.device(device);
        let cookie = &self.cookies.device;
        response::set(headers, cookie, &cookie.name, &value, age);
    }

    /// Ends a binding in the browser.
    pub(crate) fn remove_cookies(&self, headers: &mut HeaderMap) {
        for cookie in [&self.cookies.proof, &self.cookies.device] {
            response::remove(headers, cookie, &cookie.name);
        }
    }

    /// Asks the browser to register a key for the session `id`.
    pub(crate) fn ask_to_register(&self, headers: &mut HeaderMap, id: Id, now: u64) {
        self.take_back_registration(headers);
        let stamp = Stamp { time: now, id };
        let challenge = self.keys.stamp(Kind::Register, stamp);
        let header = format!("{}{challenge}\"", self.registration_start());
        let mut header = HeaderValue::try_from(header)
            .expect("build() checked the path, and a challenge is base64");
        header.set_sensitive(true);
        headers.append(REGISTRATION, header);
    }

    /// Removes what an earlier return of the session asked. Other configs keep their headers.
    pub(crate) fn take_back_registration(&self, headers: &mut HeaderMap) {
        if !headers.contains_key(REGISTRATION) {
            return;
        }
        let start = self.registration_start();
        let is_ours = |header: &&HeaderValue| header.as_bytes().starts_with(start.as_bytes());
        let all = headers.get_all(REGISTRATION).iter();
        let others: Vec<_> = all.filter(|header| !is_ours(header)).cloned().collect();
        headers.remove(REGISTRATION);
        for header in others {
            headers.append(REGISTRATION, header);
        }
    }

    fn registration_start(&self) -> String {
        format!("(ES256);path=\"{}/register\";challenge=\"", self.path)
    }

    /// The device that a request to the two routes comes from, and whether the signing key verified
    /// its cookie. Of several cookies the first good one counts.
    pub(crate) fn device(&self, headers: &HeaderMap) -> Option<(Device, bool)> {
        candidates(headers, &self.cookies.device.name, false)
            .find_map(|value| self.keys.read_device(value))
    }
}

/// Logs why the browser says that it sent no proof. Anyone can say so: nothing else follows from
/// it.
pub(crate) fn log_skipped(cookie: &str, headers: &HeaderMap) {
    for header in headers.get_all(SKIPPED) {
        let known = ["unreachable", "server_error", "quota_exceeded"];
        let why = known
            .into_iter()
            .find(|why| header.as_bytes().starts_with(why.as_bytes()));
        log::refresh_skipped(cookie, why.unwrap_or("another reason"));
    }
}
