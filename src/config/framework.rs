//! The configs that share sessions with other frameworks.

use crate::config::SessionConfig;
use crate::config::builder::SessionConfigBuilder;
use crate::token::framework;
use crate::token::key::Key;

impl SessionConfig {
    /// Starts a config that shares its sessions with a Flask or Quart application.
    ///
    /// `secret` is the application's `SECRET_KEY`, by [`Key::legacy`]; its `SECRET_KEY_FALLBACKS`
    /// are [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie is named `"session"` and
    /// the idle timeout is 31 days, as in Flask; the other attributes are this crate's defaults.
    /// itsdangerous has to be 1.1 or newer, with Flask's own digest and salt.
    ///
    /// Flask does not note when a session began: [`created_at`](crate::Session::created_at) is
    /// [`issued_at`](crate::Session::issued_at), which moves with each write, and an
    /// [`absolute_timeout`](SessionConfigBuilder::absolute_timeout) is refused. If Flask did not make
    /// a session permanent, the browser forgets its cookie when it closes. A token does not name its
    /// cookie: use the secret for one application and one cookie.
    ///
    /// A sign-out here does not remove Flask-Login's `remember_token`. The guide [`sharing`](crate::guide::sharing) has the
    /// recipe, and the settings of Flask that change the cookie's place.
    ///
    /// Flask's tags, which mark tuples, dates and the like, appear as the JSON objects that they
    /// are, such as `{" t": [1, 2]}`, and can be written so. One that Flask could not read, such as
    /// `{" u": "no UUID"}`, is a [`SessionError`](crate::SessionError); a map whose only key has the
    /// name of a tag and that is none, such as `{" t": 1}`, is escaped, so that Flask reads the map;
    /// here it appears as it is written, `{" di": {" t__": 1}}`.
    ///
    /// `{" m": ".."}` is text that Flask trusts as HTML: store no JSON that a visitor made up.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::flask(Key::legacy("Flask's SECRET_KEY")?).build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("session=e30."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "flask")]
    #[cfg_attr(docsrs, doc(cfg(feature = "flask")))]
    pub fn flask(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::new_framework(secret, "session", 31, framework::flask::new)
    }

    /// Starts a config that shares its sessions with a Starlette or FastAPI application.
    ///
    /// `secret` is the middleware's `secret_key`, by [`Key::legacy`]. The cookie is named
    /// `"session"` and the idle timeout is 14 days, as there; the other attributes are this crate's
    /// defaults. An application with another `max_age` needs the same
    /// [`idle_timeout`](SessionConfigBuilder::idle_timeout) here; for `max_age=None` set
    /// `persistent(false)` and `idle_timeout(Duration::MAX)`.
    ///
    /// Starlette does not note when a session began: [`created_at`](crate::Session::created_at) is
    /// [`issued_at`](crate::Session::issued_at), which moves with each write, and an
    /// [`absolute_timeout`](SessionConfigBuilder::absolute_timeout) is refused. A token does not name
    /// its cookie. Starlette verifies with one key alone: change the key on both sides at the same
    /// time, with the old one as a fallback key here.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::starlette(Key::legacy("the secret_key")?).build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("session=e30=."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "starlette")]
    #[cfg_attr(docsrs, doc(cfg(feature = "starlette")))]
    pub fn starlette(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::new_framework(secret, "session", 14, framework::starlette::new)
    }

