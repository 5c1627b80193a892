//! Guides, one page for each question.
//!
//! Read in this order if you are new:
//!
//! 1. [`how_it_works`]: what happens between the request and the response, and what is in the
//!    cookie
//! 2. [`responses`]: where the session goes in a response, with statuses, redirects and errors
//! 3. [`typed_sessions`]: a struct instead of a map, and one session in several extractors
//! 4. [`login`]: signing in and out, "remember me", passwords, fixation, cross-site forms
//! 5. [`configuration`]: all settings, and plain HTTP while you develop
//! 6. [`testing`]: a route that needs a login, and the clock
//!
//! Before you go live:
//!
//! 7. [`keys`]: making, storing and rotating them
//! 8. [`expiry`]: both timeouts and the refresh
//! 9. [`security`]: what is protected, and what is left to you
//! 10. [`caching`]: CDNs, proxies and the Back button
//! 11. [`size`]: what fits, and what to do when it does not
//!
//! When you need it:
//!
//! * [`troubleshooting`]: it does not compile, or the session does not come back
//! * [`openid`]: sign-in with OpenID Connect
//! * [`passkeys`]: passkeys, password-reset links, codes by e-mail, and what else is used once
//! * [`revocation`]: logging users out on all devices, with Redis, SQLite or Postgres
//! * [`encryption`]: sessions that users cannot read, or that hold more
//! * [`device_bound`]: a stolen cookie that stops working
//! * [`websockets`]: WebSockets, streams and background work
//! * [`single_page_apps`]: an API for a page of another origin, and the order of the layers
//! * [`integrations`]: htmx, async-graphql, Leptos, aide and Loco
//! * [`sharing`]: sessions shared with Flask, FastAPI, Express, Django, React Router and Rails
//! * [`coming_from`]: moving from another session crate
//! * [`comparison`]: which session crate to use

#[doc = include_str!("guide/how_it_works.md")]
pub mod how_it_works {}

#[doc = include_str!("guide/configuration.md")]
pub mod configuration {}

#[doc = include_str!("guide/responses.md")]
pub mod responses {}

#[doc = include_str!("guide/typed_sessions.md")]
pub mod typed_sessions {}

#[doc = include_str!("guide/keys.md")]
pub mod keys {}

#[doc = include_str!("guide/expiry.md")]
pub mod expiry {}

#[doc = include_str!("guide/login.md")]
pub mod login {}

#[doc = include_str!("guide/openid.md")]
pub mod openid {}

#[doc = include_str!("guide/passkeys.md")]
pub mod passkeys {}

#[doc = include_str!("guide/revocation.md")]
pub mod revocation {}

#[doc = include_str!("guide/size.md")]
pub mod size {}

#[doc = include_str!("guide/encryption.md")]
pub mod encryption {}

#[doc = include_str!("guide/caching.md")]
pub mod caching {}

#[doc = include_str!("guide/security.md")]
pub mod security {}

// The examples of these two pages need their features, and the pages are there without them.
#[cfg_attr(any(not(doctest), feature = "device-bound"), doc = include_str!("guide/device_bound.md"))]
pub mod device_bound {}

#[doc = include_str!("guide/testing.md")]
pub mod testing {}

#[doc = include_str!("guide/websockets.md")]
pub mod websockets {}

#[doc = include_str!("guide/single_page_apps.md")]
pub mod single_page_apps {}

#[doc = include_str!("guide/integrations.md")]
pub mod integrations {}

#[doc = include_str!("guide/troubleshooting.md")]
pub mod troubleshooting {}

#[doc = include_str!("guide/coming_from.md")]
pub mod coming_from {
    #[doc = include_str!("guide/coming_from/actix_session.md")]
    pub mod actix_session {}

    #[doc = include_str!("guide/coming_from/axum_login.md")]
    pub mod axum_login {}

    #[doc = include_str!("guide/coming_from/axum_session.md")]
    pub mod axum_session {}

    #[doc = include_str!("guide/coming_from/axum_sessions.md")]
    pub mod axum_sessions {}

    #[doc = include_str!("guide/coming_from/flask_and_rails.md")]
    pub mod flask_and_rails {}

    #[doc = include_str!("guide/coming_from/signed_cookie_jar.md")]
    pub mod signed_cookie_jar {}

    #[doc = include_str!("guide/coming_from/tower_sessions.md")]
    pub mod tower_sessions {}
}

#[doc = include_str!("guide/comparison.md")]
pub mod comparison {}

#[cfg_attr(
    any(
        not(doctest),
        all(
            feature = "flask",
            feature = "starlette",
            feature = "express",
            feature = "django",
            feature = "react-router",
            feature = "rails"
        )
    ),
    doc = include_str!("guide/sharing.md")
)]
pub mod sharing {}
