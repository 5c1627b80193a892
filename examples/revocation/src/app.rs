//! A site whose visitors sign out of one session, or everywhere.

use std::time::Duration;

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{ConfigError, Key, Session, SessionConfig};
use axum_cookie_session_redis::{RedisRevocation, RevocationError};
use serde::Deserialize;
use tower_http::csrf::CsrfLayer;
use uuid::Uuid;

/// How long a session lives at most, and so how long Redis has to remember that it ended.
const ABSOLUTE_TIMEOUT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub(crate) fn revocation(url: &str) -> Result<RedisRevocation, RevocationError> {
    RedisRevocation::builder(url)
        .absolute_timeout(ABSOLUTE_TIMEOUT)
        .build()
}

#[derive(Clone, FromRef)]
pub(crate) struct AppState {
    session: SessionConfig,
    revocation: RedisRevocation,
}

impl AppState {
    pub(crate) fn new(
        key: Key,
        revocation: RedisRevocation,
        fail_open: bool,
    ) -> Result<Self, ConfigError> {
        let session = SessionConfig::builder(key)
            .absolute_timeout(ABSOLUTE_TIMEOUT)
            .revocation(revocation.clone())
            .fail_open(fail_open)
            .no_store(true)
            .build()?;
        Ok(Self {
            session,
            revocation,
        })
    }
}

pub(crate) fn app(state: AppState) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/visit", post(visit))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/sign-out-everywhere", post(sign_out_everywhere))
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        .with_state(state)
}

async fn home(session: Session) -> (Session, Html<String>) {
    let content = match session.get::<String>("user") {
        Some(user) => {
            let visits = session.get("visits").unwrap_or(0);
            format!(
                r#"<p>Signed in as {user}, {visits} visits.</p>
<form method="post" action="/visit"><button>Count a visit</button></form>
<form method="post" action="/sign-out"><button>Sign out here</button></form>
<form method="post" action="/sign-out-everywhere"><button>Sign out everywhere</button></form>"#
            )
        }
        None => format!(
            r#"<p>Nobody is signed in: {:?}.</p>
<form method="post" action="/sign-in">
<button name="user" value="ada">I am Ada</button>
<button name="user" value="grace">I am Grace</button>
</form>"#,
            session.status()
        ),
    };
    let page = format!("<!doctype html>\n<title>Revocation</title>\n{content}\n");
    (session, Html(page))
}

async fn visit(mut session: Session) -> (Session, Redirect) {
    session.insert("visits", session.get("visits").unwrap_or(0) + 1);
    (session, Redirect::to("/"))
}

#[derive(Deserialize)]
struct SignIn {
    user: User,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum User {
    Ada,
    Grace,
}

/// A stand-in that asks for no password; see the example `login`.
async fn sign_in(mut session: Session, Form(form): Form<SignIn>) -> (Session, Redirect) {
    session.destroy();
    let user = match form.user {
        User::Ada => "ada",
        User::Grace => "grace",
    };
    session.insert("user", user);
    // By this, one session is ended without the others of the user.
    session.insert("login", Uuid::new_v4());
    (session, Redirect::to("/"))
}

async fn sign_out(
    State(revocation): State<RedisRevocation>,
    mut session: Session,
) -> (Session, Response) {
    let ended = match session.get::<String>("login") {
        Some(login) => revocation.end_login(&login).await.is_ok(),
        None => false,
    };
    session.destroy();
    (session, signed_out(ended))
}

async fn sign_out_everywhere(
    State(revocation): State<RedisRevocation>,
    mut session: Session,
) -> (Session, Response) {
    let ended = match session.get::<String>("user") {
        Some(user) => revocation.end_user(&user).await.is_ok(),
        None => false,
    };
    session.destroy();
    (session, signed_out(ended))
}

/// This browser is signed out in any case. What else there is may live on while Redis is down.
fn signed_out(ended: bool) -> Response {
    match ended {
        true => Redirect::to("/").into_response(),
        false => (
            StatusCode::SERVICE_UNAVAILABLE,
            "This browser is signed out. Sign in and out again later to be sure of the others.",
        )
            .into_response(),
    }
}