    /// Starts a config that shares its sessions with an Express application that uses
    /// cookie-session, or with a Koa application that uses koa-session.
    ///
    /// `secret` is the first of the application's `keys`, by [`Key::legacy`]; the others are
    /// [`fallback_key`](SessionConfigBuilder::fallback_key)s. The session is in the cookie
    /// `"session"` and its signature in `"session.sig"`; for Koa set
    /// [`cookie_name`](SessionConfigBuilder::cookie_name) to `"koa.sess"`. Older versions use
    /// `"express:sess"` (cookie-session 1.x) and `"koa:sess"` (koa-session 5) by default. The other
    /// attributes are this crate's defaults. A `Keygrip` with a hash other than SHA-1, and cookies
    /// without a signature (`signed: false`), are not read.
    ///
    /// **An Express session never expires** on the server, because it does not hold a time:
    /// [`build`](SessionConfigBuilder::build) refuses both timeouts,
    /// [`created_at`](crate::Session::created_at) is now, and nothing is refreshed. A Koa session
    /// ends at its `_expire`, and each write moves that. The browser forgets the cookie when it
    /// closes.
    ///
    /// A number that JavaScript would round, and a key that Express drops or Koa fails at, such as
    /// `"constructor"` or `"maxAge"`, are a [`SessionError`](crate::SessionError). koa-session and
    /// cookie-session 1.x drop the keys that begin with `_` when they write, flash messages among
    /// them.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::express(Key::legacy("the first of keys")?).build()?;
    /// let cookies = config.encode(&SessionMap::default())?;
    /// assert!(cookies.starts_with("session=e30=; session.sig="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "express")]
    #[cfg_attr(docsrs, doc(cfg(feature = "express")))]
    pub fn express(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::new_framework(secret, "session", 14, framework::express::new)
    }

    /// Starts a config that shares its sessions with a Django application whose `SESSION_ENGINE`
    /// is `django.contrib.sessions.backends.signed_cookies`.
    ///
    /// `secret` is the application's `SECRET_KEY`, by [`Key::legacy`]; its `SECRET_KEY_FALLBACKS`
    /// are [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie is named `"sessionid"`
    /// and the idle timeout is 14 days, as in Django; the other attributes are this crate's defaults.
    /// An application with another `SESSION_COOKIE_AGE` needs the same
    /// [`idle_timeout`](SessionConfigBuilder::idle_timeout) here, and one with
    /// `SESSION_EXPIRE_AT_BROWSER_CLOSE` needs
    /// [`persistent(false)`](SessionConfigBuilder::persistent). A lifetime that `set_expiry` put into a session
    /// is followed. Django has to sign with SHA-256, as it does since 3.1, and to use its
    /// `JSONSerializer`.
    ///
    /// Django does not note when a session began: [`created_at`](crate::Session::created_at) is
    /// [`issued_at`](crate::Session::issued_at), which moves with each write, and an
    /// [`absolute_timeout`](SessionConfigBuilder::absolute_timeout) is refused. A token does not name
    /// its cookie: use the secret for one cookie.
    ///
    /// A session with `_auth_user_id` is a login in Django only if `_auth_user_hash` fits the stored
    /// password and the user is active: check the same. The guide [`sharing`](crate::guide::sharing) says how.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::django(Key::legacy("Django's SECRET_KEY")?).build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("sessionid=e30:"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "django")]
    #[cfg_attr(docsrs, doc(cfg(feature = "django")))]
    pub fn django(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::new_framework(secret, "sessionid", 14, framework::django::new)
    }

