//! The part of a Flask site that has moved to axum: everything below `/new`.

use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{ConfigError, Key, Session, SessionConfig};
use html_escape::encode_safe;
use serde::Deserialize;
use tower_http::csrf::CsrfLayer;

/// While Flask still writes sessions: one cookie, which both sides read and write.
///
/// # Errors
///
/// None with these settings.
pub fn shared(secret: Key) -> Result<SessionConfig, ConfigError> {
    SessionConfig::flask(secret).no_store(true).build()
}

/// When Flask does not write sessions any more: our own format, with Flask's as the fallback.
///
/// # Errors
///
/// None with these settings.
pub fn moved(key: Key, secret: Key) -> Result<SessionConfig, ConfigError> {
    SessionConfig::builder(key)
        .fallback_config(shared(secret)?)
        .no_store(true)
        .build()
}

pub fn app(config: SessionConfig) -> Router {
    Router::new()
        .route("/new/settings", get(settings).post(change))
        .route("/new/logout", post(logout))
        // Another site must not sign a user in or out.
        .layer(CsrfLayer::new())
        .with_state(config)
}

async fn settings(mut session: Session) -> Result<(Session, Html<String>), (Session, Redirect)> {
    // Flask put it there.
    let Some(user) = session.get::<String>("user") else {
        session.flash("message", "Please sign in.");
        return Err((session, Redirect::to("/login")));
    };
    let theme: String = session.get("theme").unwrap_or_default();
    let page = format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Settings</title>
<h1>Settings of {user}</h1>
<p id="theme">{theme}</p>
<form method="post"><input name="theme" required><button id="save">Save</button></form>
<form method="post" action="/new/logout"><button id="logout">Sign out</button></form>
<p><a href="/">Back</a></p>
"#,
        user = encode_safe(&user),
        theme = encode_safe(&theme),
    );
    Ok((session, Html(page)))
}

#[derive(Deserialize)]
struct Settings {
    theme: String,
}

async fn change(mut session: Session, Form(form): Form<Settings>) -> (Session, Redirect) {
    if !session.contains_key("user") {
        return (session, Redirect::to("/login"));
    }
    let theme: String = form.theme.chars().take(40).collect();
    session.insert("theme", theme);
    // Flask shows the message on the next page that it renders.
    session.flash("message", "Theme saved.");
    (session, Redirect::to("/"))
}

async fn logout(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    (session, Redirect::to("/"))
}
