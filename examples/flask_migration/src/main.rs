//! Serves what has moved to axum. See README.md.

use std::env;
use std::error::Error;

use axum_cookie_session::{Key, KeyError};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = key("SECRET_KEY", |secret| Key::legacy(secret))?
        .ok_or("SECRET_KEY is Flask's, and is missing")?;
    let config = match key("SESSION_KEY", |secret| Key::new(secret))? {
        None => flask_migration::shared(secret)?,
        Some(key) => flask_migration::moved(key, secret)?,
    };
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, flask_migration::app(config)).await?)
}

fn key(name: &str, make: fn(&[u8]) -> Result<Key, KeyError>) -> Result<Option<Key>, KeyError> {
    env::var_os(name)
        .map(|secret| make(secret.as_encoded_bytes()))
        .transpose()
}
