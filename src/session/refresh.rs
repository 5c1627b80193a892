//! Middleware that keeps a session in use alive.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;

use crate::config::SessionConfig;
use crate::data::SessionMap;
use crate::session::Session;

/// Middleware that refreshes a session in use, even if the handlers do not return it.
///
/// A session is refreshed when it is returned. If the handlers of a site read the session and drop
/// it, users are logged out when the idle timeout has passed since the last write. With this layer,
/// handlers only need to return sessions that they change. It adds nothing if the request carries
/// no valid session, or if the response says `Cache-Control: public` or `s-maxage`.
///
/// Put it around pages with [`from_fn_with_state`](axum::middleware::from_fn_with_state), and not
/// around static files, because a file with a `Set-Cookie` cannot be cached. Its state is the
/// config: a [`SessionConfig`], or a type that implements `AsRef<SessionConfig>`. With a state of
/// your own, write `from_fn_with_state(state.session.clone(), refresh_session)`.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use axum::http::{Request, header::COOKIE};
/// use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
/// use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, refresh_session};
/// use tower::ServiceExt;
///
/// async fn profile(session: Session) -> String {
///     session.get("user").unwrap_or_default()
/// }
///
/// static NOW: AtomicU64 = AtomicU64::new(1_700_000_000);
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let config = SessionConfig::builder(Key::generate())
///         .clock(|| UNIX_EPOCH + Duration::from_secs(NOW.load(Relaxed)))
///         .build()?;
///     let cookie = config.encode(&SessionMap::from_iter([("user", "ada")]))?;
///     let app = Router::new()
///         .route("/", get(profile))
///         .layer(from_fn_with_state(config.clone(), refresh_session))
///         .with_state(config);
///
///     NOW.fetch_add(2 * 24 * 60 * 60, Relaxed);
///     let request = Request::builder().header(COOKIE, cookie).body(Body::empty())?;
///     let response = app.oneshot(request).await?;
///     assert!(response.headers().contains_key("set-cookie"));
///     Ok(())
/// }
/// ```
pub async fn refresh_session<C: AsRef<SessionConfig>>(
    session: RefreshOnly<C>,
    request: Request,
    next: Next,
) -> (Session<SessionMap, C>, Response) {
    let response = next.run(request).await;
    (session.0, response)
}

/// A session that is returned for its refresh alone.
///
/// It is an extractor of the state itself, and not of all that a state holds, so that Rust infers
/// the config's type.
#[expect(unnameable_types, reason = "only `refresh_session` takes it")]
#[expect(missing_debug_implementations, reason = "nobody can hold it")]
pub struct RefreshOnly<C: AsRef<SessionConfig>>(Session<SessionMap, C>);

impl<C> FromRequestParts<C> for RefreshOnly<C>
where
    C: AsRef<SessionConfig> + Clone + Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, config: &C) -> Result<Self, Self::Rejection> {
        let mut session = Session::from_request_parts(parts, config).await?;
        session.refresh_only = true;
        Ok(Self(session))
    }
}
