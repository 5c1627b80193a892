//! Tests of encrypted sessions with a random source that a test chooses.

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use axum::routing::get;
use tower::ServiceExt;

use crate::config::SessionConfig;
use crate::session::Session;
use crate::status::Status;
use crate::token::key::Key;
use crate::token::mac::Algorithm;
use crate::token::random::{RandomError, RandomSource};
use crate::token::timestamps::Timestamps;

fn config(random: RandomSource) -> SessionConfig {
    let secret: [u8; 32] = std::array::from_fn(|at| at as u8);
    let mut builder = SessionConfig::builder(Key::new(secret).expect("32 bytes"))
        .cookie_name("session")
        .algorithm(Algorithm::Aes256HmacSha256);
    builder.random = random;
    builder.build().expect("nothing clashes")
}

/// The initialization vector of the test vector: a0 to af.
fn fixed(bytes: &mut [u8]) -> Result<(), RandomError> {
    for (byte, value) in bytes.iter_mut().zip(0xa0..) {
        *byte = value;
    }
    Ok(())
}

fn failing(_: &mut [u8]) -> Result<(), RandomError> {
    Err(RandomError)
}

#[test]
fn the_test_vector_of_the_specification_is_written() {
    let config = config(fixed);
    let timestamps = Timestamps::starting(1_700_000_000).reissued(1_700_000_060);
    let cookies = config.format().encode(r#"{"visits":1}"#, timestamps);
    assert_eq!(
        cookies.expect("random bytes")[0].value,
        "3.oKGio6SlpqeoqaqrrK2urxjTS20zIR9FuSOxmh9jYfk_Y8vTZpt3K0fPGcIlxNUm.ZVPxAGVT8Tw.i86iBX4nHIGJ6GVXstHLmg",
    );
}

async fn response(config: &SessionConfig, cookie: &str) -> Response<Body> {
    let visits = async |mut session: Session| {
        let n = session.get("visits").unwrap_or(0) + 1;
        session.insert("visits", n);
        (session, "body")
    };
    let app = Router::new()
        .route("/", get(visits))
        .with_state(config.clone());
    let request = Request::get("/").header(COOKIE, cookie).body(Body::empty());
    let Ok(response) = app.oneshot(request.expect("a request")).await;
    response
}

#[tokio::test]
async fn without_random_bytes_a_write_is_a_500_and_sets_no_cookie() {
    let good = config(fixed);
    let failing = config(failing);
    let first = response(&good, "").await;
    let session: Session = Session::from_set_cookie(first.headers(), &good);
    let cookie = good.encode(&*session).expect("it fits");

    for cookie in ["", &cookie] {
        let response = response(&failing, cookie).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!response.headers().contains_key(SET_COOKIE));
        let body = axum::body::to_bytes(response.into_body(), 1000).await;
        assert!(body.expect("a body").is_empty());
    }
    // The session that came in is still read.
    let mut headers = HeaderMap::new();
    headers.insert(COOKIE, cookie.parse().expect("a header value"));
    let session: Session = Session::from_headers(&headers, &failing);
    assert_eq!(session.status(), Status::Valid);
    assert_eq!(session.get("visits"), Some(1));
}

#[test]
fn without_random_bytes_encode_fails_and_says_why() {
    let config = config(failing);
    let session: Session = Session::from_headers(&HeaderMap::new(), &config);
    let errors = [
        config.encode(&*session).map(|_| ()),
        session.encoded_len().map(|_| ()),
    ];
    for error in errors {
        let error = error.expect_err("no random bytes");
        assert_eq!(
            error.to_string(),
            "session cookie \"session\" cannot be encrypted: the operating system gave no random bytes",
        );
        assert!(!error.is_too_large() && !error.is_serialize());
    }
}
