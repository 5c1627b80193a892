//! Which cookie of a request becomes the session, and which states provide the config.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header::COOKIE};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use axum_cookie_session::{Key, Reason, Session, SessionConfig, Status};
use axum_extra::extract::Cached;
use common::*;
use serde_json::json;

async fn status(session: Session) -> (Session, String) {
    let status = format!("{:?}", session.status());
    (session, status)
}

#[tokio::test]
async fn without_a_cookie_the_session_is_new() {
    for cookie in [
        "",
        "other=1",
        "sessions=1; xsession=2",
        "Session=1",
        "session",
        ";;; ,",
    ] {
        let reply = run(&config(), cookie, status).await;
        assert_eq!(
            (reply.status, reply.body.as_str()),
            (StatusCode::OK, "New"),
            "{cookie}"
        );
    }
}

#[tokio::test]
async fn the_newest_valid_candidate_wins() {
    let config = config();
    let issued_at = |seconds, n| {
        let config = builder().clock(move || at(seconds)).build().unwrap();
        cookie(&config, json!({ "n": n }))
    };
    let older = issued_at(START - 1, 1);
    let newer = issued_at(START, 2);
    let get = |header: String| session(&header, &config).get::<u32>("n");
    for header in [
        format!("{older}; {newer}"),
        format!("{newer}; {older}"),
        format!("session=junk; {newer}; {older}; {older}"),
    ] {
        assert_eq!(get(header), Some(2));
    }
    assert_eq!(
        get(format!("session=; session=x.y; a=b; {older}; session=junk")),
        Some(1)
    );
    let same_time = issued_at(START, 3);
    assert_eq!(get(format!("{newer}; {same_time}")), Some(3));
    assert_eq!(get(format!("{same_time}; {newer}")), Some(2));
}

#[tokio::test]
async fn candidates_are_found_across_several_cookie_headers() {
    let config = config();
    let valid = cookie(&config, json!({"n": 1}));
    let app = app(&config, async |session: Session| {
        session.get::<u32>("n").unwrap_or(0).to_string()
    });
    for headers in [
        &["a=1; session=junk", "b=2", &valid][..],
        &[&valid, "session=junk"],
        &["session=junk; session=junk", "session=junk", &valid],
    ] {
        assert_eq!(send(&app, "/", headers).await.body, "1");
    }
}

#[tokio::test]
async fn other_cookies_do_not_affect_the_session() {
    let config = config();
    let valid = cookie(&config, json!({"n": 1}));
    for others in [
        &b"a=\xff\xfe; "[..],
        b"\xc3\x28=1;",
        b"%FF=%zz; ",
        b"a=\"x; y\";\t",
    ] {
        let mut header = others.to_vec();
        header.extend(valid.as_bytes());
        header.extend(b"; z=\x80");
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_bytes(&header).unwrap());
        let session: Session = Session::from_headers(&headers, &config);
        assert_eq!(session.get("n"), Some(1), "{others:?}");
    }
}

#[tokio::test]
async fn names_and_values_are_taken_byte_for_byte() {
    let config = config();
    let valid = cookie(&config, json!({"n": 1}));
    let value = valid.strip_prefix("session=").unwrap();
    for (header, expected) in [
        (format!("session={value}"), Status::Valid),
        (format!("\t session={value} \t"), Status::Valid),
        (format!("session =  {value}"), Status::New),
        (format!("sessio%6e={value}"), Status::New),
        (
            format!("session={}", value.replace('.', "%2E")),
            Status::Rejected(Reason::Malformed),
        ),
        (
            format!("session=\"{value}\""),
            Status::Rejected(Reason::Malformed),
        ),
        (
            format!("session= {value}"),
            Status::Rejected(Reason::Malformed),
        ),
        (
            format!("session={value}\u{3000}"),
            Status::Rejected(Reason::BadSignature),
        ),
        (
            format!("session=={value}"),
            Status::Rejected(Reason::Malformed),
        ),
    ] {
        assert_eq!(session(&header, &config).status(), expected, "{header}");
    }
}

#[tokio::test]
async fn the_length_limit_counts_the_received_bytes() {
    for (len, reason) in [(4096, Reason::Malformed), (4097, Reason::TooLong)] {
        for byte in [b'x', 0xff] {
            let mut header = b"session=".to_vec();
            header.resize(len + "=".len(), byte);
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_bytes(&header).unwrap());
            let session: Session = Session::from_headers(&headers, &config());
            assert_eq!(session.status(), Status::Rejected(reason), "{byte} {len}");
        }
    }
}

