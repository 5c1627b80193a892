//! The traits of every public type: for threads, panics and `Box<dyn Error>`.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::error::Error;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::panic::{RefUnwindSafe, UnwindSafe};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, IntoResponseParts};
use axum_cookie_session::{
    Algorithm, ConfigError, Flash, Key, KeyError, MemoryRevocation, Reason, Revocation,
    RevocationStatus, SameSite, Session, SessionConfig, SessionConfigBuilder, SessionData,
    SessionError, SessionMap, Status, VerifiedSession,
};
use serde::{Deserialize, Serialize};

/// A typed session of the application.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Cart {
    items: Vec<u32>,
}

/// A typed session that cannot be cloned.
#[derive(Default, Serialize, Deserialize)]
struct Single(std::collections::BTreeMap<String, u32>);

fn threads<T: Send + Sync + Unpin + 'static>() {}
fn unwinds<T: UnwindSafe + RefUnwindSafe>() {}
fn clones<T: Clone>() {}
fn copies<T: Copy>() {}
fn defaults<T: Default>() {}
fn debugs<T: Debug>() {}
fn equals<T: Eq>() {}
fn hashes<T: Hash>() {}
fn errors<T: Error + Display + Debug + Send + Sync + 'static>() {}
fn session_data<T: SessionData>() {}
fn extracts<T: FromRequestParts<SessionConfig, Rejection = std::convert::Infallible>>() {}
fn returns<T: IntoResponse + IntoResponseParts<Error = SessionError>>() {}

#[test]
fn every_type_is_send_sync_and_unpin() {
    threads::<Session>();
    threads::<Session<Cart>>();
    threads::<Session<Single>>();
    threads::<SessionMap>();
    threads::<Flash>();
    threads::<SessionConfig>();
    threads::<SessionConfigBuilder>();
    threads::<Key>();
    threads::<KeyError>();
    threads::<ConfigError>();
    threads::<SessionError>();
    threads::<Algorithm>();
    threads::<SameSite>();
    threads::<Status>();
    threads::<Reason>();
    threads::<MemoryRevocation>();
    threads::<VerifiedSession<'_>>();
    threads::<RevocationStatus>();
    #[cfg(feature = "device-bound")]
    threads::<axum_cookie_session::DeviceBound>();
}

#[test]
fn every_type_without_a_clock_is_unwind_safe() {
    unwinds::<SessionMap>();
    unwinds::<Flash>();
    unwinds::<Key>();
    unwinds::<KeyError>();
    unwinds::<ConfigError>();
    unwinds::<SessionError>();
    unwinds::<Algorithm>();
    unwinds::<SameSite>();
    unwinds::<Status>();
    unwinds::<Reason>();
    unwinds::<MemoryRevocation>();
    unwinds::<VerifiedSession<'_>>();
    unwinds::<RevocationStatus>();
    #[cfg(feature = "device-bound")]
    unwinds::<axum_cookie_session::DeviceBound>();
}

#[test]
fn value_types_can_be_cloned() {
    clones::<Session>();
    clones::<Session<Cart>>();
    clones::<SessionMap>();
    clones::<Flash>();
    clones::<SessionConfig>();
    clones::<Key>();
    clones::<KeyError>();
    clones::<ConfigError>();
    copies::<Algorithm>();
    copies::<SameSite>();
    copies::<Status>();
    copies::<Reason>();
    copies::<RevocationStatus>();
    clones::<MemoryRevocation>();
    defaults::<MemoryRevocation>();
    defaults::<SessionMap>();
    #[cfg(feature = "device-bound")]
    defaults::<axum_cookie_session::DeviceBound>();
}

#[test]
fn every_type_implements_debug() {
    debugs::<Session>();
    debugs::<Session<Cart>>();
    debugs::<Session<Single>>();
    debugs::<SessionMap>();
    debugs::<Flash>();
    debugs::<SessionConfig>();
    debugs::<SessionConfigBuilder>();
    #[cfg(feature = "device-bound")]
    debugs::<axum_cookie_session::DeviceBound>();
    clones::<SessionConfigBuilder>();
    #[cfg(feature = "device-bound")]
    clones::<axum_cookie_session::DeviceBound>();
    debugs::<Key>();
    debugs::<Algorithm>();
    debugs::<SameSite>();
    debugs::<Status>();
    debugs::<Reason>();
    debugs::<MemoryRevocation>();
    debugs::<VerifiedSession<'_>>();
    debugs::<RevocationStatus>();
}

#[test]
fn small_types_can_be_compared_and_hashed() {
    equals::<Key>();
    equals::<KeyError>();
    equals::<ConfigError>();
    equals::<Flash>();
    hashes::<Flash>();
    equals::<Algorithm>();
    hashes::<Algorithm>();
    equals::<SameSite>();
    hashes::<SameSite>();
    equals::<Status>();
    hashes::<Status>();
    equals::<Reason>();
    hashes::<Reason>();
    equals::<RevocationStatus>();
    hashes::<RevocationStatus>();
    assert_eq!(SessionMap::default(), SessionMap::default());
}

#[test]
fn every_error_type_implements_error() {
    errors::<ConfigError>();
    errors::<KeyError>();
    errors::<SessionError>();
}

#[test]
fn every_error_can_be_boxed_and_downcast() {
    fn key() -> Result<Key, Box<dyn Error + Send + Sync>> {
        Ok(Key::new("short")?)
    }
    fn config() -> Result<SessionConfig, Box<dyn Error + Send + Sync>> {
        Ok(SessionConfig::builder(Key::generate())
            .secure(false)
            .build()?)
    }
    fn value() -> Result<Option<u32>, Box<dyn Error + Send + Sync>> {
        let mut data = SessionMap::default();
        data.insert("a", "b");
        Ok(data.try_get("a")?)
    }
    assert!(key().unwrap_err().is::<KeyError>());
    assert!(config().unwrap_err().is::<ConfigError>());
    let error = value().unwrap_err().downcast::<SessionError>().unwrap();
    assert!(error.is_deserialize());
    assert!(error.source().is_none());
}

#[test]
fn every_session_type_can_be_extracted_and_returned() {
    session_data::<SessionMap>();
    session_data::<Cart>();
    session_data::<Single>();
    session_data::<serde_json::Value>();
    extracts::<Session>();
    extracts::<Session<Cart>>();
    extracts::<Session<Single>>();
    returns::<Session>();
    returns::<Session<Cart>>();
    returns::<Session<Single>>();
}

#[test]
fn a_handler_can_hold_a_session_across_an_await() {
    async fn waits(mut session: Session, cart: Session<Cart>) -> (Session, Session<Cart>, String) {
        session.insert("n", 1);
        std::future::ready(()).await;
        let count = cart.items.len().to_string();
        (session, cart, count)
    }
    fn sends(future: impl Future<Output: IntoResponse> + Send + 'static) {
        drop(future);
    }
    async fn checks(headers: HeaderMap, config: SessionConfig) -> Session {
        Session::load(&headers, &config).await
    }
    fn revokes<T: Revocation>() {}
    revokes::<MemoryRevocation>();
    revokes::<std::sync::Arc<MemoryRevocation>>();
    let config = SessionConfig::new(Key::generate());
    let headers = HeaderMap::new();
    sends(checks(headers.clone(), config.clone()));
    sends(waits(
        Session::from_headers(&headers, &config),
        Session::from_headers(&headers, &config),
    ));
}
