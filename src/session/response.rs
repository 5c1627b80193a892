//! How a returned session changes the response.
//!
//! | the session that is returned | response |
//! |---|---|
//! | changed or destroyed, but another site sent the request | nothing |
//! | no change, no refresh due | no `Set-Cookie` |
//! | changed | `Set-Cookie` with the merged session |
//! | unchanged and valid, and a tenth of the idle timeout has passed, or a fallback key or fallback config verified it | a refresh: `Set-Cookie` with the payload as it came. Not in a response that asks to be shared |
//! | keys came in, and none is left | removals: ours, and those of the fallback configs whose cookie came |
//! | `destroy()` was called | the same removals. If keys were set afterwards, ours is set instead |
//! | nothing valid came, and no key is set | nothing |
//! | changed, but its device did not prove itself, and without `destroy()` | nothing |
//! | not bound, and its device proved itself | a refresh that makes it bound |
//! | cannot be written | [`SessionError`], which is a 500. Sessions returned around it add nothing |
//!
//! With each write, the cookie of a fallback config that has our name at another place is removed.
//!
//! An earlier return of the same session, by a handler or an inner middleware, is read back from
//! the response's own `Set-Cookie`, and the changes are merged into it.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};

use crate::config::SessionConfig;
use crate::cookie::response;
use crate::data::typed::SessionData;
use crate::error::{SessionError, SessionWriteFailed};
use crate::log;
use crate::session::Session;
use crate::session::outgoing::Outgoing;
use crate::token::EncodedCookie;

impl<T: SessionData, C: AsRef<SessionConfig>> IntoResponseParts for Session<T, C> {
    type Error = SessionError;

    fn into_response_parts(mut self, mut res: ResponseParts) -> Result<ResponseParts, Self::Error> {
        if res.extensions().get::<SessionWriteFailed>().is_some() {
            self.mark_saved();
            return Ok(res);
        }
        match self.write_to(res.headers_mut()) {
            Ok(()) => Ok(res),
            Err(error) => Err(error.write_failed()),
        }
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> IntoResponse for Session<T, C> {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

impl<T: SessionData, C: AsRef<SessionConfig>> Session<T, C> {
    /// Writes the session into the headers of a response, as returning it does.
    ///
    /// For code that has no response to return it in, such as a resolver of async-graphql or a
    /// server function of Leptos. Everywhere else return the session.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::new(Key::generate());
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("user", "ada");
    ///
    /// let mut headers = HeaderMap::new();
    /// session.write_to(&mut headers)?;
    /// let session: Session = Session::from_set_cookie(&headers, &config);
    /// assert_eq!(session.get("user"), Some("ada".to_owned()));
    /// # Ok::<(), axum_cookie_session::SessionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The session cannot be written, for the reasons of [`SessionError`]. The headers stay as they
    /// were: answer with an error, and with no other session.
    pub fn write_to(&mut self, headers: &mut HeaderMap) -> Result<(), SessionError> {
        self.mark_saved();
        self.write(headers)
            .inspect_err(|error| log::write_failed(&self.config.attributes().name, error))
    }

    fn write(&self, headers: &mut HeaderMap) -> Result<(), SessionError> {
        // An upload may take longer than the idle timeout, so this is not the time of the request.
        let now = self.config.unix_time().as_secs();
        let outgoing = if self.is_withheld() {
            self.withhold(log::withheld)
        } else if self.request.is_unproven() && !self.destroyed && !self.is_written(headers, now) {
            self.withhold(log::unproven)
        } else {
            self.outgoing(headers, now)?
        };
        if self.refresh_only && matches!(outgoing, Outgoing::Unchanged) {
            let in_use = self.request.valid_object().is_some();
            if !in_use || response::asks_to_share(headers) {
                return Ok(());
            }
        }
        response::vary(headers);
        if self.config.settings.no_store {
            response::no_store(headers);
        }
        let attributes = self.config.attributes();
        let name = &attributes.name;
        match &outgoing {
            Outgoing::Unchanged => return Ok(()),
            Outgoing::Set {
                cookies, max_age, ..
            } => {
                for EncodedCookie { name, value } in cookies {
                    response::set(headers, attributes, name, value, *max_age);
                }
            }
            Outgoing::Remove => {
                for name in self.config.cookie_names() {
                    response::remove(headers, attributes, name);
                }
            }
            Outgoing::TakeBack => {
                for name in self.config.cookie_names() {
                    response::take_back(headers, attributes, name);
                }
                self.write_binding(headers, &outgoing, now);
                return Ok(());
            }
        }
        self.write_binding(headers, &outgoing, now);
        self.remove_fallback_cookies(headers, matches!(outgoing, Outgoing::Remove));
        if response::keep_private(headers) {
            log::not_shared(name);
        }
        if self.request.is_unreadable() {
            log::replaced_unreadable(name);
        }
        Ok(())
    }

    fn withhold(&self, log: fn(&str)) -> Outgoing<'_> {
        let changed = self
            .changes()
            .map_or(true, |changes| !changes.made.is_empty());
        if changed || self.renewed || self.destroyed {
            log(&self.config.attributes().name);
        }
        Outgoing::Unchanged
    }

    /// The cookies of fallback configs would bring an ended session back. One of our name at
    /// another place would hide what is written now.
    fn remove_fallback_cookies(&self, headers: &mut HeaderMap, removed: bool) {
        let ours = self.config.attributes();
        for fallback in &self.request.fallback_cookies {
            let attributes = fallback.attributes();
            let same_cookie = attributes.same_cookie(ours);
            for name in fallback.cookie_names() {
                let is_our_name = self.config.cookie_names().contains(name);
                let is_ours = is_our_name && same_cookie;
                if (removed || self.destroyed || is_our_name) && !is_ours {
                    response::remove(headers, attributes, name);
                }
            }
        }
    }
}
