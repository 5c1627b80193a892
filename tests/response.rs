//! The effects of a returned session on the response, row by row.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE, VARY};
use axum::response::{AppendHeaders, IntoResponse};
use axum::routing::get;
use axum_cookie_session::{Session, SessionConfig, SessionError};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use common::*;
use serde_json::json;

const DAY: u64 = 24 * 60 * 60;

async fn read(session: Session) -> (Session, String) {
    let visits: u32 = session.get("visits").unwrap_or(0);
    (session, visits.to_string())
}

async fn increment(mut session: Session) -> (Session, String) {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    (session, visits.to_string())
}

/// A config whose clock shows this many seconds after `START`.
fn later(seconds: u64) -> SessionConfig {
    builder()
        .clock(move || at(START + seconds))
        .build()
        .unwrap()
}

#[tokio::test]
async fn an_unchanged_session_sets_no_cookie() {
    let config = config();
    let cookie = cookie(&config, json!({"visits": 3}));
    let reply = run(&config, &cookie, read).await;
    assert_eq!(reply.body, "3");
    reply.assert_no_set_cookie();
    assert!(!reply.headers.contains_key(CACHE_CONTROL));
}

#[tokio::test]
async fn setting_a_key_to_the_same_json_is_not_a_change() {
    let config = config();
    let cookie = cookie(&config, json!({"a": [1, {"b": "c"}], "n": 1}));
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.insert("a", json!([1, {"b": "c"}]));
        session.insert("n", 2);
        session.insert("n", 1);
        session.insert("new", 1);
        session.remove("new");
        session
    })
    .await;
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn a_changed_session_is_issued_now_and_keeps_its_creation_time() {
    let cookie = cookie(&config(), json!({"user": "ada", "visits": 3}));
    let config = later(600);
    let reply = run(&config, &cookie, increment).await;
    assert_eq!(reply.payload(), r#"{"user":"ada","visits":4}"#);
    let session: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(session.created_at(), at(START));
    assert_eq!(session.issued_at(), at(START + 600));
}

#[tokio::test]
async fn a_new_session_with_a_key_is_set_with_all_attributes() {
    let config = SessionConfig::builder(key())
        .clock(|| at(START))
        .build()
        .unwrap();
    let reply = run(&config, "", increment).await;
    let [header] = reply.set_cookies()[..] else {
        panic!("expected one cookie");
    };
    let (pair, attributes) = header.split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-session=1."), "{pair}");
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=1209600"
    );
}

