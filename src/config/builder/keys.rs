//! The settings of the token: its keys, its algorithm, and the older configs that are still read.

use crate::config::SessionConfig;
use crate::config::builder::SessionConfigBuilder;
use crate::token::key::Key;
use crate::token::mac::Algorithm;

impl SessionConfigBuilder {
    /// Adds a key that verifies sessions but never signs one. None by default; can be called
    /// repeatedly.
    ///
    /// A session that a fallback key verified is signed with the current key when it is returned.
    /// The guide [`keys`](crate::guide::keys) says in which order to deploy.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, Status};
    ///
    /// let (old, new) = (Key::generate(), Key::generate());
    /// let before = SessionConfig::new(old.clone());
    /// let after = SessionConfig::builder(new).fallback_key(old).build()?;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, before.encode(&SessionMap::default())?.parse()?);
    /// let session: Session = Session::from_headers(&headers, &after);
    /// assert_eq!(session.status(), Status::Valid);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fallback_key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Adds a config whose cookie is read if this config finds no valid one. None by default; can
    /// be called repeatedly, and the configs are tried in that order.
    ///
    /// A session that is read this way is written with this config, so sessions move as users
    /// return. Both configs' timeouts apply, except for Express and React Router, whose tokens hold
    /// no time. The fallback config's own fallback configs are not tried. Its cookie stays in the
    /// browser until the session is emptied or destroyed.
    ///
    /// If its cookie can be set by a sibling domain or over plain HTTP, then so can the session.
    /// Decide on a date to remove this call.
    ///
    /// ```
    /// use axum::http::{HeaderMap, header::COOKIE};
    /// use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, Status};
    ///
    /// let key = Key::generate();
    /// let plain = SessionConfig::builder(key.clone()).cookie_name("session").build()?;
    /// let config = SessionConfig::builder(key).fallback_config(plain.clone()).build()?;
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert(COOKIE, plain.encode(&SessionMap::default())?.parse()?);
    /// let session: Session = Session::from_headers(&headers, &config);
    /// assert_eq!(session.status(), Status::Fallback);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fallback_config(mut self, config: SessionConfig) -> Self {
        self.fallback_configs.push(config);
        self
    }

    /// Sets the algorithm, and with it the version of the token. Defaults to
    /// [`Algorithm::HmacSha1`], whose tokens are signed and readable.
    ///
    /// A config reads only the version that it writes. To read another version too, make a config
    /// with that algorithm a [fallback config](Self::fallback_config). The format of another
    /// framework has its own algorithm.
    ///
    /// ```
    /// use axum_cookie_session::{Algorithm, Key, SessionConfig, SessionMap};
    ///
    /// let config = SessionConfig::builder(Key::generate())
    ///     .algorithm(Algorithm::HmacSha1)
    ///     .build()?;
    /// assert!(config.encode(&SessionMap::default())?.starts_with("__Host-session=1."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Sets whether sessions are compressed. Defaults to `false`, because the length of a
    /// compressed session reveals something about its contents (CRIME): see
    /// [`encryption`](crate::guide::encryption).
    ///
    /// JSON of 256 bytes up to 16 KiB is compressed if that makes the cookie shorter. Only servers
    /// with the feature `compression` can read the result, so deploy the feature everywhere first.
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
    ///
    /// let mut data = SessionMap::default();
    /// data.insert("essay", "words, ".repeat(2000));
    ///
    /// let config = SessionConfig::builder(Key::generate()).compress(true).build()?;
    /// assert!(config.encode(&data)?.len() < 200);
    /// let config = SessionConfig::new(Key::generate());
    /// assert!(config.encode(&data).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "compression")]
    #[cfg_attr(docsrs, doc(cfg(feature = "compression")))]
    pub fn compress(mut self, compress: bool) -> Self {
        self.compress = compress;
        self
    }
}
