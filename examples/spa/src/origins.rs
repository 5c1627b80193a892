//! The origins whose scripts may open a WebSocket.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderValue;
use axum::http::header::{InvalidHeaderValue, ORIGIN};
use axum::http::request::Parts;

use crate::problem::Problem;

#[derive(Clone)]
pub(crate) struct Origins(Arc<[HeaderValue]>);

impl Origins {
    pub(crate) fn new(origins: [&str; 2]) -> Result<Self, InvalidHeaderValue> {
        let origins = origins.iter().map(|origin| origin.parse());
        Ok(Self(origins.collect::<Result<_, _>>()?))
    }
}

/// A request from a script of one of the [`Origins`].
///
/// Neither CORS nor the CSRF layer apply to a WebSocket, because its request is a `GET`. From
/// another port or subdomain, which are the same site, it brings the cookie under any `SameSite`.
pub(crate) struct Trusted;

impl<S> FromRequestParts<S> for Trusted
where
    Origins: FromRef<S>,
    S: Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Origins(trusted) = Origins::from_ref(state);
        match parts.headers.get(ORIGIN) {
            Some(origin) if trusted.contains(origin) => Ok(Self),
            _ => Err(Problem::CROSS_ORIGIN),
        }
    }
}
