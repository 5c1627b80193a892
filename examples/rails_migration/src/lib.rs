//! The part of a Rails site that has moved to axum: everything below `/new`.

mod flash;

use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum::{Form, Router};
use axum_cookie_session::{ConfigError, Key, Session, SessionConfig};
use html_escape::encode_safe;
use serde::Deserialize;
use tower_http::csrf::CsrfLayer;

use crate::flash::{set_flash, take_flash};

/// While Rails still writes sessions: one cookie, which both sides read and write.
///
/// # Errors
///
/// None with these settings.
pub fn shared(secret_key_base: Key, secure: bool) -> Result<SessionConfig, ConfigError> {
    // `rails` if the application has `load_defaults 7.0` or newer.
    SessionConfig::rails_sha1(secret_key_base, "_site_session")
        .secure(secure)
        .no_store(true)
        .build()
}

/// When Rails does not write sessions any more: our own format, with Rails' as the fallback.
///
/// # Errors
///
/// None with these settings.
pub fn moved(key: Key, shared: SessionConfig) -> Result<SessionConfig, ConfigError> {
    SessionConfig::builder(key)
        .fallback_config(shared)
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
    // Rails put it there.
    let Some(user) = session.get::<String>("user") else {
        set_flash(&mut session, "alert", "Please sign in.");
        return Err((session, Redirect::to("/login")));
    };
    let theme: String = session.get("theme").unwrap_or_default();
    let messages: String = take_flash(&mut session)
        .values()
        .map(|message| format!("<p role=\"status\">{}</p>\n", encode_safe(message)))
        .collect();
    let page = format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Settings</title>
{messages}<h1>Settings of {user}</h1>
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
    // Rails shows the message on the next page that it renders.
    set_flash(&mut session, "notice", "Theme saved.");
    (session, Redirect::to("/"))
}

async fn logout(mut session: Session) -> (Session, Redirect) {
    session.destroy();
    (session, Redirect::to("/"))
}