    /// Starts a config that shares its sessions with a React Router or Remix application that uses
    /// `createCookieSessionStorage`.
    ///
    /// `secret` is the first of the cookie's `secrets`, by [`Key::legacy`]; the others are
    /// [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie is named `"__session"`, as
    /// there; the other attributes are this crate's defaults. An application without `secrets` does
    /// not sign its cookies, and cannot share them.
    ///
    /// **The session never expires** on the server, because it does not hold a time:
    /// [`build`](SessionConfigBuilder::build) refuses both timeouts,
    /// [`created_at`](crate::Session::created_at) is now, and nothing is refreshed. The browser
    /// forgets the cookie when it closes; an application with a `maxAge` needs the same
    /// [`max_age`](SessionConfigBuilder::max_age) here. A token does not name its cookie: use the
    /// secret for one application and one cookie.
    ///
    /// What the application stores with `session.flash("K", value)` is in the key `"__flash_K__"`.
    /// If `"K"` is absent, [`get`](crate::SessionMap::get) reads that value and leaves it, and
    /// [`take`](crate::SessionMap::take) removes it. To write one, insert `"__flash_K__"`.
    ///
    /// A number that JavaScript would round is a [`SessionError`](crate::SessionError). The value is
    /// sent percent-encoded, and its length is counted so. React Router fails to write a
    /// `Set-Cookie` line of more than 4096 characters, attributes included: leave about 100 bytes.
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let config = SessionConfig::react_router(Key::legacy("the first of secrets")?).build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("__session=e30%3D."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "react-router")]
    #[cfg_attr(docsrs, doc(cfg(feature = "react-router")))]
    pub fn react_router(secret: Key) -> SessionConfigBuilder {
        SessionConfigBuilder::new_framework(secret, "__session", 14, framework::react_router::new)
    }

    /// Starts a config that shares its sessions with a Rails application, of Rails 7.0 or newer.
    ///
    /// `secret` is the application's `secret_key_base`, by [`Key::legacy`]; those of
    /// `cookies_rotations` are [`fallback_key`](SessionConfigBuilder::fallback_key)s. `cookie_name`
    /// is the `key` of its session store, which is `"_"`, the application's name and `"_session"` by
    /// default. The other attributes are this crate's defaults. The application has to use the
    /// cookie store, AES-256-GCM, `cookies_serializer = :json` (or `:hybrid`), and SHA-256 as its
    /// `hash_digest_class`, as `load_defaults 7.0` sets it; for SHA-1, see `rails_sha1`. A session
    /// that Marshal wrote is not read: [`Reason::InvalidPayload`](crate::Reason::InvalidPayload).
    ///
    /// The session is encrypted, so users cannot read it. A token names its cookie. About 1900 bytes
    /// of JSON fit. The length varies by up to 100 bytes between two writes of one session, because
    /// the encrypted bytes are random and the value is sent percent-encoded: leave room for that.
    ///
    /// **A session never expires** on the server, unless the application sets `expire_after`: give
    /// the same time to [`idle_timeout`](SessionConfigBuilder::idle_timeout), which then is in each
    /// token. [`created_at`](crate::Session::created_at) is
    /// [`issued_at`](crate::Session::issued_at), which is now without `idle_timeout`, and an
    /// [`absolute_timeout`](SessionConfigBuilder::absolute_timeout) is refused.
    ///
    /// Rails' keys `"session_id"` and `"_csrf_token"` are kept. Its flash is the key `"flash"`; the
    /// guide [`sharing`](crate::guide::sharing) says how to show it. A value that Rails could not read, such as a `"flash"` of
    /// another form, is a [`SessionError`](crate::SessionError).
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let secret = Key::legacy("the secret_key_base")?;
    /// let config = SessionConfig::rails(secret, "_shop_session").build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("_shop_session="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "rails")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rails")))]
    pub fn rails(secret: Key, cookie_name: impl Into<String>) -> SessionConfigBuilder {
        let name = cookie_name.into();
        SessionConfigBuilder::new_framework(secret, &name, 14, framework::rails::new)
    }

    /// Starts a config that shares its sessions with a Rails application whose keys are derived with
    /// SHA-1: the default before Rails 7.0.
    ///
    /// Everything else is as with [`rails`](Self::rails).
    ///
    /// ```
    /// use axum_cookie_session::{SessionMap, Key, SessionConfig};
    ///
    /// let secret = Key::legacy("the secret_key_base")?;
    /// let config = SessionConfig::rails_sha1(secret, "_shop_session").build()?;
    /// let cookie = config.encode(&SessionMap::default())?;
    /// assert!(cookie.starts_with("_shop_session="));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "rails")]
    #[cfg_attr(docsrs, doc(cfg(feature = "rails")))]
    pub fn rails_sha1(secret: Key, cookie_name: impl Into<String>) -> SessionConfigBuilder {
        let name = cookie_name.into();
        SessionConfigBuilder::new_framework(secret, &name, 14, framework::rails::new_sha1)
    }
}
