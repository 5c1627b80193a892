//! Keeps a stricter session for administrators next to the main one, in a cookie of its own.
//!
//! ```sh
//! cargo run --example two_sessions
//! ```
//!
//! Open the address it prints in Chromium or Firefox; the administrator's password is `swordfish`.
//! (In Safari, see the example `counter`.)

use std::env;
use std::error::Error;
use std::time::Duration;

use axum::extract::FromRef;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{
    Key, SameSite, Session, SessionConfig, SessionConfigBuilder, SessionMap,
};
use serde::Deserialize;
use tokio::net::TcpListener;
use tower_http::csrf::CsrfLayer;

pub(crate) fn app(session: SessionConfig, admin: SessionConfig) -> Router {
    Router::new()
        .route("/", get(home))
        .route("/admin", get(office))
        .route("/admin/unlock", post(unlock))
        .route("/admin/lock", post(lock))
        // Another site must not unlock or lock the office.
        .layer(CsrfLayer::new())
        .with_state(AppState {
            session,
            admin: AdminConfig(admin),
        })
}

/// The browser sends this cookie below `/admin` only, and never from another site's link.
pub(crate) fn admin(key: Key) -> SessionConfigBuilder {
    SessionConfig::builder(key)
        .cookie_name("__Secure-admin")
        .path("/admin")
        .same_site(SameSite::Strict)
        // The Back button must not show the office after it was locked.
        .no_store(true)
        .idle_timeout(Duration::from_secs(15 * 60))
}

#[derive(Clone, FromRef)]
struct AppState {
    session: SessionConfig,
    admin: AdminConfig,
}

/// A type of its own, by which the state tells the two configs apart.
#[derive(Clone)]
struct AdminConfig(SessionConfig);

impl AsRef<SessionConfig> for AdminConfig {
    fn as_ref(&self) -> &SessionConfig {
        &self.0
    }
}

type Admin = Session<SessionMap, AdminConfig>;

async fn home(mut session: Session) -> (Session, Html<String>) {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    let content = format!("<p>Visit number {visits}. <a href=\"/admin\">Office</a></p>");
    (session, page(&content))
}

/// Returns both sessions: a refresh keeps each of them alive.
async fn office(session: Session, admin: Admin) -> (Session, Admin, Html<String>) {
    let visits = session.get("visits").unwrap_or(0);
    let content = if admin.contains_key("unlocked") {
        format!(
            r#"<p>The office is open. You have seen the front page {visits} times.</p>
<form method="post" action="/admin/lock"><button>Lock</button></form>"#
        )
    } else {
        r#"<form method="post" action="/admin/unlock">
<label>Password <input name="password" type="password" required></label>
<button>Unlock</button>
</form>"#
            .to_owned()
    };
    (session, admin, page(&content))
}

#[derive(Deserialize)]
struct Unlock {
    password: String,
}

async fn unlock(mut admin: Admin, Form(form): Form<Unlock>) -> (Admin, Redirect) {
    // A stand-in: verify an Argon2 hash instead.
    if form.password == "swordfish" {
        admin.destroy();
        admin.insert("unlocked", true);
    }
    (admin, Redirect::to("/admin"))
}

async fn lock(mut admin: Admin) -> (Admin, Redirect) {
    admin.destroy();
    (admin, Redirect::to("/admin"))
}

fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!doctype html>\n<title>Two sessions</title>\n{content}\n"
    ))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = match Key::from_env("SESSION_KEY") {
        Err(error) if error.is_missing() => {
            eprintln!("no SESSION_KEY: sessions end with this program");
            eprintln!("make one that lasts: export SESSION_KEY=\"$(openssl rand -base64 48)\"");
            Key::generate()
        }
        key => key?,
    };
    // One key serves both: a cookie's name is part of what signs it.
    let app = app(SessionConfig::new(key.clone()), admin(key).build()?);
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app).await?)
}
