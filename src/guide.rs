//! Guides: pages that hold no code of the library, each opened by the question that it answers.

#[cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django"
))]
#[doc = include_str!("guide/sharing.md")]
pub mod sharing {}
