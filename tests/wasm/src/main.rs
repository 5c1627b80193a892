//! Makes, changes and reads a session through a router, where there is neither a clock nor an
//! operating system. A failed assertion is a trap, which ends Node with an error.

use std::error::Error;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header::COOKIE};
use axum::response::Response;
use axum::routing::get;
use axum_cookie_session::{Key, Session, SessionConfig, SessionMap, Status};
use tower::ServiceExt;

const DAY: u64 = 24 * 60 * 60;

/// What the worker's host would tell. `SystemTime::now` panics here.
static NOW: AtomicU64 = AtomicU64::new(1_700_000_000);

fn main() -> Result<(), Box<dyn Error>> {
    let config = SessionConfig::builder(Key::new([7; 32])?)
        .clock(|| UNIX_EPOCH + Duration::from_secs(NOW.load(Relaxed)))
        .build()?;
    let app = Router::new()
        .route("/", get(visits))
        .with_state(config.clone());

    let login = SessionMap::from_iter([("user", "ada")]);
    let response = ask(&app, &config.encode(&login)?)?;
    assert_eq!(response.headers()["vary"], "Cookie");
    let mut session: Session = Session::from_set_cookie(response.headers(), &config);
    assert_eq!(session.get("user"), Some("ada".to_owned()));
    assert_eq!(session.get("visits"), Some(1));

    session.insert("cart", [7]);
    let mut headers = axum::http::HeaderMap::new();
    session.write_to(&mut headers)?;
    let cookie = headers["set-cookie"].to_str()?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    for (later, status) in [(0, Status::Valid), (13 * DAY, Status::Valid)] {
        NOW.fetch_add(later, Relaxed);
        assert_eq!(read(&cookie, &config)?.status(), status);
    }
    assert_eq!(read(&cookie, &config)?.get("cart"), Some([7]));
    let forged = cookie.replace("session=1.", "session=1.x");
    for (cookie, later) in [(&forged, 0), (&cookie, 2 * DAY)] {
        NOW.fetch_add(later, Relaxed);
        let session = read(cookie, &config)?;
        assert!(matches!(session.status(), Status::Rejected(_)));
        assert!(session.is_empty());
    }
    Ok(())
}

async fn visits(mut session: Session) -> Session {
    session.insert("visits", session.get("visits").unwrap_or(0) + 1);
    session
}

fn ask(app: &Router, cookie: &str) -> Result<Response, Box<dyn Error>> {
    let request = Request::get("/").header(COOKIE, cookie);
    let answer = pin!(app.clone().oneshot(request.body(Body::empty())?));
    match answer.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(response) => Ok(response?),
        Poll::Pending => Err("a session waits for nothing".into()),
    }
}

fn read(cookie: &str, config: &SessionConfig) -> Result<Session, Box<dyn Error>> {
    let headers = [(COOKIE, cookie.parse()?)].into_iter().collect();
    Ok(Session::from_headers(&headers, config))
}
