//! The two routes at which a browser registers the key of its device, and proves that it has it.
//!
//! | a refresh | answer |
//! |---|---|
//! | without `Sec-Secure-Session-Id` | 400, whatever else it has: a page cannot ask whether its visitor is signed in |
//! | no device cookie, or one that does not verify or is too old | `"continue": false` |
//! | no JWT | 403 with a challenge |
//! | a JWT of another shape, or that answers a challenge to register | `"continue": false` |
//! | a JWT whose challenge is not ours, too old, or of another session | 403 with a challenge: browsers send an old JWT again |
//! | a JWT that another key signed | `"continue": false` |
//! | a good JWT | 200 with a proof |

use std::time::Duration;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;

use crate::config::SessionConfig;
use crate::cookie::same_site::SameSite;
use crate::device_bound::DeviceSettings;
use crate::device_bound::challenge::{Device, Kind, Stamp};
use crate::device_bound::jwt::Jwt;
use crate::log;
use crate::token::timestamps::Timestamps;

const RESPONSE: HeaderName = HeaderName::from_static("secure-session-response");
const CHALLENGE: HeaderName = HeaderName::from_static("secure-session-challenge");
const SESSION_ID: HeaderName = HeaderName::from_static("sec-secure-session-id");

const REGISTRATION_LIFETIME: Duration = Duration::from_secs(5 * 60);
const REFRESH_LIFETIME: Duration = Duration::from_secs(2 * 60);

impl SessionConfig {
    /// Makes the two routes that a browser calls to bind sessions to its device.
    ///
    /// Merge them into the outermost router: they are at the [`path`](crate::DeviceBound::path) of
    /// the settings and do not work in a `nest`. The browser sends a POST with an `Origin` and
    /// `Sec-Fetch-Site: same-origin`, so a CSRF layer that checks these lets it through. Exclude
    /// the routes from a layer that expects a token.
    ///
    /// Without these routes, sessions are never bound. A config without
    /// [`device_bound`](crate::SessionConfigBuilder::device_bound) returns an empty router.
    ///
    /// ```
    /// use axum::{Router, body::Body, http::Request, routing::get};
    /// use axum_cookie_session::{DeviceBound, Key, Session, SessionConfig};
    /// use tower::ServiceExt;
    ///
    /// #[tokio::main(flavor = "current_thread")]
    /// async fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     let config = SessionConfig::builder(Key::generate())
    ///         .device_bound(DeviceBound::new())
    ///         .build()?;
    ///     let app: Router = Router::new()
    ///         .route("/", get(|session: Session| async { (session, "hello") }))
    ///         .merge(config.device_bound_routes())
    ///         .with_state(config);
    ///
    ///     // A request that is not a registration gets a 400, not a 404.
    ///     let request = Request::post("/dbsc/register").body(Body::empty())?;
    ///     assert_eq!(app.oneshot(request).await?.status(), 400);
    ///     Ok(())
    /// }
    /// ```
    pub fn device_bound_routes<S>(&self) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        let Some(settings) = self.device_bound() else {
            return Router::new();
        };
        settings.routes_are_made();
        log::device_bound_routes(&self.attributes().name, &settings.path);
        type Answer = fn(&SessionConfig, &DeviceSettings, &HeaderMap) -> Response;
        let route = |answer: Answer| {
            let config = self.clone();
            post(async move |headers: HeaderMap| {
                let Some(settings) = config.device_bound() else {
                    return StatusCode::NOT_FOUND.into_response();
                };
                let mut response = answer(&config, settings, &headers);
                let no_store = HeaderValue::from_static("no-store");
                response.headers_mut().insert(CACHE_CONTROL, no_store);
                response
            })
        };
        Router::new()
            .route(&format!("{}/register", settings.path), route(register))
            .route(&format!("{}/refresh", settings.path), route(refresh))
    }
}

/// Reads no cookie: the challenge says which session a key is for, and a sign-in by way of another
/// site comes without Lax cookies.
fn register(config: &SessionConfig, settings: &DeviceSettings, headers: &HeaderMap) -> Response {
    let now = config.unix_time().as_secs();
    let device = match registered(settings, headers, now) {
        Ok(device) => device,
        Err(why) => {
            log::registration_refused(&config.attributes().name, why);
            return StatusCode::BAD_REQUEST.into_response();
        }
    };
    let mut response = instructions(config, settings).into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    set_device(config, settings, response.headers_mut(), &device, now);
    settings.set_proof(response.headers_mut(), device.id, now);
    response
}

