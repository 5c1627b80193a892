//! Handlers that take longer than a timeout, and timeouts that a format cannot enforce.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum_cookie_session::{Session, SessionConfig, Status};
use common::*;
use serde_json::json;

const IDLE: u64 = 900;

/// A config with an idle timeout of 15 minutes.
fn short(clock: &Clock) -> SessionConfig {
    builder()
        .idle_timeout(Duration::from_secs(IDLE))
        .clock(clock.read())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_session_that_a_slow_handler_changes_is_valid_when_it_arrives() {
    for cookie_came in [false, true] {
        let clock = Clock::new();
        let config = short(&clock);
        let token = match cookie_came {
            true => cookie(&config, json!({"user": "ada"})),
            false => String::new(),
        };
        let upload = clock.clone();
        let reply = run(&config, &token, async move |mut session: Session| {
            upload.advance(IDLE + 60);
            session.insert("file", "report.pdf");
            assert_eq!(session.created_at(), at(START));
            session
        })
        .await;
        assert_eq!(reply.set_cookie().max_age().unwrap().whole_seconds(), 900);
        let after: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(after.status(), Status::Valid);
        assert_eq!(after.created_at(), at(START));
        assert_eq!(after.issued_at(), at(START + IDLE + 60));
    }
}

#[tokio::test]
async fn a_slow_handler_that_renews_or_replaces_the_session_writes_a_valid_one() {
    for restart in [Session::renew, |session: &mut Session| {
        session.destroy();
        session.insert("user", "grace");
    }] {
        let clock = Clock::new();
        let config = short(&clock);
        let token = cookie(&config, json!({"user": "ada"}));
        let upload = clock.clone();
        let reply = run(&config, &token, async move |mut session: Session| {
            restart(&mut session);
            upload.advance(IDLE + 1);
            assert_eq!(session.created_at(), at(START));
            session
        })
        .await;
        let after: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(after.status(), Status::Valid);
        assert_eq!(after.created_at(), at(START));
        assert_eq!(after.issued_at(), at(START + IDLE + 1));
    }
}

#[tokio::test]
async fn whether_a_refresh_is_due_is_decided_when_the_session_is_returned() {
    for (seconds, due) in [(IDLE / 10 - 1, false), (IDLE / 10, true), (5 * IDLE, true)] {
        let clock = Clock::new();
        let config = short(&clock);
        let token = cookie(&config, json!({"user": "ada"}));
        let slow = clock.clone();
        let reply = run(&config, &token, async move |session: Session| {
            slow.advance(seconds);
            session
        })
        .await;
        if !due {
            reply.assert_no_set_cookie();
            continue;
        }
        let after: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(after.status(), Status::Valid);
        assert_eq!(after.issued_at(), at(START + seconds));
    }
}

#[tokio::test]
async fn max_age_counts_what_is_left_when_the_session_is_returned() {
    for (seconds, max_age) in [(100, 900), (400, 600), (1000, 1), (2000, 1)] {
        let clock = Clock::new();
        let config = builder()
            .idle_timeout(Duration::from_secs(IDLE))
            .absolute_timeout(Duration::from_secs(1000))
            .clock(clock.read())
            .build()
            .unwrap();
        let slow = clock.clone();
        let reply = run(&config, "", async move |mut session: Session| {
            slow.advance(seconds);
            session.insert("a", 1);
            session
        })
        .await;
        let sent = reply.set_cookie().max_age().unwrap().whole_seconds();
        assert_eq!(sent, max_age, "after {seconds} s");
    }
}

#[tokio::test]
async fn a_view_of_a_slow_middleware_keeps_the_later_time_of_the_handler() {
    use axum::extract::Request;
    use axum::middleware::{Next, from_fn_with_state};
    use axum::response::{IntoResponse, Response};

    async fn count(mut session: Session, request: Request, next: Next) -> Response {
        session.insert("count", 1);
        (session, next.run(request).await).into_response()
    }
    let clock = Clock::new();
    let config = short(&clock);
    let slow = clock.clone();
    let app = app(&config, async move |mut session: Session| {
        slow.advance(IDLE + 60);
        session.insert("file", "report.pdf");
        session
    })
    .layer(from_fn_with_state(config.clone(), count));
    let token = cookie(&config, json!({"user": "ada"}));
    let reply = send(&app, "/", &[&token]).await;
    assert_eq!(
        reply.payload(),
        r#"{"user":"ada","file":"report.pdf","count":1}"#
    );
    let after: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(after.status(), Status::Valid);
    assert_eq!(after.issued_at(), at(START + IDLE + 60));
}

#[cfg(all(
    feature = "flask",
    feature = "starlette",
    feature = "express",
    feature = "django",
    feature = "react-router"
))]
mod in_the_formats_of_the_peers {
    use axum_cookie_session::{ConfigError, Key};