#[tokio::test]
async fn a_session_in_use_is_refreshed_after_a_tenth_of_the_idle_timeout() {
    let cookie = cookie(&config(), json!({"visits": 3}));
    let due = 14 * DAY / 10;
    run(&later(due - 1), &cookie, read)
        .await
        .assert_no_set_cookie();

    let config = later(due);
    let reply = run(&config, &cookie, read).await;
    assert_eq!(reply.payload(), r#"{"visits":3}"#);
    let session: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(session.created_at(), at(START));
    assert_eq!(session.issued_at(), at(START + due));
}

#[tokio::test]
async fn a_refresh_preserves_the_payload_byte_for_byte() {
    let payload = r#"{ "a" : 1.0e0 , "\u0061b":"\u00e9", "a":2 }"#;
    let token = encoded(payload);
    let reply = run(&later(2 * DAY), &token, async |session: Session| session).await;
    assert_eq!(reply.payload(), payload);
}

#[tokio::test]
async fn a_valid_empty_session_is_refreshed_like_any_other() {
    let cookie = cookie(&config(), json!({}));
    let reply = run(&later(2 * DAY), &cookie, read).await;
    assert_eq!(reply.payload(), "{}");
}

#[tokio::test]
async fn a_session_with_a_fallback_key_is_signed_again_at_once() {
    let cookie = cookie(&config(), json!({"visits": 3}));
    let rotated = SessionConfig::builder(other_key())
        .fallback_key(key())
        .cookie_name("session")
        .clock(|| at(START))
        .build()
        .unwrap();
    let reply = run(&rotated, &cookie, read).await;
    let fresh = format!("session={}", reply.set_cookie().value());
    let only_new = SessionConfig::builder(other_key())
        .cookie_name("session")
        .clock(|| at(START))
        .build()
        .unwrap();
    assert_eq!(session(&fresh, &only_new).get("visits"), Some(3));
    run(&rotated, &fresh, read).await.assert_no_set_cookie();
}

#[tokio::test]
async fn a_fallback_session_is_written_with_the_main_config() {
    let old = builder().cookie_name("old").build().unwrap();
    let config = builder().fallback_config(old.clone()).build().unwrap();
    let reply = run(&config, &cookie(&old, json!({"visits": 3})), read).await;
    assert_eq!(reply.set_cookie().name(), "session");
    assert_eq!(reply.payload(), r#"{"visits":3}"#);
}

#[tokio::test]
async fn a_refresh_that_does_not_fit_is_omitted() {
    let old = builder().cookie_name("o").build().unwrap();
    let config = builder().fallback_config(old.clone()).build().unwrap();
    // The longest token that fits under the shorter name.
    let mut data = json!({"fill": "x".repeat(3020)});
    while old.encode(&data).is_ok() {
        let fill = data["fill"].as_str().unwrap().to_owned() + "x";
        data["fill"] = fill.into();
    }
    let fill = data["fill"].as_str().unwrap();
    data["fill"] = fill[1..].into();
    assert!(config.encode(&data).unwrap_err().is_too_large());

    let reply = run(&config, &cookie(&old, data.clone()), read).await;
    assert_eq!(reply.status, StatusCode::OK);
    reply.assert_no_set_cookie();

    // If the handler asks for it, the same write is an error.
    let reply = run(&config, &cookie(&old, data), increment).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn an_emptied_session_is_removed() {
    let config = builder()
        .cookie_name("__Secure-session")
        .path("/shop")
        .domain("example.com")
        .partitioned(true)
        .build()
        .unwrap();
    for empty in [
        |session: &mut Session| session.clear(),
        |session: &mut Session| {
            session.remove("visits");
        },
        |session: &mut Session| session.destroy(),
    ] {
        let cookie = cookie(&config, json!({"visits": 3}));
        let reply = run(&config, &cookie, async move |mut session: Session| {
            empty(&mut session);
            session
        })
        .await;
        let [header] = reply.set_cookies()[..] else {
            panic!("expected one cookie");
        };
        let (removal, expires) = header.split_once("; Expires=").unwrap();
        assert_eq!(
            removal,
            "__Secure-session=; HttpOnly; SameSite=Lax; Partitioned; Secure; Path=/shop; \
             Domain=example.com; Max-Age=0"
        );
        let removal = reply.set_cookie();
        assert!(
            removal.expires_datetime().unwrap().year() < 2026,
            "{expires}"
        );
        assert_eq!(reply.all(CACHE_CONTROL), ["private"]);
    }
}

#[tokio::test]
async fn a_valid_empty_session_that_stays_empty_is_not_removed() {
    let config = config();
    let cookie = cookie(&config, json!({}));
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.insert("a", 1);
        session.clear();
        session
    })
    .await;
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn destroy_removes_the_cookie_whether_or_not_the_request_had_one() {
    for cookie in ["", "session=", "session=junk", "other=1"] {
        let reply = run(&config(), cookie, async |mut session: Session| {
            session.destroy();
            session
        })
        .await;
        assert_eq!(
            reply.set_cookie().max_age().unwrap().whole_seconds(),
            0,
            "{cookie}"
        );
    }
}

#[tokio::test]
async fn keys_inserted_after_destroy_start_a_new_session() {
    let cookie = cookie(&config(), json!({"planted": 1, "user": "eve"}));
    let config = later(600);
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.insert("before", 1);
        session.destroy();
        session.insert("user", "ada");
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"user":"ada"}"#);
    let session: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(session.created_at(), at(START + 600));
}

#[tokio::test]
async fn ending_a_session_removes_the_fallback_cookies_of_the_request() {
    let old = builder().cookie_name("old").path("/old").build().unwrap();
    let absent = builder().cookie_name("absent").build().unwrap();
    let same_slot = SessionConfig::builder(other_key())
        .cookie_name("session")
        .build()
        .unwrap();
    let config = builder()
        .fallback_config(old.clone())
        .fallback_config(absent)
        .fallback_config(same_slot)
        .build()
        .unwrap();
    let names = |reply: &Reply| {
        let cookies = reply.set_cookies().into_iter();
        let mut names: Vec<_> = cookies
            .map(|cookie| cookie.split_once(';').unwrap().0.to_owned())
            .collect();
        names.sort();
        names
    };
    let came = format!(
        "{}; {}",
        cookie(&config, json!({"a": 1})),
        "old=does-not-verify"
    );

    let reply = run(&config, &came, async |mut session: Session| {
        session.clear();
        session
    })
    .await;
    assert_eq!(names(&reply), ["old=", "session="]);
    assert!(
        reply
            .set_cookies()
            .iter()
            .any(|header| header.contains("Path=/old;"))
    );

    let reply = run(&config, &came, async |mut session: Session| {
        session.destroy();
        session.insert("user", "ada");
        session
    })
    .await;
    let [theirs, ours] = &names(&reply)[..] else {
        panic!("expected two cookies");
    };
    assert_eq!(theirs, "old=");
    assert!(ours.starts_with("session=1."), "{ours}");

    // The fallback cookie would otherwise sign the user in again.
    let reply = run(
        &config,
        &cookie(&old, json!({"a": 1})),
        async |mut session: Session| {
            session.remove("a");
            session
        },
    )
    .await;
    assert_eq!(names(&reply), ["old=", "session="]);
}

#[tokio::test]
async fn a_fallback_cookie_of_the_same_name_at_another_place_is_removed() {
    let place = |path: &str, domain: Option<&str>| {
        let builder = builder().path(path);
        match domain {
            Some(domain) => builder.domain(domain),
            None => builder,
        }
    };
    for (old, new, removals) in [
        (place("/", None), place("/shop", None), 2),
        (place("/", Some("example.com")), place("/", None), 2),
        (
            place("/", Some("Example.com")),
            place("/", Some(".example.COM")),
            1,
        ),
        (place("/", None), place("/", None), 1),
    ] {
        let old = old.fallback_key(other_key()).build().unwrap();
        let config = new.fallback_config(old.clone()).build().unwrap();
        let reply = run(
            &config,
            &cookie(&old, json!({"a": 1})),
            async |mut session: Session| {
                session.destroy();
                session
            },
        )
        .await;
        assert_eq!(reply.set_cookies().len(), removals);
    }
}

#[tokio::test]
async fn a_fallback_cookie_stays_while_its_session_lives() {
    let old = builder().cookie_name("old").build().unwrap();
    let config = builder().fallback_config(old.clone()).build().unwrap();
    let reply = run(&config, &cookie(&old, json!({"visits": 3})), increment).await;
    assert_eq!(reply.set_cookie().name(), "session");
}

#[tokio::test]
async fn a_cookie_that_does_not_verify_is_only_removed_by_destroy() {
    let newer = SessionConfig::builder(other_key())
        .cookie_name("session")
        .clock(|| at(START))
        .build()
        .unwrap();
    let cookie = cookie(&newer, json!({"visits": 3}));
    for handler in [
        |session: &mut Session| session.clear(),
        |session: &mut Session| session.renew(),
        |session: &mut Session| {
            session.insert("a", 1);
            session.remove("a");
        },
        |session: &mut Session| {
            session.take_flashes();
        },
    ] {
        run(&config(), &cookie, async move |mut session: Session| {
            handler(&mut session);
            session
        })
        .await
        .assert_no_set_cookie();
    }
}

#[tokio::test]
async fn renew_restarts_the_times_and_keeps_the_keys() {
    let cookie = cookie(&config(), json!({"visits": 3}));
    let config = later(600);
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.renew();
        assert_eq!(session.created_at(), at(START + 600));
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"visits":3}"#);
    let session: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(session.created_at(), at(START + 600));
    assert_eq!(session.issued_at(), at(START + 600));
}

