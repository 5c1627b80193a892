//! The secret that signs.

use std::env;
use std::fmt;

use zeroize::Zeroizing;

use crate::token::mac::{Hash, hmac};
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
use crate::token::random::OPERATING_SYSTEM;

/// Secret that signs and verifies sessions.
///
/// Anyone who has it can impersonate any user, so keep it in the environment or in a secret store,
/// and not in the source. Its memory is zeroed when the last clone is dropped, its `Debug` output
/// is `Key(..)`, and two keys are compared in constant time.
///
/// ```
/// use axum_cookie_session::Key;
///
/// // The output of `openssl rand -base64 48`, which your application reads from its secret store.
/// let secret = "3q2+7w0ZbTuPm1c5b8k1vB0rQ1f3Jt0dYw7nX9aLq2hT4eZsC6uVgKpRiM8oNxEf";
/// let key = Key::new(secret)?;
/// assert_eq!(format!("{key:?}"), "Key(..)");
/// # Ok::<(), axum_cookie_session::KeyError>(())
/// ```
#[derive(Clone)]
pub struct Key(Zeroizing<Vec<u8>>);

impl Key {
    const MIN_LEN: usize = 32;

    /// Makes a key of at least 32 bytes. They are used as they are; nothing is decoded.
    ///
    /// ```
    /// use axum_cookie_session::Key;
    ///
    /// assert!(Key::new([7; 32]).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// The secret has fewer than 32 bytes. The error says how to make a key.
    ///
    /// ```
    /// use axum_cookie_session::Key;
    ///
    /// let error = Key::new("too short").unwrap_err();
    /// assert!(error.to_string().contains("openssl rand -base64 48"));
    /// ```
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::at_least(Self::MIN_LEN, secret.as_ref())
    }

    /// Reads a key of at least 32 bytes from an environment variable. They are used as they are.
    ///
    /// ```
    /// use axum_cookie_session::Key;
    ///
    /// // Only to try the application out: in production, a missing variable is an error.
    /// let key = match Key::from_env("SESSION_KEY") {
    ///     Err(error) if error.is_missing() => Key::generate(),
    ///     key => key?,
    /// };
    /// assert_eq!(format!("{key:?}"), "Key(..)");
    /// # Ok::<(), axum_cookie_session::KeyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The variable is not set ([`KeyError::is_missing`]), or it has fewer than 32 bytes. The error
    /// names the variable, says how to make a key, and does not show what the variable holds.
    ///
    /// ```
    /// use axum_cookie_session::Key;
    ///
    /// assert_eq!(
    ///     Key::from_env("NO_SUCH_VARIABLE").unwrap_err().to_string(),
    ///     r#"NO_SUCH_VARIABLE is not set: make a key with `export NO_SUCH_VARIABLE="$(openssl rand -base64 48)"`"#,
    /// );
    /// ```
    pub fn from_env(name: &str) -> Result<Self, KeyError> {
        let error = |problem| KeyError {
            variable: Some(name.to_owned()),
            problem,
        };
        let value = env::var_os(name).ok_or_else(|| error(Problem::Missing))?;
        let secret = Zeroizing::new(value.into_encoded_bytes());
        Self::at_least(Self::MIN_LEN, &secret).map_err(|short| error(short.problem))
    }

    /// Makes a key of the secret of an existing application, even if it is short.
    ///
    /// It is for sharing sessions with an application whose secret you cannot change yet. An
    /// attacker with a single cookie can guess a short secret, so use [`Key::new`] for your own.
    ///
    /// ```
    /// use axum_cookie_session::Key;
    ///
    /// assert!(Key::legacy("dev").is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// The secret is empty.
    ///
    /// ```
    /// use axum_cookie_session::Key;
    ///
    /// assert!(Key::legacy("").is_err());
    /// ```
    pub fn legacy(secret: impl AsRef<[u8]>) -> Result<Self, KeyError> {
        Self::at_least(1, secret.as_ref())
    }

    /// Draws 32 bytes from the operating system's random source.
    ///
    /// It is absent on `wasm32-unknown-unknown`, which does not have one.
    ///
    /// It is for tests and for trying out: each start of the program has another key, which logs
    /// all users out, and several instances cannot read each other's sessions.
    ///
    /// ```
    /// use axum_cookie_session::Key;
    ///
    /// assert_ne!(Key::generate(), Key::generate());
    /// ```
    ///
    /// # Panics
    ///
    /// If the operating system does not provide random bytes.
    #[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
    #[must_use]
    pub fn generate() -> Self {
        let mut secret = Zeroizing::new(vec![0; Self::MIN_LEN]);
        OPERATING_SYSTEM(&mut secret).expect("the operating system has a random source");
        Self(secret)
    }

    fn at_least(min: usize, secret: &[u8]) -> Result<Self, KeyError> {
        if secret.len() < min {
            let len = secret.len();
            return Err(KeyError {
                variable: None,
                problem: Problem::TooShort { len, min },
            });
        }
        Ok(Self(Zeroizing::new(secret.to_vec())))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for Key {
    // Comparing MACs of the two secrets leaves the constant-time work to hmac.
    fn eq(&self, other: &Self) -> bool {
        let mac = hmac(Hash::Sha1, b"axum-cookie-session key equality");
        mac.verify(&[self.as_bytes()], &mac.tag(&[other.as_bytes()]))
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Error of [`Key::new`], [`Key::from_env`] and [`Key::legacy`]: the secret is too short, or
/// missing.
///
/// ```
/// use axum_cookie_session::Key;
///
/// assert_eq!(
///     Key::new("secret").unwrap_err().to_string(),
///     "the key has 6 bytes and needs at least 32: make one with `openssl rand -base64 48`",
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct KeyError {
    variable: Option<String>,
    problem: Problem,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Problem {
    Missing,
    TooShort { len: usize, min: usize },
}

impl KeyError {
    /// Returns whether the environment variable of [`Key::from_env`] is not set.
    ///
    /// ```
    /// use axum_cookie_session::Key;
    ///
    /// assert!(Key::from_env("NO_SUCH_VARIABLE").unwrap_err().is_missing());
    /// assert!(!Key::new("too short").unwrap_err().is_missing());
    /// ```
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.problem == Problem::Missing
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = self.variable.as_deref();
        match self.problem {
            Problem::Missing => write!(f, "{} is not set", variable.unwrap_or("the variable"))?,
            Problem::TooShort { len, min } => {
                match variable {
                    Some(variable) => write!(f, "the key in {variable} has")?,
                    None => write!(f, "the key has")?,
                }
                write!(f, " {len} bytes and needs at least {min}")?;
            }
        }
        match variable {
            Some(variable) => write!(
                f,
                r#": make a key with `export {variable}="$(openssl rand -base64 48)"`"#
            ),
            None => write!(f, ": make one with `openssl rand -base64 48`"),
        }
    }
}

/// The same text as `Display`, because `fn main() -> Result<..>` prints the `Debug` of an error.
impl fmt::Debug for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for KeyError {}