#[tokio::test]
async fn the_reason_belongs_to_the_candidate_that_passed_the_most_checks() {
    let config = builder()
        .clock(|| at(START + 15 * 24 * 60 * 60))
        .build()
        .unwrap();
    let idle = cookie(&common::config(), json!({"n": 1}));
    let forged = format!("{idle}x");
    let long = format!("session={}", "x".repeat(5000));
    let ladder = [
        (long.as_str(), Reason::TooLong),
        ("session=junk", Reason::Malformed),
        ("session=9.a.b.c", Reason::UnknownVersion),
        (&forged, Reason::BadSignature),
        (&idle, Reason::IdleTimeout),
    ];
    for (at, (cookie, reason)) in ladder.iter().enumerate() {
        let lower: Vec<_> = ladder[..at].iter().map(|(cookie, _)| *cookie).collect();
        for header in [
            format!("{}; {cookie}", lower.join("; ")),
            format!("{cookie}; {}", lower.join("; ")),
        ] {
            assert_eq!(
                session(&header, &config).status(),
                Status::Rejected(*reason)
            );
        }
    }
}

#[tokio::test]
async fn fallback_configs_are_tried_in_order_after_the_main_config() {
    let config = |name: &str| builder().cookie_name(name).build().unwrap();
    let (first, second) = (config("first"), config("second"));
    let main = builder()
        .fallback_config(first.clone())
        .fallback_config(second.clone())
        .build()
        .unwrap();
    let ours = cookie(&main, json!({"n": 0}));
    let one = cookie(&first, json!({"n": 1}));
    let two = cookie(&second, json!({"n": 2}));
    for (header, n, status) in [
        (format!("{two}; {one}; {ours}"), Some(0), Status::Valid),
        (format!("{two}; {one}"), Some(1), Status::Fallback),
        (
            format!("{two}; session=junk; first=junk"),
            Some(2),
            Status::Fallback,
        ),
        (
            "first=junk".to_owned(),
            None,
            Status::Rejected(Reason::Malformed),
        ),
    ] {
        let session = session(&header, &main);
        assert_eq!(session.get::<u32>("n"), n, "{header}");
        assert_eq!(session.status(), status, "{header}");
    }
}

#[tokio::test]
async fn fallback_configs_of_a_fallback_config_are_not_followed() {
    let oldest = builder().cookie_name("oldest").build().unwrap();
    let old = builder()
        .cookie_name("old")
        .fallback_config(oldest.clone())
        .build()
        .unwrap();
    let config = builder().fallback_config(old).build().unwrap();
    let cookie = cookie(&oldest, json!({"n": 1}));
    assert_eq!(session(&cookie, &config).status(), Status::New);
}

#[tokio::test]
async fn the_timeouts_of_the_main_config_bind_fallback_sessions_too() {
    let seconds = std::time::Duration::from_secs;
    let old = builder().cookie_name("old").build().unwrap();
    let cookie = cookie(&old, json!({"n": 1}));
    let config = |idle: u64, now: u64| {
        let ours = builder()
            .fallback_config(old.clone())
            .idle_timeout(seconds(idle));
        ours.clock(move || at(START + now)).build().unwrap()
    };
    assert_eq!(
        session(&cookie, &config(100, 100)).status(),
        Status::Fallback
    );
    assert_eq!(
        session(&cookie, &config(100, 101)).status(),
        Status::Rejected(Reason::IdleTimeout)
    );

    let brief = builder()
        .cookie_name("old")
        .idle_timeout(seconds(50))
        .build()
        .unwrap();
    let ours = builder()
        .fallback_config(brief)
        .clock(|| at(START + 51))
        .build()
        .unwrap();
    assert_eq!(
        session(&cookie, &ours).status(),
        Status::Rejected(Reason::IdleTimeout)
    );
}

#[tokio::test]
async fn no_cookie_header_causes_an_error_page() {
    let long = format!("session={}", "1.".repeat(50_000));
    let many = "session=1.e30.AAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA; ".repeat(1000);
    for cookie in [
        long.as_str(),
        &many,
        "session",
        "session=",
        "session=....",
        "session=1...",
        "session=.1.2.3",
        "session=18446744073709551616.a.b.c",
        "session=1.\u{0}".trim_end_matches('\u{0}'),
        "session=1.é.é.é",
        "session=\"",
        "=session",
        "session==;;session",
    ] {
        let reply = run(&config(), cookie, status).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(
            reply.body.contains("Rejected") || reply.body == "New",
            "{}",
            reply.body
        );
        reply.assert_no_set_cookie();
    }
}

