//! `Session::write_to`: into the headers of a response that other code makes.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum::http::HeaderMap;
use axum_cookie_session::Session;
use common::*;

#[tokio::test]
async fn the_headers_become_those_of_a_returned_session() {
    let config = config();
    let change = |session: &mut Session| session.insert("n", 1);
    let token = encoded(r#"{"user":"ada"}"#);

    let mut written = HeaderMap::new();
    let mut session = session(&token, &config);
    change(&mut session);
    session.write_to(&mut written).unwrap();

    let mut returned = run(&config, &token, async move |mut session: Session| {
        change(&mut session);
        (session, ())
    })
    .await;
    // axum's own, for the empty body.
    returned.headers.remove("content-length");
    assert_eq!(written, returned.headers);
}

#[cfg(feature = "tracing")]
#[test]
fn the_output_that_was_written_is_not_lost() {
    let log = logged(|| {
        let mut session = session("", &config());
        session.insert("n", 1);
        session.write_to(&mut HeaderMap::new()).unwrap();
    });
    assert!(!log.contains("WARN"), "{log}");
    let log = logged(|| {
        let mut session = session("", &config());
        session.write_to(&mut HeaderMap::new()).unwrap();
        session.insert("n", 1);
    });
    assert!(
        log.contains(r#"WARN"#) && log.contains(r#"keys=["n"]"#),
        "{log}"
    );
}

#[test]
fn changes_after_a_write_are_merged_into_the_same_cookie() {
    let config = config();
    let mut headers = HeaderMap::new();
    let mut session = session("", &config);
    session.insert("a", 1);
    session.write_to(&mut headers).unwrap();
    session.insert("b", 2);
    session.write_to(&mut headers).unwrap();
    assert_eq!(headers.get_all("set-cookie").iter().count(), 1);
    let left: Session = Session::from_set_cookie(&headers, &config);
    assert_eq!((left.get("a"), left.get("b")), (Some(1), Some(2)));
}

#[test]
fn headers_stay_as_they_were_if_the_session_cannot_be_written() {
    let mut headers = HeaderMap::new();
    headers.insert("cache-control", "public".parse().unwrap());
    let before = headers.clone();
    let log = logged(|| {
        let mut session = session(&encoded(r#"{"user":"ada"}"#), &config());
        session.insert("essay", "x".repeat(5000));
        let error = session.write_to(&mut headers).unwrap_err();
        assert!(error.is_too_large(), "{error}");
    });
    assert_eq!(headers, before);
    assert_eq!(log.contains("ERROR"), cfg!(feature = "tracing"), "{log}");
    assert!(!log.contains("WARN"), "{log}");
}