#[tokio::test]
async fn renew_sets_a_valid_empty_session() {
    let cookie = cookie(&config(), json!({}));
    let reply = run(&later(600), &cookie, async |mut session: Session| {
        session.renew();
        session
    })
    .await;
    assert_eq!(reply.payload(), "{}");
}

#[tokio::test]
async fn an_oversized_session_causes_a_500_and_sets_no_cookie() {
    let config = config();
    let cookie = cookie(&config, json!({"visits": 3}));
    let reply = run(&config, &cookie, async |mut session: Session| {
        session.insert("essay", "x".repeat(4000));
        (session, "body")
    })
    .await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.body, "");
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn exactly_4096_bytes_are_written_and_one_more_is_refused() {
    let config = SessionConfig::builder(key()).build().unwrap();
    // {"a":"..."} is eight bytes longer than its text.
    for (fill, status) in [(3033 - 8, 200), (3034 - 8, 500)] {
        let reply = run(&config, "", async move |mut session: Session| {
            session.insert("a", "x".repeat(fill));
            session
        })
        .await;
        assert_eq!(reply.status.as_u16(), status);
        if status == 200 {
            let cookie = reply.set_cookie();
            assert!(cookie.name().len() + cookie.value().len() <= 4096);
            let again = session(&format!("{}={}", cookie.name(), cookie.value()), &config);
            assert_eq!(again.get("a"), Some("x".repeat(fill)));
        }
    }
}