fn registered(
    settings: &DeviceSettings,
    headers: &HeaderMap,
    now: u64,
) -> Result<Device, &'static str> {
    let value = headers.get(RESPONSE).ok_or("there is no JWT")?;
    let jwt = Jwt::parse(value.as_bytes()).ok_or("the JWT has another shape")?;
    let challenge = settings.keys.read_stamp(Kind::Register, &jwt.challenge);
    let challenge = challenge.ok_or("the challenge is not one of ours to register")?;
    if !challenge.is_fresh(now, REGISTRATION_LIFETIME) {
        return Err("the challenge is too old");
    }
    let key = jwt.public_key().ok_or("the JWT names no key of P-256")?;
    if !jwt.verify(&key) {
        return Err("the signature is wrong");
    }
    Ok(Device {
        key,
        id: challenge.id,
        created: now,
    })
}

/// Tells the browser what to do from now on ("JSON Session Instructions" in the specification).
fn instructions(config: &SessionConfig, settings: &DeviceSettings) -> String {
    let proof = &settings.cookies.proof;
    let excluded: Vec<_> = settings
        .excluded
        .iter()
        .map(|path| json!({"type": "exclude", "domain": "*", "path": path}))
        .collect();
    // A link from another site would come with a Lax session and without a proof. A cookie with
    // SameSite=None comes with every request of other sites, which are not to start refreshes.
    let initiators = match config.attributes().same_site {
        SameSite::None => json!([]),
        SameSite::Lax | SameSite::Strict => json!(["*"]),
    };
    json!({
        "session_identifier": settings.session_identifier,
        "refresh_url": format!("{}/refresh", settings.path),
        "scope": {"include_site": false, "scope_specification": excluded},
        "credentials": [{
            "type": "cookie",
            "name": proof.name,
            "attributes": proof.suffix.trim_start_matches("; "),
        }],
        "allowed_refresh_initiators": initiators,
    })
    .to_string()
}

fn refresh(config: &SessionConfig, settings: &DeviceSettings, headers: &HeaderMap) -> Response {
    if !headers.contains_key(SESSION_ID) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let now = config.unix_time().as_secs();
    let ended = |why| {
        log::refresh_refused(&config.attributes().name, why);
        let end = json!({
            "session_identifier": settings.session_identifier,
            "continue": false,
        });
        ([(CONTENT_TYPE, "application/json")], end.to_string()).into_response()
    };
    let Some((device, by_signing_key)) = settings.device(headers) else {
        return ended("there is no device cookie that verifies");
    };
    let age = Duration::from_secs(now.saturating_sub(device.created));
    if age > config.settings.timeouts.absolute {
        return ended("the absolute timeout has passed since the device registered");
    }
    let Some(value) = headers.get(RESPONSE) else {
        return challenge(settings, &device, now);
    };
    let Some(jwt) = Jwt::parse(value.as_bytes()) else {
        return ended("the JWT has another shape");
    };
    match settings.keys.read_stamp(Kind::Refresh, &jwt.challenge) {
        Some(stamp) if stamp.id == device.id && stamp.is_fresh(now, REFRESH_LIFETIME) => {}
        _ if is_registration(settings, &jwt) => return ended("the JWT is that of a registration"),
        _ => return challenge(settings, &device, now),
    }
    if !jwt.verify(&device.key) {
        return ended("the signature is wrong");
    }
    let mut response = StatusCode::OK.into_response();
    if !by_signing_key {
        set_device(config, settings, response.headers_mut(), &device, now);
    }
    settings.set_proof(response.headers_mut(), device.id, now);
    response
}

fn is_registration(settings: &DeviceSettings, jwt: &Jwt<'_>) -> bool {
    settings
        .keys
        .read_stamp(Kind::Register, &jwt.challenge)
        .is_some()
}

fn challenge(settings: &DeviceSettings, device: &Device, now: u64) -> Response {
    let stamp = Stamp {
        time: now,
        id: device.id,
    };
    let challenge = settings.keys.stamp(Kind::Refresh, stamp);
    let header = format!("\"{challenge}\";id=\"{}\"", settings.session_identifier);
    (StatusCode::FORBIDDEN, [(CHALLENGE, header)]).into_response()
}

/// The cookie goes when the device's absolute timeout has passed, or with the session's when the
/// browser closes.
fn set_device(
    config: &SessionConfig,
    settings: &DeviceSettings,
    headers: &mut HeaderMap,
    device: &Device,
    now: u64,
) {
    let registered = Timestamps::starting(device.created);
    let timeouts = &config.settings.timeouts;
    let max_age = timeouts.absolute_max_age(registered, now);
    let max_age = config.settings.persistent.then_some(max_age);
    settings.set_device(headers, device, max_age);
}