#[tokio::test]
async fn a_state_that_derives_from_ref_provides_the_config() {
    #[derive(Clone, FromRef)]
    struct AppState {
        session: SessionConfig,
        greeting: &'static str,
    }
    let state = AppState {
        session: config(),
        greeting: "hello",
    };
    let app = Router::new()
        .route(
            "/",
            get(
                async |State(greeting): State<&'static str>, mut session: Session| {
                    session.insert("a", 1);
                    (session, greeting)
                },
            ),
        )
        .with_state(state);
    let reply = send(&app, "/", &[]).await;
    assert_eq!(
        (reply.body.as_str(), reply.payload().as_str()),
        ("hello", r#"{"a":1}"#)
    );
}

#[tokio::test]
async fn an_arc_as_state_provides_the_config_through_a_newtype() {
    struct Inner {
        session: SessionConfig,
    }
    #[derive(Clone)]
    struct AppState(Arc<Inner>);
    impl FromRef<AppState> for SessionConfig {
        fn from_ref(state: &AppState) -> Self {
            state.0.session.clone()
        }
    }
    let state = AppState(Arc::new(Inner { session: config() }));
    let app = Router::new().route("/", get(status)).with_state(state);
    assert_eq!(send(&app, "/", &[]).await.body, "New");
}

#[tokio::test]
async fn other_extractors_and_middlewares_can_extract_the_session() {
    struct User(String);
    impl<S> FromRequestParts<S> for User
    where
        SessionConfig: FromRef<S>,
        S: Send + Sync,
    {
        type Rejection = StatusCode;

        async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
            let session: Session = Session::from_request_parts(parts, state)
                .await
                .unwrap_or_else(|never: Infallible| match never {});
            session
                .get("user")
                .map(Self)
                .ok_or(StatusCode::UNAUTHORIZED)
        }
    }
    async fn guard(session: Session, request: Request, next: Next) -> Result<Response, StatusCode> {
        match session.contains_key("user") {
            true => Ok(next.run(request).await),
            false => Err(StatusCode::FORBIDDEN),
        }
    }
    let config = config();
    let app = Router::new()
        .route("/guarded", get(async |user: User| user.0))
        .layer(from_fn_with_state(config.clone(), guard))
        .route("/", get(async |user: User| user.0))
        .with_state(config.clone());
    let ada = cookie(&config, json!({"user": "ada"}));
    assert_eq!(send(&app, "/", &[&ada]).await.body, "ada");
    assert_eq!(send(&app, "/", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(send(&app, "/guarded", &[&ada]).await.body, "ada");
    assert_eq!(
        send(&app, "/guarded", &[]).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_cached_session_is_extracted_once_and_written_when_it_is_returned() {
    let handler = async |Cached(first): Cached<Session>, Cached(mut second): Cached<Session>| {
        second.insert("a", 1);
        assert!(!first.contains_key("a"));
        (first, second)
    };
    let reply = run(&config(), "", handler).await;
    assert_eq!(reply.payload(), r#"{"a":1}"#);
}

#[tokio::test]
async fn from_set_cookie_reads_the_cookie_that_a_browser_would_store() {
    let config = config();
    let one = cookie(&config, json!({"n": 1}));
    let two = cookie(&config, json!({"n": 2}));
    let read = |values: &[String]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("set-cookie", value.parse().unwrap());
        }
        let session: Session = Session::from_set_cookie(&headers, &config);
        (session.status(), session.get::<u32>("n"))
    };
    let (one, two) = (format!("{one}; Path=/"), format!("{two}; path=/"));
    let gone = "session=; Path=/; Max-Age=0".to_owned();
    let elsewhere = one.replace("Path=/", "Path=/x");
    assert_eq!(read(&[]), (Status::New, None));
    assert_eq!(read(&[one.clone(), two.clone()]), (Status::Valid, Some(2)));
    assert_eq!(read(&[two, elsewhere]), (Status::Valid, Some(2)));
    assert_eq!(read(&[one.clone(), gone.clone()]), (Status::New, None));
    assert_eq!(read(&[gone, one.clone()]), (Status::Valid, Some(1)));
    assert_eq!(
        read(&[one.replace("Path=/", "Path=/; Max-Age=0")]),
        (Status::New, None)
    );
}

#[tokio::test]
async fn a_clock_before_the_epoch_or_after_32_bits_saturates() {
    let far = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1 << 40);
    let before = std::time::UNIX_EPOCH - std::time::Duration::from_secs(5);
    for (clock, seconds) in [(far, u64::from(u32::MAX)), (before, 0)] {
        let config = SessionConfig::builder(Key::generate())
            .clock(move || clock)
            .build()
            .unwrap();
        let cookie = cookie(&config, json!({}));
        let session = session(&cookie, &config);
        assert_eq!(session.status(), Status::Valid);
        assert_eq!(session.issued_at(), at(seconds));
    }
}
