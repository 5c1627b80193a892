//! Serves the example. See README.md.

use std::env;
use std::error::Error;
use std::time::Instant;

use axum_cookie_session::Key;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let key = match Key::from_env("SESSION_KEY") {
        Err(error) if error.is_missing() => {
            eprintln!("no SESSION_KEY: sessions end with this program");
            Key::generate()
        }
        key => key?,
    };
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let origin = env::var("ORIGIN").unwrap_or(format!("http://localhost:{port}"));
    let app = passkeys::app(key, &origin, Instant::now)
        .map_err(|error| format!("ORIGIN cannot be used: {error}"))?;
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on {origin}");
    Ok(axum::serve(listener, app).await?)
}
