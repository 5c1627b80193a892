//! Time travel: the clock is a setting, so no test waits.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::COOKIE;
use axum::http::{Request, StatusCode};
use axum_cookie_session::{Key, SessionConfig};
use testing::{Visitor, app};
use tower::ServiceExt;

#[tokio::test]
async fn a_login_ends_half_an_hour_after_the_last_click() {
    let now = Arc::new(AtomicU64::new(1_700_000_000));
    let clock = now.clone();
    let config = SessionConfig::builder(Key::generate())
        .idle_timeout(Duration::from_secs(30 * 60))
        .clock(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed)))
        .build()
        .unwrap();
    let ada = Visitor {
        user: Some("ada".to_owned()),
        read: 0,
    };
    let cookie = config.encode(&ada).unwrap();
    let app = app(config);

    for (later, status) in [(30 * 60, StatusCode::OK), (1, StatusCode::UNAUTHORIZED)] {
        now.fetch_add(later, Ordering::Relaxed);
        let request = Request::get("/diary").header(COOKIE, &cookie);
        let response = app
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{later} seconds later");
    }
}
