//! The tokens of other frameworks.

#[cfg(feature = "django")]
pub(crate) mod django;
#[cfg(feature = "express")]
pub(crate) mod express;
#[cfg(feature = "flask")]
pub(crate) mod flask;
mod itsdangerous;
mod javascript;
#[cfg(feature = "express")]
mod koa;
mod number;
#[cfg(any(feature = "react-router", feature = "rails"))]
mod percent;
#[cfg(feature = "rails")]
pub(crate) mod rails;
#[cfg(feature = "react-router")]
pub(crate) mod react_router;
mod signer;
#[cfg(feature = "starlette")]
pub(crate) mod starlette;
#[cfg(any(feature = "flask", feature = "django"))]
mod zlib;