    use super::common::peers::*;
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[tokio::test]
    async fn a_session_that_a_slow_handler_changes_is_valid_when_it_arrives() {
        for (format, constructor) in PEERS {
            let clock = Clock::new();
            let mut builder = peer(constructor).clock(clock.read());
            if has_time(format) {
                builder = builder.idle_timeout(Duration::from_secs(IDLE));
            }
            let config = builder.build().unwrap();
            // A Koa session of 15 minutes, and for the others a session with two more keys.
            let token = issue(
                format,
                r#"{"_expire":1700000900000,"_maxAge":900000}"#,
                START,
            );
            let slow = clock.clone();
            let reply = run(&config, &token, async move |mut session: Session| {
                assert_eq!(session.status(), Status::Valid);
                slow.advance(IDLE + 60);
                session.insert("file", "report.pdf");
                session
            })
            .await;
            let after: Session = Session::from_set_cookie(&reply.headers, &config);
            assert_eq!(after.status(), Status::Valid, "{format}");
            if format == "express" {
                let expire = (START + IDLE + 60 + 900) * 1000;
                assert_eq!(after.get::<f64>("_expire"), Some(expire as f64));
            }
        }
    }

    #[test]
    fn build_refuses_an_idle_timeout_that_the_format_does_not_enforce() {
        for idle in [Duration::from_secs(60), 14 * DAY, Duration::MAX] {
            let error = peer(SessionConfig::express)
                .idle_timeout(idle)
                .build()
                .unwrap_err();
            assert!(
                matches!(error, ConfigError::IdleTimeoutNotEnforced { .. }),
                "{error}"
            );
            assert!(error.to_string().contains("idle_timeout"), "{error}");
        }
    }

    #[test]
    fn build_refuses_an_absolute_timeout_that_the_format_does_not_enforce() {
        for (format, constructor) in PEERS {
            for absolute in [DAY, 31 * DAY, 90 * DAY, Duration::MAX] {
                let error = peer(constructor).absolute_timeout(absolute).build();
                let error = error.unwrap_err();
                assert!(
                    matches!(error, ConfigError::AbsoluteTimeoutNotEnforced { .. }),
                    "{format}: {error}"
                );
                assert!(error.to_string().contains("absolute_timeout"), "{error}");
            }
        }
    }

    #[test]
    fn an_idle_timeout_is_not_compared_with_an_absolute_one_that_does_not_exist() {
        for (format, constructor) in PEERS {
            if !has_time(format) {
                continue;
            }
            for idle in [DAY, 365 * DAY, Duration::MAX] {
                let config = peer(constructor).idle_timeout(idle).build();
                assert!(config.is_ok(), "{format}: {idle:?}");
            }
            let error = peer(constructor).idle_timeout(Duration::ZERO).build();
            assert!(matches!(
                error.unwrap_err(),
                ConfigError::IdleTimeoutTooShort { .. }
            ));
        }
    }

    #[test]
    fn build_refuses_a_max_age_under_a_second() {
        let express = || SessionConfig::express(Key::legacy(SECRET).unwrap());
        for max_age in [Duration::ZERO, Duration::from_nanos(999_999_999)] {
            let error = express().max_age(max_age).build().unwrap_err();
            assert!(
                matches!(error, ConfigError::MaxAgeTooShort { .. }),
                "{error}"
            );
        }
        let second = express().max_age(Duration::from_secs(1)).build();
        assert!(second.is_ok());
    }

    #[tokio::test]
    async fn max_age_shapes_the_cookie_of_express_and_ends_no_session() {
        let clock = Clock::new();
        let config = SessionConfig::express(Key::legacy(SECRET).unwrap())
            .max_age(Duration::from_secs(3600))
            .clock(clock.read())
            .build()
            .unwrap();
        let reply = run(&config, "", async |mut session: Session| {
            session.insert("user", "ada");
            session
        })
        .await;
        for header in reply.set_cookies() {
            assert!(header.contains("Max-Age=3600"), "{header}");
        }
        clock.advance(2 * 3600);
        let after: Session = Session::from_set_cookie(&reply.headers, &config);
        assert_eq!(after.status(), Status::Valid);
    }
}

#[tokio::test]
async fn the_clock_is_read_once_for_each_extraction_and_once_for_each_return() {
    let reads = Arc::new(AtomicU64::new(0));
    let counted = reads.clone();
    // The time passes with each reading, so a refresh is due at every return.
    let config = builder()
        .idle_timeout(Duration::from_secs(10))
        .clock(move || at(START + counted.fetch_add(1, Ordering::SeqCst)))
        .build()
        .unwrap();
    for (payload, change) in [
        (None, false),
        (None, true),
        (Some(json!({"user": "ada"})), false),
        (Some(json!({"user": "ada"})), true),
    ] {
        let token = payload.map_or(String::new(), |payload| cookie(&config, payload));
        let before = reads.load(Ordering::SeqCst);
        run(&config, &token, async move |mut session: Session| {
            if change {
                session.insert("n", 1);
            }
            session
        })
        .await;
        assert_eq!(reads.load(Ordering::SeqCst) - before, 2, "{token} {change}");
    }
}
