//! Serves what has moved to axum. See README.md.

use std::env;
use std::error::Error;

use axum_cookie_session::Key;
use rails_migration::{app, moved, shared};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret =
        env::var_os("SECRET_KEY_BASE").ok_or("SECRET_KEY_BASE, which is Rails', is not set")?;
    let secret = Key::legacy(secret.as_encoded_bytes())?;
    // As rails/app.rb says it.
    let secure = env::var("RAILS_ENV").is_ok_and(|name| name == "production");
    let shared = shared(secret, secure)?;
    let config = match Key::from_env("SESSION_KEY") {
        Err(error) if error.is_missing() => shared,
        key => moved(key?, shared)?,
    };
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(config)).await?)
}