#[tokio::test]
async fn encoded_len_is_the_length_of_the_encoded_cookie_even_above_the_limit() {
    let config = config();
    for fill in [0, 1, 2, 100, 3000, 5000] {
        let mut session = session("", &config);
        session.insert("a", "x".repeat(fill));
        let len = session.encoded_len().unwrap();
        let reply = Reply::of(session.into_response()).await;
        if len <= 4096 {
            let cookie = reply.set_cookie();
            assert_eq!(cookie.name().len() + cookie.value().len(), len);
        } else {
            assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
        }
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_serialized_causes_a_500_and_sets_no_cookie() {
    let reply = run(&config(), "", async |mut session: Session| {
        session.insert("good", 1);
        session.insert("grid", std::collections::HashMap::from([((1, 2), 3)]));
        assert!(session.contains_key("grid"));
        assert!(session.encoded_len().unwrap_err().is_serialize());
        (session, "body")
    })
    .await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.body, "");
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn replacing_a_value_that_cannot_be_serialized_avoids_the_error() {
    let reply = run(&config(), "", async |mut session: Session| {
        let bad = std::collections::HashMap::from([((1, 2), 3)]);
        session.insert("a", bad.clone());
        session.insert("a", 1);
        session.insert("b", bad);
        session.remove("b");
        session
    })
    .await;
    assert_eq!(reply.payload(), r#"{"a":1}"#);
}

async fn too_large(mut session: Session) -> (Session, &'static str) {
    session.insert("essay", "x".repeat(5000));
    (session, "body")
}

#[tokio::test]
async fn other_views_add_nothing_to_a_response_after_a_failed_write() {
    let config = config();
    let guard = async |mut outer: Session, request, next: axum::middleware::Next| {
        let response = next.run(request).await;
        outer.insert("seen", 1);
        (outer, response)
    };
    let app = Router::new()
        .route("/", get(too_large))
        .layer(axum::middleware::from_fn_with_state(config.clone(), guard))
        .with_state(config.clone());
    let reply = send(&app, "/", &[&cookie(&config, json!({"a": 1}))]).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.body, "");
    reply.assert_no_set_cookie();

    let both = async |mut good: Session, mut bad: Session| {
        good.insert("a", 2);
        bad.insert("essay", "x".repeat(5000));
        (good, bad, "body")
    };
    let reply = run(&config, "", both).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    reply.assert_no_set_cookie();
}

#[tokio::test]
async fn flat_tuples_answer_500_if_the_session_cannot_be_written() {
    async fn status(handler: impl IntoResponse) -> StatusCode {
        Reply::of(handler.into_response()).await.status
    }
    let large = || {
        let mut session = session("", &config());
        session.insert("essay", "x".repeat(5000));
        session
    };
    assert_eq!(status((StatusCode::CREATED, large(), "x")).await, 500);
    assert_eq!(status((StatusCode::CREATED, (large(),), "x")).await, 500);
    assert_eq!(status((large(), StatusCode::CREATED)).await, 500);
    assert_eq!(status(large()).await, 500);
    // The documentation warns about this behavior of axum 0.8.
    assert_eq!(status((StatusCode::CREATED, (large(), "x"))).await, 201);
}

#[tokio::test]
async fn a_session_returned_with_an_error_of_try_get_is_saved() {
    let config = config();
    let cookie = cookie(&config, json!({"user": "ada"}));
    let handler =
        async |mut session: Session| -> Result<(Session, String), (Session, SessionError)> {
            session.insert("failures", 1);
            match session.try_get::<u32>("user") {
                Ok(user) => Ok((session, format!("{user:?}"))),
                Err(error) => Err((session, error)),
            }
        };
    let reply = run(&config, &cookie, handler).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(reply.payload(), r#"{"user":"ada","failures":1}"#);
}

#[tokio::test]
async fn vary_is_added_once_and_existing_values_are_kept() {
    let vary = |values: &'static [&'static str]| async move {
        let headers = AppendHeaders(values.iter().map(|value| (VARY, *value)));
        let response = (headers, "body").into_response();
        let reply =
            Reply::of((session("", &config()), session("", &config()), response).into_response());
        let reply = reply.await;
        reply.all(VARY).join(" | ")
    };
    assert_eq!(vary(&[]).await, "Cookie");
    assert_eq!(vary(&["Accept-Encoding"]).await, "Accept-Encoding | Cookie");
    assert_eq!(vary(&["accept, COOKIE"]).await, "accept, COOKIE");
    assert_eq!(vary(&["Accept", "cookie"]).await, "Accept | cookie");
    assert_eq!(vary(&["X-Cookie"]).await, "X-Cookie | Cookie");
    assert_eq!(vary(&["*"]).await, "*");
}

#[tokio::test]
async fn a_response_that_sets_the_cookie_is_private_unless_it_says_otherwise() {
    let reply = run(&config(), "", increment).await;
    assert_eq!(reply.all(CACHE_CONTROL), ["private"]);

    let reply = run(&config(), "", async |mut session: Session| {
        session.insert("a", 1);
        (
            session,
            ([(CACHE_CONTROL, "no-store")], "body").into_response(),
        )
    })
    .await;
    assert_eq!(reply.all(CACHE_CONTROL), ["no-store"]);
}

#[tokio::test]
async fn a_comma_in_quotes_does_not_end_a_cache_directive() {
    let reply = run(&config(), "", async |mut session: Session| {
        session.insert("a", 1);
        let shared = r#"no-cache="a, public, b", public"#;
        (session, ([(CACHE_CONTROL, shared)], "body").into_response())
    })
    .await;
    let private = r#"no-cache="a, public, b", private"#;
    assert_eq!(reply.all(CACHE_CONTROL), [private]);
}

#[tokio::test]
async fn set_cookie_values_are_marked_sensitive() {
    let config = config();
    let mut set = session("", &config);
    set.insert("a", 1);
    let mut removed = session("", &config);
    removed.destroy();
    for session in [set, removed] {
        let response = session.into_response();
        assert!(response.headers()[SET_COOKIE].is_sensitive());
        assert!(!format!("{response:?}").contains("session="));
    }
}

#[tokio::test]
async fn other_cookies_of_the_response_are_kept() {
    let config = config();
    let theirs = AppendHeaders([
        (SET_COOKIE, "a=1; Path=/"),
        (SET_COOKIE, "session=elsewhere; Path=/other"),
        (SET_COOKIE, "session=old; Path=/"),
        (SET_COOKIE, "sessions=1; Path=/"),
        (SET_COOKIE, "session=domain; Path=/; Domain=example.com"),
        (SET_COOKIE, "b=2"),
    ]);
    let mut session = session("", &config);
    session.insert("a", 1);
    let jar = CookieJar::new().add(Cookie::new("jar", "1"));
    let reply = Reply::of((theirs, session, jar, "body").into_response()).await;
    let mut cookies = reply.set_cookies();
    let ours = cookies.remove(5);
    assert!(ours.starts_with("session=1."), "{ours}");
    assert_eq!(
        cookies,
        [
            "a=1; Path=/",
            "session=elsewhere; Path=/other",
            "sessions=1; Path=/",
            "session=domain; Path=/; Domain=example.com",
            "b=2",
            "jar=1",
        ]
    );
}

#[tokio::test]
async fn max_age_is_the_rest_of_the_shorter_timeout() {
    let age = |seconds: u64| async move {
        let cookie = cookie(&config(), json!({"a": 1}));
        let config = builder()
            .idle_timeout(std::time::Duration::from_secs(100))
            .absolute_timeout(std::time::Duration::from_secs(150))
            .clock(move || at(START + seconds))
            .build()
            .unwrap();
        let reply = run(&config, &cookie, increment).await;
        reply.set_cookie().max_age().unwrap().whole_seconds()
    };
    assert_eq!(age(0).await, 100);
    assert_eq!(age(50).await, 100);
    assert_eq!(age(51).await, 99);
    assert_eq!(age(100).await, 50);
}

#[tokio::test]
async fn max_age_is_at_least_one_second() {
    let config = |now: u64| {
        builder()
            .absolute_timeout(std::time::Duration::from_secs(100))
            .clock(move || at(START + now))
            .build()
            .unwrap()
    };
    let cookie = cookie(&config(0), json!({"a": 1}));
    let reply = run(&config(100), &cookie, increment).await;
    assert_eq!(reply.set_cookie().max_age().unwrap().whole_seconds(), 1);
}

#[tokio::test]
async fn issued_is_never_before_created() {
    // The clock of the instance that created the session is half a minute ahead.
    let cookie = cookie(&later(30), json!({"a": 1}));
    let config = config();
    let reply = run(&config, &cookie, increment).await;
    let session: Session = Session::from_set_cookie(&reply.headers, &config);
    assert_eq!(session.created_at(), at(START + 30));
    assert_eq!(session.issued_at(), at(START + 30));
}

#[tokio::test]
async fn an_invalid_payload_is_never_written_back() {
    for payload in ["[1]", "null", "{", "{\"a\":1}x"] {
        let token = encoded(payload);
        run(&later(2 * DAY), &token, async |session: Session| session)
            .await
            .assert_no_set_cookie();
        let reply = run(&later(2 * DAY), &token, increment).await;
        assert_eq!(reply.payload(), r#"{"visits":1}"#);
        let session: Session = Session::from_set_cookie(&reply.headers, &later(2 * DAY));
        assert_eq!(session.created_at(), at(START + 2 * DAY));
    }
}

#[tokio::test]
async fn a_session_alone_is_a_response() {
    let mut session = session("", &config());
    session.insert("a", 1);
    let reply = Reply::of(session.into_response()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.payload(), r#"{"a":1}"#);
}

/// An inner service answers with its own `Set-Cookie`, and a session around it sets `a`.
async fn around(attributes: &str, config: &SessionConfig) -> String {
    let token = cookie(config, json!({"user": "ada"}));
    let set_cookie = format!("{token}; Path=/; {attributes}");
    let reply = run(config, "", async move |mut session: Session| {
        session.insert("a", 1);
        // The handler's own headers stand for those of a service behind it.
        ([(SET_COOKIE, set_cookie)], session, ())
    })
    .await;
    reply.payload()
}

#[tokio::test]
async fn a_set_cookie_that_has_expired_is_a_removal() {
    // The clock shows 22:13:20 on that Tuesday.
    for attributes in [
        "Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "Expires=Tue, 14 Nov 2023 22:13:19 GMT",
        "expires=Tue, 14 Nov 2023 22:13:19 GMT; HttpOnly; Secure",
        "Max-Age=0",
        "Max-Age=-1",
        "Max-Age=0; Expires=Fri, 31 Dec 2999 23:59:59 GMT",
    ] {
        assert_eq!(
            around(attributes, &config()).await,
            r#"{"a":1}"#,
            "{attributes}"
        );
    }
}

#[tokio::test]
async fn a_set_cookie_that_has_not_expired_is_merged() {
    for attributes in [
        "HttpOnly",
        "Expires=Tue, 14 Nov 2023 22:13:21 GMT",
        "Expires=Fri, 31 Dec 2999 23:59:59 GMT",
        // Max-Age goes first.
        "Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=3600",
        // A browser ignores a date that it cannot read.
        "Expires=soon",
    ] {
        assert_eq!(
            around(attributes, &config()).await,
            r#"{"user":"ada","a":1}"#,
            "{attributes}"
        );
    }
}

#[test]
fn from_set_cookie_reads_no_cookie_that_has_expired() {
    let config = config();
    let token = cookie(&config, json!({"user": "ada"}));
    for (attributes, user) in [
        ("Expires=Tue, 14 Nov 2023 22:13:19 GMT", None),
        ("Expires=Tue, 14 Nov 2023 22:13:21 GMT", Some("ada")),
        (
            "Max-Age=5; Expires=Tue, 14 Nov 2023 22:13:19 GMT",
            Some("ada"),
        ),
    ] {
        let mut headers = axum::http::HeaderMap::new();
        let header = format!("{token}; Path=/; {attributes}");
        headers.insert(SET_COOKIE, header.parse().unwrap());
        let session: Session = Session::from_set_cookie(&headers, &config);
        assert_eq!(
            session.get::<String>("user").as_deref(),
            user,
            "{attributes}"
        );
    }
}

#[tokio::test]
async fn a_removal_needs_no_clock() {
    let removal = "Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    for now in [0, START, u64::from(u32::MAX), 1 << 40] {
        let fallback = builder().cookie_name("old").build().unwrap();
        let config = builder()
            .clock(move || at(now))
            .fallback_config(fallback.clone())
            .build()
            .unwrap();
        let ours = cookie(&config, json!({"user": "ada"}));
        for end in [Session::destroy, |session: &mut Session| session.clear()] {
            let handler = async move |mut session: Session| {
                end(&mut session);
                session
            };
            let reply = run(&config, &format!("{ours}; old=x"), handler).await;
            let sent = reply.set_cookies();
            assert_eq!(sent.len(), 2);
            assert!(
                sent.iter().all(|header| header.ends_with(removal)),
                "{sent:?}"
            );
        }
    }
}

#[cfg(feature = "express")]
#[tokio::test]
async fn a_removal_of_two_cookies_needs_no_clock_either() {
    use axum_cookie_session::Key;

    let key = Key::legacy("dev").unwrap();
    let config = SessionConfig::express(key).clock(|| at(1)).build().unwrap();
    let reply = run(&config, "", async |mut session: Session| {
        session.destroy();
        session
    })
    .await;
    let attributes =
        "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    assert_eq!(
        reply.set_cookies(),
        [
            format!("session=; {attributes}"),
            format!("session.sig=; {attributes}"),
        ]
    );
}
