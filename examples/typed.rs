//! Uses a typed session and the untyped session, a map, next to each other in one handler.
//!
//! ```sh
//! cargo run --example typed
//! ```
//!
//! Open the address it prints in Chromium or Firefox. (In Safari, see the example `counter`.)

use std::env;
use std::error::Error;

use axum::response::{Html, Redirect};
use axum::routing::get;
use axum::{Form, Router};
use axum_cookie_session::{Key, Session, SessionConfig};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

pub(crate) fn app(config: SessionConfig) -> Router {
    Router::new()
        .route("/", get(show).post(save))
        .with_state(config)
}

/// Keys of the session, and fields of the form.
///
/// With `#[serde(default)]`, a session (or a form) that lacks a field still matches the type.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Preferences {
    theme: Theme,
    compact: bool,
}

#[derive(Default, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Theme {
    #[default]
    Light,
    Dark,
}

async fn show(
    preferences: Session<Preferences>,
    mut session: Session,
) -> (Session<Preferences>, Session, Html<String>) {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    let saved = session.get("saved").unwrap_or(0);
    let page = page(&preferences, visits, saved);
    (preferences, session, page)
}

/// Each session changes its own keys. Both are returned, so no change is lost.
async fn save(
    mut preferences: Session<Preferences>,
    mut session: Session,
    Form(chosen): Form<Preferences>,
) -> (Session<Preferences>, Session, Redirect) {
    *preferences = chosen;
    session.insert("saved", session.get("saved").unwrap_or(0) + 1);
    (preferences, session, Redirect::to("/"))
}

/// Numbers and names of ours only, so there is nothing to escape.
fn page(preferences: &Preferences, visits: u32, saved: u32) -> Html<String> {
    let scheme = match preferences.theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let dark = attribute("selected", preferences.theme == Theme::Dark);
    let compact = attribute("checked", preferences.compact);
    let line_height = if preferences.compact { 1 } else { 2 };
    Html(format!(
        r#"<!doctype html>
<html style="color-scheme: {scheme}; line-height: {line_height}">
<title>Preferences</title>
<p>Visit number {visits}. Preferences saved: {saved}.</p>
<form method="post">
<p><label>Theme <select name="theme">
<option value="light">Light</option>
<option value="dark"{dark}>Dark</option>
</select></label></p>
<p><label><input type="checkbox" name="compact" value="true"{compact}> Compact</label></p>
<button>Save</button>
</form>
"#
    ))
}

fn attribute(name: &str, set: bool) -> String {
    if set {
        format!(" {name}")
    } else {
        String::new()
    }
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
    let config = SessionConfig::new(key);
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(config)).await?)
}
