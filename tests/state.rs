//! The config in a state of the application's own, behind an `Arc`, and two configs in one state.

#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::http::HeaderMap;
use axum::routing::get;
use axum_cookie_session::{Session, SessionConfig, SessionMap, Status};
use common::*;
use serde::{Deserialize, Serialize};

struct AppState {
    session: SessionConfig,
    admin: AdminConfig,
}

impl FromRef<AppState> for SessionConfig {
    fn from_ref(state: &AppState) -> Self {
        state.session.clone()
    }
}

struct AdminConfig(Arc<SessionConfig>);

impl AsRef<SessionConfig> for AdminConfig {
    fn as_ref(&self) -> &SessionConfig {
        &self.0
    }
}

impl FromRef<Arc<AppState>> for AdminConfig {
    fn from_ref(state: &Arc<AppState>) -> Self {
        Self(state.admin.0.clone())
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Visits {
    visits: u32,
}

type AdminSession<T = SessionMap> = Session<T, AdminConfig>;

fn state() -> Arc<AppState> {
    Arc::new(AppState {
        session: config(),
        admin: AdminConfig(Arc::new(builder().cookie_name("admin").build().unwrap())),
    })
}

async fn count(mut session: Session) -> Session {
    session.insert("visits", session.get("visits").unwrap_or(0) + 1);
    session
}

async fn count_both(
    mut session: Session,
    mut admin: AdminSession<Visits>,
) -> (Session, AdminSession<Visits>, &'static str) {
    session.insert("visits", 1);
    admin.visits += 2;
    (session, admin, "counted")
}

#[tokio::test]
async fn a_state_in_an_arc_needs_one_from_ref() {
    let app = Router::new().route("/", get(count)).with_state(state());
    assert_eq!(send(&app, "/", &[]).await.payload(), r#"{"visits":1}"#);
}

#[tokio::test]
async fn a_config_in_an_arc_is_a_state_as_well() {
    let app = Router::new()
        .route("/", get(count))
        .with_state(Arc::new(config()));
    assert_eq!(send(&app, "/", &[]).await.payload(), r#"{"visits":1}"#);
    let app = Router::new()
        .route("/", get(count))
        .with_state(Arc::new(Arc::new(config())));
    assert_eq!(send(&app, "/", &[]).await.payload(), r#"{"visits":1}"#);
}

#[tokio::test]
async fn a_second_session_takes_its_config_from_the_state_by_its_type() {
    let app = Router::new()
        .route("/", get(count_both))
        .with_state(state());
    let reply = send(&app, "/", &[]).await;
    let payloads: Vec<_> = reply
        .set_cookies()
        .into_iter()
        .map(|cookie| {
            let (name, token) = cookie.split_once('=').unwrap();
            (name, payload(token))
        })
        .collect();
    assert_eq!(
        payloads,
        [
            ("session", r#"{"visits":1}"#.to_owned()),
            ("admin", r#"{"visits":2}"#.to_owned())
        ]
    );
}

#[tokio::test]
async fn a_second_session_is_read_from_headers_with_its_own_config() {
    let admin = AdminConfig(Arc::new(config()));
    let cookie = headers(&cookie(&admin.0, serde_json::json!({"user": "ada"})));
    let read: AdminSession = Session::from_headers(&cookie, &admin);
    let loaded: AdminSession = Session::load(&cookie, &admin).await;
    for mut session in [read, loaded] {
        assert_eq!(session.status(), Status::Valid);
        assert_eq!(session.get("user"), Some("ada".to_owned()));
        session.insert("n", 1);
        let mut response = HeaderMap::new();
        session.write_to(&mut response).unwrap();
        let left: AdminSession = Session::from_set_cookie(&response, &admin);
        assert_eq!(left.get("n"), Some(1));
    }
}
