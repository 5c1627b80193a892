//! Serves the shop. See README.md.

use std::env;
use std::error::Error;

use axum_cookie_session::Key;
use shop::{app, sessions};
use tokio::net::TcpListener;

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
    let insecure = env::var_os("INSECURE").is_some_and(|value| value == "1");
    let sessions = sessions(key, insecure).build()?;
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    // A phone has to reach it, too.
    let host = if insecure { "0.0.0.0" } else { "127.0.0.1" };
    let listener = TcpListener::bind(format!("{host}:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(sessions)).await?)
}
