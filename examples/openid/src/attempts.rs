//! The sign-ins that this browser has begun and not finished: one for each tab.

use axum_cookie_session::{Session, SessionConfig};
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};
use serde::{Deserialize, Serialize};

/// In how many tabs a user can be at the provider at once. The oldest one gives way.
const MAX: usize = 5;

/// They are in a cookie of their own, which ends after ten minutes.
pub(crate) type SignIn = Session<Attempts, SignInConfig>;

/// A type of its own, by which the state tells the two configs apart.
#[derive(Clone)]
pub(crate) struct SignInConfig(pub(crate) SessionConfig);

impl AsRef<SessionConfig> for SignInConfig {
    fn as_ref(&self) -> &SessionConfig {
        &self.0
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Attempts {
    // Without the key, the session is empty and the cookie goes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<Attempt>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) state: CsrfToken,
    pub(crate) nonce: Nonce,
    pub(crate) verifier: PkceCodeVerifier,
}

impl Attempts {
    pub(crate) fn add(&mut self, attempt: Attempt) {
        while self.attempts.len() >= MAX {
            self.attempts.remove(0);
        }
        self.attempts.push(attempt);
    }

    /// Takes the attempt out: each one is used once.
    pub(crate) fn take(&mut self, state: &str) -> Option<Attempt> {
        let is_it = |attempt: &Attempt| attempt.state.secret() == state;
        let index = self.attempts.iter().position(is_it)?;
        Some(self.attempts.remove(index))
    }
}
