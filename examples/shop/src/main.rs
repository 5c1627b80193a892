//! Serves the shop. See README.md.

use std::env;
use std::error::Error;

use axum_cookie_session::Key;
use shop::{app, sessions};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let insecure = env::var_os("INSECURE").is_some_and(|value| value == "1");
    let sessions = sessions(key()?, insecure).build()?;
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    // A phone has to reach it, too.
    let host = if insecure { "0.0.0.0" } else { "127.0.0.1" };
    let listener = TcpListener::bind(format!("{host}:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(sessions)).await?)
}

/// The key of `SESSION_KEY`; without one, a key for trying out.
fn key() -> Result<Key, String> {
    let Some(secret) = env::var_os("SESSION_KEY") else {
        eprintln!("no SESSION_KEY: sessions end with this program");
        eprintln!("make one that lasts: export SESSION_KEY=\"$(openssl rand -base64 48)\"");
        return Ok(Key::generate());
    };
    Key::new(secret.as_encoded_bytes()).map_err(|error| format!("SESSION_KEY: {error}"))
}
