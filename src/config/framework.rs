//! The configs that share sessions with other frameworks.

use crate::config::SessionConfig;
use crate::config::builder::SessionConfigBuilder;
use crate::token::framework;
use crate::token::key::Key;

impl SessionConfig {
    /// Starts a config that shares its sessions with a Flask or Quart application.
    ///
    /// `secret` is the application's `SECRET_KEY`, from [`Key::legacy`]. Its `SECRET_KEY_FALLBACKS`
    /// are [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie is named `"session"`
    /// and the idle timeout is 31 days, as in Flask. The other attributes are this crate's
    /// defaults. The application needs itsdangerous 1.1 or newer, with Flask's own digest and salt.
    ///
    /// * Flask's tokens do not say when a session began. So
    ///   [`created_at`](crate::Session::created_at) is [`issued_at`](crate::Session::issued_at),
    ///   which moves with each write, and [`build`](SessionConfigBuilder::build) refuses an
    ///   [`absolute_timeout`](SessionConfigBuilder::absolute_timeout).
    /// * If Flask did not make a session permanent, the browser forgets its cookie when it closes.
    /// * A token does not name its cookie, so use the secret for only one application and one
    ///   cookie.
    /// * A sign-out here does not remove Flask-Login's `remember_token`. The guide
    ///   [`sharing`](crate::guide::sharing) shows how to, and which settings of Flask change the
    ///   cookie's place.
    /// * Flask marks tuples, dates and other types with tags. Here they are the JSON objects that
    ///   Flask stores, such as `{" t": [1, 2]}`, and you can write them. A tag that Flask could not
    ///   read, such as `{" u": "not a UUID"}`, is a [`SessionError`](crate::SessionError). A map
    ///   that only looks like a tag, such as `{" t": 1}`, is escaped as Flask escapes it, `{" di":
    ///   {" t__": 1}}`.
    /// * Flask trusts `{" m": ".."}` as HTML, so do not store JSON that a user made up.
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
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
    /// `secret` is the middleware's `secret_key`, from [`Key::legacy`]. The cookie is named
    /// `"session"` and the idle timeout is 14 days, as in Starlette. The other attributes are this
    /// crate's defaults. If the application has another `max_age`, set the same
    /// [`idle_timeout`](SessionConfigBuilder::idle_timeout) here. For `max_age=None`, set
    /// `persistent(false)` and `idle_timeout(Duration::MAX)`.
    ///
    /// * Starlette's tokens do not say when a session began. So
    ///   [`created_at`](crate::Session::created_at) is [`issued_at`](crate::Session::issued_at),
    ///   which moves with each write, and [`build`](SessionConfigBuilder::build) refuses an
    ///   [`absolute_timeout`](SessionConfigBuilder::absolute_timeout).
    /// * A token does not name its cookie, so use the secret for only one application and one
    ///   cookie.
    /// * Starlette verifies with only one key. Change the key on both sides at the same time, and
    ///   make the old one a fallback key here.
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
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
    /// `secret` is the first of the application's `keys`, from [`Key::legacy`]. The others are
    /// [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie `"session"` holds the
    /// session, and `"session.sig"` its signature. For Koa, set
    /// [`cookie_name`](SessionConfigBuilder::cookie_name) to `"koa.sess"`. Older versions use
    /// `"express:sess"` (cookie-session 1.x) and `"koa:sess"` (koa-session 5) by default. The other
    /// attributes are this crate's defaults. A `Keygrip` with a hash other than SHA-1 and cookies
    /// without a signature (`signed: false`) are not supported.
    ///
    /// * **An Express session never expires** on the server, because its cookie does not hold a
    ///   time. So [`build`](SessionConfigBuilder::build) refuses both timeouts,
    ///   [`created_at`](crate::Session::created_at) is now, and a session is never refreshed. A Koa
    ///   session ends at its `_expire`, which each write moves.
    /// * The browser forgets the cookie when it closes, unless you set
    ///   [`max_age`](SessionConfigBuilder::max_age).
    /// * A number that JavaScript would round is a [`SessionError`](crate::SessionError). So is a
    ///   key that Express drops or that makes Koa fail, such as `"constructor"` or `"maxAge"`.
    /// * When koa-session and cookie-session 1.x write a session, they drop keys that begin with
    ///   `_`, such as the flash messages of this crate.
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
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
    /// `secret` is the application's `SECRET_KEY`, from [`Key::legacy`]. Its `SECRET_KEY_FALLBACKS`
    /// are [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie is named `"sessionid"`
    /// and the idle timeout is 14 days, as in Django. The other attributes are this crate's
    /// defaults. If the application has another `SESSION_COOKIE_AGE`, set the same
    /// [`idle_timeout`](SessionConfigBuilder::idle_timeout) here. For
    /// `SESSION_EXPIRE_AT_BROWSER_CLOSE`, set
    /// [`persistent(false)`](SessionConfigBuilder::persistent). Django must sign with SHA-256, as
    /// it does since 3.1, and use its `JSONSerializer`.
    ///
    /// * Django's tokens do not say when a session began. So
    ///   [`created_at`](crate::Session::created_at) is [`issued_at`](crate::Session::issued_at),
    ///   which moves with each write, and [`build`](SessionConfigBuilder::build) refuses an
    ///   [`absolute_timeout`](SessionConfigBuilder::absolute_timeout).
    /// * The lifetime that `set_expiry` put into a session is respected.
    /// * A token does not name its cookie, so use the secret for only one cookie.
    /// * A session with `_auth_user_id` is a login in Django only if `_auth_user_hash` matches the
    ///   stored password and the user is active. Check both here too: the guide
    ///   [`sharing`](crate::guide::sharing) shows how.
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
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
    /// `secret` is the first of the cookie's `secrets`, from [`Key::legacy`]. The others are
    /// [`fallback_key`](SessionConfigBuilder::fallback_key)s. The cookie is named `"__session"`, as
    /// in React Router. The other attributes are this crate's defaults. An application without
    /// `secrets` does not sign its cookies, so it cannot share them.
    ///
    /// * **The session never expires** on the server, because its cookie does not hold a time. So
    ///   [`build`](SessionConfigBuilder::build) refuses both timeouts,
    ///   [`created_at`](crate::Session::created_at) is now, and a session is never refreshed.
    /// * The browser forgets the cookie when it closes. If the application has a `maxAge`, set the
    ///   same [`max_age`](SessionConfigBuilder::max_age) here.
    /// * A token does not name its cookie, so use the secret for only one application and one
    ///   cookie.
    /// * A value that the application stores with `session.flash("K", value)` is in the key
    ///   `"__flash_K__"`. If `"K"` is absent, [`get`](crate::SessionMap::get) reads that value and
    ///   keeps it, and [`take`](crate::SessionMap::take) removes it. To write one, insert
    ///   `"__flash_K__"`.
    /// * A number that JavaScript would round is a [`SessionError`](crate::SessionError).
    /// * The value is sent percent-encoded, and its length is counted that way. React Router cannot
    ///   write a `Set-Cookie` line of more than 4096 characters, attributes included, so leave
    ///   about 100 bytes.
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
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
    /// `secret` is the application's `secret_key_base`, from [`Key::legacy`]. The secrets of its
    /// `cookies_rotations` are [`fallback_key`](SessionConfigBuilder::fallback_key)s. `cookie_name`
    /// is the `key` of its session store, by default `"_"`, the application's name, and
    /// `"_session"`. The other attributes are this crate's defaults. The application must use the
    /// cookie store, AES-256-GCM, `cookies_serializer = :json` (or `:hybrid`), and SHA-256 as its
    /// `hash_digest_class`, which `load_defaults 7.0` sets. For SHA-1, see `rails_sha1`. A session
    /// that Marshal wrote is rejected: [`Reason::InvalidPayload`](crate::Reason::InvalidPayload).
    ///
    /// * The session is encrypted, so users cannot read it.
    /// * About 1900 bytes of JSON fit. The length varies by up to 100 bytes between two writes of
    ///   one session, because the encrypted bytes are random and sent percent-encoded, so leave
    ///   room for that.
    /// * **A session never expires** on the server, unless the application sets `expire_after`. If
    ///   it does, set the same [`idle_timeout`](SessionConfigBuilder::idle_timeout) here, and each
    ///   token holds it.
    /// * Rails' tokens do not say when a session began. So
    ///   [`created_at`](crate::Session::created_at) is [`issued_at`](crate::Session::issued_at), or
    ///   now without an `idle_timeout`, and [`build`](SessionConfigBuilder::build) refuses an
    ///   [`absolute_timeout`](SessionConfigBuilder::absolute_timeout).
    /// * Rails' keys `"session_id"` and `"_csrf_token"` are kept. Its flash is in the key
    ///   `"flash"`: the guide [`sharing`](crate::guide::sharing) says how to show it. A value that
    ///   Rails could not read, such as a `"flash"` of another form, is a
    ///   [`SessionError`](crate::SessionError).
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
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

    /// Starts a config that shares its sessions with a Rails application whose keys are derived
    /// with SHA-1: the default before Rails 7.0.
    ///
    /// Everything else is as with [`rails`](Self::rails).
    ///
    /// ```
    /// use axum_cookie_session::{Key, SessionConfig, SessionMap};
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
