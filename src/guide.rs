//! Guides: pages that hold no code of the library, each opened by the question that it answers.

#[doc = include_str!("guide/how_it_works.md")]
pub mod how_it_works {}

#[doc = include_str!("guide/configuration.md")]
pub mod configuration {}

#[doc = include_str!("guide/typed_views.md")]
pub mod typed_views {}

#[doc = include_str!("guide/keys.md")]
pub mod keys {}

#[doc = include_str!("guide/expiry.md")]
pub mod expiry {}

#[doc = include_str!("guide/login.md")]
pub mod login {}

#[doc = include_str!("guide/size.md")]
pub mod size {}

#[doc = include_str!("guide/caching.md")]
pub mod caching {}

#[doc = include_str!("guide/security.md")]
pub mod security {}

#[doc = include_str!("guide/testing.md")]
pub mod testing {}

#[doc = include_str!("guide/websockets.md")]
pub mod websockets {}

#[cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django"
))]
#[doc = include_str!("guide/sharing.md")]
pub mod sharing {}

#[doc = include_str!("guide/troubleshooting.md")]
pub mod troubleshooting {}
