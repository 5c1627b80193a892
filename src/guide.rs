//! Guides: pages that hold no code of the library, each opened by the question that it answers.

#[doc = include_str!("guide/how_it_works.md")]
pub mod how_it_works {}

#[doc = include_str!("guide/configuration.md")]
pub mod configuration {}

#[doc = include_str!("guide/typed_sessions.md")]
pub mod typed_sessions {}

#[doc = include_str!("guide/keys.md")]
pub mod keys {}

#[doc = include_str!("guide/expiry.md")]
pub mod expiry {}

#[doc = include_str!("guide/login.md")]
pub mod login {}

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

#[cfg(feature = "device-bound")]
#[cfg_attr(docsrs, doc(cfg(feature = "device-bound")))]
#[doc = include_str!("guide/device_bound.md")]
pub mod device_bound {}

#[doc = include_str!("guide/testing.md")]
pub mod testing {}

#[doc = include_str!("guide/websockets.md")]
pub mod websockets {}

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

#[cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django",
    feature = "react-router",
    feature = "rails"
))]
#[doc = include_str!("guide/sharing.md")]
pub mod sharing {}
