//! `Session<Option<T>>`: a login that may be absent.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use axum_cookie_session::{Reason, Session, Status};
use common::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Login {
    user_id: i64,
    name: String,
}

fn ada() -> Login {
    Login {
        user_id: 7,
        name: "ada".to_owned(),
    }
}

fn optional(cookie: &str) -> Session<Option<Login>> {
    Session::from_headers(&headers(cookie), &config())
}

#[test]
fn a_misfit_is_none_and_valid() {
    for payload in [
        r#"{}"#,
        r#"{"theme":"dark"}"#,
        r#"{"user_id":7}"#,
        r#"{"user_id":"7","name":"ada"}"#,
        r#"{"user_id":null,"name":null}"#,
    ] {
        let session = optional(&encoded(payload));
        assert_eq!(*session, None, "{payload}");
        assert_eq!(session.status(), Status::Valid, "{payload}");
    }
    assert_eq!(optional("").status(), Status::New);
    assert_eq!(*optional(""), None);
}

#[test]
fn a_fit_is_some() {
    let session = optional(&encoded(r#"{"user_id":7,"theme":"dark","name":"ada"}"#));
    assert_eq!(*session, Some(ada()));
    assert_eq!(session.status(), Status::Valid);
}

#[test]
fn a_payload_that_is_not_an_object_is_not_a_session() {
    for payload in ["null", "[]", "7", "{"] {
        let session = optional(&encoded(payload));
        assert_eq!(*session, None, "{payload}");
        assert_eq!(
            session.status(),
            Status::Rejected(Reason::InvalidPayload),
            "{payload}"
        );
    }
}

async fn sign_in(mut session: Session<Option<Login>>) -> Session<Option<Login>> {
    *session = Some(ada());
    session
}

async fn sign_out(mut session: Session<Option<Login>>) -> Session<Option<Login>> {
    *session = None;
    session
}

#[tokio::test]
async fn some_writes_its_keys_next_to_existing_ones() {
    let reply = run(&config(), &encoded(r#"{"theme":"dark"}"#), sign_in).await;
    let expected = r#"{"theme":"dark","user_id":7,"name":"ada"}"#;
    assert_eq!(reply.payload(), expected);
    let reply = run(&config(), "", sign_in).await;
    assert_eq!(reply.payload(), r#"{"user_id":7,"name":"ada"}"#);
}

#[tokio::test]
async fn none_removes_the_keys_that_some_had_and_no_other() {
    let token = encoded(r#"{"user_id":7,"theme":"dark","name":"ada"}"#);
    let reply = run(&config(), &token, sign_out).await;
    assert_eq!(reply.payload(), r#"{"theme":"dark"}"#);

    let token = encoded(r#"{"user_id":7,"name":"ada"}"#);
    let reply = run(&config(), &token, sign_out).await;
    assert!(reply.set_cookie().max_age().unwrap().is_zero());
}

#[tokio::test]
async fn none_that_stays_none_sets_nothing() {
    for cookie in ["", &encoded(r#"{"user_id":7}"#), &encoded("{}")] {
        run(&config(), cookie, sign_out)
            .await
            .assert_no_set_cookie();
    }
}

#[tokio::test]
async fn replacing_a_login_by_an_equal_one_is_not_a_change() {
    let token = encoded(r#"{"user_id":7,"name":"ada"}"#);
    run(&config(), &token, sign_in).await.assert_no_set_cookie();
}

#[tokio::test]
async fn none_encodes_as_a_session_without_keys() {
    let config = config();
    let cookie = config.encode(&None::<Login>).unwrap();
    assert_eq!(payload(&cookie), "{}");
    let cookie = config.encode(&Some(ada())).unwrap();
    assert_eq!(*optional(&cookie), Some(ada()));
}

#[cfg(all(debug_assertions, feature = "tracing"))]
#[test]
fn a_login_that_every_visitor_has_is_warned_of_by_name() {
    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Stranger {
        user_id: i64,
    }
    let log = logged(|| {
        let session: Session<Option<Stranger>> =
            Session::from_headers(&headers(&encoded("{}")), &config());
        assert!(session.is_some());
    });
    assert!(log.contains("WARN"), "{log}");
    assert!(log.contains("Stranger"), "{log}");
    assert!(log.contains("#[serde(default)]"), "{log}");
    assert!(!logged(|| drop(optional(&encoded("{}")))).contains("WARN"));
}

#[cfg(all(debug_assertions, feature = "tracing"))]
#[test]
fn a_login_that_the_next_request_cannot_read_is_warned_of() {
    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Alone {
        user_id: i64,
    }
    let write = |login: Option<Alone>| {
        logged(|| {
            let mut session: Session<Option<Alone>> = Session::from_headers(
                &headers(&encoded(r#"{"theme":"dark","user_id":1}"#)),
                &config(),
            );
            *session = login;
            session.write_to(&mut Default::default()).unwrap();
        })
    };
    let log = write(Some(Alone { user_id: 7 }));
    assert!(log.contains("cannot be read back as this type"), "{log}");
    assert!(!write(None).contains("WARN"));
}
