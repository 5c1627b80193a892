//! The settings of the cookie and of the response that sets it.

use std::time::Duration;

use crate::config::builder::SessionConfigBuilder;
use crate::cookie::same_site::SameSite;

impl SessionConfigBuilder {
    /// Sets the name of the cookie. Defaults to `"__Host-session"`.
    ///
    /// Browsers accept a `__Host-` cookie only if it is Secure, has the path `/`, and has no
    /// Domain, so a sibling subdomain cannot set one (RFC 6265bis, section 4.1.3.2). The name is
    /// part of the signing key: to rename the cookie of a live site, make the old config a
    /// [fallback config](Self::fallback_config).
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        self.attributes.name = name.into();
        self
    }

    /// Sets the path below which the browser sends the cookie. Defaults to `"/"`.
    ///
    /// Another path needs a name without the prefix `__Host-`. Paths do not isolate the
    /// applications of one host from each other (RFC 6265bis, section 8.6).
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.attributes.path = path.into();
        self
    }

    /// Shares the cookie with all hosts below a domain. By default, only the host that set the
    /// cookie receives it.
    ///
    /// A Domain needs a name without the prefix `__Host-`, because every host below the domain can
    /// then set the cookie. Browsers drop the cookie unless the domain is the server's own host or
    /// above it.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.attributes.domain = Some(domain.into());
        self
    }

    /// Sets whether the browser sends the cookie over HTTPS only. Defaults to `true`.
    ///
    /// `false` is for development, and needs a name without the prefixes `__Host-` and `__Secure-`.
    /// The guide [`configuration`](crate::guide::configuration#while-you-develop) lists the clients
    /// that need it on localhost.
    pub fn secure(mut self, secure: bool) -> Self {
        self.attributes.secure = secure;
        self
    }

    /// Sets whether the cookie is hidden from scripts. Defaults to `true`, so that an injected
    /// script cannot copy it.
    pub fn http_only(mut self, http_only: bool) -> Self {
        self.attributes.http_only = http_only;
        self
    }

    /// Sets when the browser sends the cookie with requests that another site starts. Defaults to
    /// [`SameSite::Lax`], so that links to your site arrive signed in and forms of other sites do
    /// not.
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.attributes.same_site = same_site;
        self
    }

    /// Sets whether an embedded site has a separate cookie for each site that embeds it (CHIPS).
    /// Defaults to `false`.
    pub fn partitioned(mut self, partitioned: bool) -> Self {
        self.attributes.partitioned = partitioned;
        self
    }

    /// Sets whether the browser keeps the cookie when it closes. Defaults to `true`, except for
    /// Express and React Router.
    ///
    /// `false` leaves `Max-Age` out, which makes a session cookie (RFC 6265bis, section 4.1.2.2).
    /// The timeouts still apply. A browser that restores its tabs restores session cookies too.
    pub fn persistent(mut self, persistent: bool) -> Self {
        self.persistent = persistent;
        self
    }

    /// Sets how long the browser is asked to keep the cookie, at least one second, in a format
    /// whose tokens hold no time (Express, React Router). By default the browser forgets it when it
    /// closes.
    ///
    /// The server does not enforce it. In every other format the lifetime follows from the
    /// timeouts, and [`build`](Self::build) refuses this setting.
    ///
    #[cfg_attr(feature = "express", doc = "```")]
    #[cfg_attr(not(feature = "express"), doc = "```ignore")]
    /// use std::time::Duration;
    ///
    /// use axum::http::HeaderMap;
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::express(Key::legacy("the first of keys")?)
    ///     .max_age(Duration::from_secs(24 * 60 * 60))
    ///     .build()?;
    /// let mut session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// session.insert("user", "ada");
    /// let response = session.into_response();
    /// assert!(response.headers()["set-cookie"].to_str()?.contains("Max-Age=86400"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Sets whether every response that returns a session says `Cache-Control: no-store`. Defaults
    /// to `false`.
    ///
    /// Without it, the Back button can show a private page after the user signed out. It replaces a
    /// `Cache-Control` header that the response already has.
    ///
    /// ```
    /// use axum::http::HeaderMap;
    /// use axum::response::IntoResponse;
    /// use axum_cookie_session::{Key, Session, SessionConfig};
    ///
    /// let config = SessionConfig::builder(Key::generate()).no_store(true).build()?;
    /// let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    /// let response = (session, "private").into_response();
    /// assert_eq!(response.headers()["cache-control"], "no-store");
    /// # Ok::<(), axum_cookie_session::ConfigError>(())
    /// ```
    pub fn no_store(mut self, no_store: bool) -> Self {
        self.no_store = no_store;
        self
    }
}
