//! Counts your visits, shows what its cookie holds, and starts again at the press of a button.
//!
//! ```sh
//! cargo run --example counter
//! curl -c jar -b jar http://localhost:3000    # twice; or open it in a browser, and reload
//! ```
//!
//! The cookie is Secure. Chromium (138 or later), Firefox and curl (7.79 or later) keep such a cookie
//! of `http://localhost`; Safari does not, and stays at visit number 1. There, start the example
//! with `INSECURE=1`, which is for development alone.

use std::env;
use std::error::Error;
use std::time::SystemTime;

use axum::Router;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use axum_cookie_session::{ConfigError, Key, Session, SessionConfig, SessionError};
use html_escape::encode_safe;
use serde_json::Value;
use tokio::net::TcpListener;

pub(crate) fn app(config: SessionConfig) -> Router {
    Router::new()
        .route("/", get(count))
        .route("/reset", post(reset))
        .with_state(config)
}

async fn count(mut session: Session) -> Result<(Session, Html<String>), SessionError> {
    let visits = session.get("visits").unwrap_or(0) + 1;
    session.insert("visits", visits);
    let page = page(&session, visits)?;
    Ok((session, page))
}

async fn reset(mut session: Session) -> (Session, Redirect) {
    session.remove("visits");
    (session, Redirect::to("/"))
}

fn page(session: &Session, visits: u32) -> Result<Html<String>, SessionError> {
    let len = session.encoded_len()?;
    let created = ago(session.created_at());
    let issued = ago(session.issued_at());
    let rows: String = session
        .keys()
        .map(|key| {
            let value = session.get::<Value>(key).unwrap_or_default().to_string();
            let (key, value) = (encode_safe(key), encode_safe(&value));
            format!("<tr><th>{key}</th><td><code>{value}</code></td></tr>\n")
        })
        .collect();
    Ok(Html(format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Counter</title>
<style>
body {{ font: 1.1rem system-ui; max-width: 34rem; margin: 3rem auto; padding: 0 1rem }}
button, code {{ font: inherit }}
th {{ text-align: left; padding-right: 1rem }}
</style>
<h1>Visit number {visits}</h1>
<form method="post" action="/reset"><button>Start again</button></form>
<h2>In the cookie</h2>
<table>
{rows}</table>
<p>{len} of 4096 bytes. The session began {created}; the cookie you sent was issued {issued}.</p>
"#
    )))
}

fn ago(time: SystemTime) -> String {
    let elapsed = time.elapsed().unwrap_or_default();
    format!("{} s ago", elapsed.as_secs())
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
    let config = config(key)?;
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(config)).await?)
}

fn config(key: Key) -> Result<SessionConfig, ConfigError> {
    let builder = SessionConfig::builder(key);
    if env::var_os("INSECURE").is_some_and(|value| value == "1") {
        eprintln!("INSECURE=1: the cookie is `session`, and not Secure");
        return builder.cookie_name("session").secure(false).build();
    }
    builder.build()
}
