//! Serves what has moved to axum. See README.md.

use std::env;
use std::error::Error;

use axum_cookie_session::Key;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = env::var_os("SECRET_KEY").ok_or("SECRET_KEY is Flask's, and is missing")?;
    let secret = Key::legacy(secret.as_encoded_bytes())?;
    let config = match Key::from_env("SESSION_KEY") {
        Err(error) if error.is_missing() => flask_migration::shared(secret)?,
        key => flask_migration::moved(key?, secret)?,
    };
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, flask_migration::app(config)).await?)
}
