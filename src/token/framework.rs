//! The tokens of other frameworks.

#[cfg(feature = "django")]
pub(crate) mod django;
#[cfg(feature = "express")]
pub(crate) mod express;
#[cfg(feature = "flask")]
pub(crate) mod flask;
#[cfg(any(feature = "flask", feature = "starlette"))]
mod itsdangerous;
#[cfg(feature = "express")]
mod koa;
mod number;
#[cfg(any(feature = "flask", feature = "starlette", feature = "django"))]
mod signer;
#[cfg(feature = "starlette")]
pub(crate) mod starlette;
#[cfg(any(feature = "flask", feature = "django"))]
mod zlib;
