//! One request, with tower's `oneshot`: no server, no store, nothing shared between tests.

#![expect(clippy::unwrap_used, reason = "these are tests")]

use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use axum_cookie_session::{Key, Session, SessionConfig};
use http_body_util::BodyExt;
use testing::{Visitor, app};
use tower::ServiceExt;

fn ada() -> Visitor {
    Visitor {
        user: Some("ada".to_owned()),
        read: 4,
    }
}

#[tokio::test]
async fn a_signed_in_user_reads_the_diary() {
    let config = SessionConfig::new(Key::generate());

    let cookie = config.encode(&ada()).unwrap();
    let request = Request::get("/diary").header(COOKIE, cookie);
    let response = app(config)
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();

    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "ada has read this 5 times");
}

#[tokio::test]
async fn each_reading_is_counted_in_the_session() {
    let config = SessionConfig::new(Key::generate());

    let cookie = config.encode(&ada()).unwrap();
    let request = Request::get("/diary").header(COOKIE, cookie);
    let response = app(config.clone())
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();

    // What the browser has from now on.
    let after = Session::<Visitor>::from_set_cookie(response.headers(), &config);
    assert_eq!(after.read, 5);
    assert_eq!(after.user.as_deref(), Some("ada"));
}

#[tokio::test]
async fn an_anonymous_user_cannot_read_the_diary() {
    let app = app(SessionConfig::new(Key::generate()));

    let request = Request::get("/diary").body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();

    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert!(!response.headers().contains_key(SET_COOKIE));
}

#[tokio::test]
async fn another_site_cannot_sign_a_user_in_or_out() {
    let config = SessionConfig::new(Key::generate());
    let cookie = config.encode(&ada()).unwrap();
    let app = app(config);

    for path in ["/login", "/logout"] {
        let request = Request::post(path)
            .header(COOKIE, &cookie)
            .header("sec-fetch-site", "cross-site")
            .header("content-type", "application/x-www-form-urlencoded");
        let form = "name=ada&password=correct+horse+battery+staple";
        let request = request.body(Body::from(form)).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();

        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(!response.headers().contains_key(SET_COOKIE));
    }
}
