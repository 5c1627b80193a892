//! The tokens of other frameworks.

#[cfg(feature = "django")]
mod django;
#[cfg(feature = "express")]
mod express;
#[cfg(feature = "flask")]
mod flask;
#[cfg(any(feature = "flask", feature = "starlette"))]
mod itsdangerous;
#[cfg(feature = "express")]
mod koa;
#[cfg(any(feature = "flask", feature = "starlette", feature = "django"))]
mod signer;
#[cfg(feature = "starlette")]
mod starlette;
#[cfg(any(feature = "flask", feature = "django"))]
mod zlib;
