//! Serves the API and the page on two ports.

use std::env;
use std::error::Error;

use axum_cookie_session::{Key, SessionConfig};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    // No cache and no Back button shows a response with something of the session.
    let config = SessionConfig::builder(key()?).no_store(true).build()?;
    let (api, api_listener) = listen("PORT", "3000").await?;
    let (page, page_listener) = listen("PAGE_PORT", "3001").await?;
    let app = spa::app(config, &api, &page)?;
    println!("open {page}");
    println!("listening on {api}");
    tokio::try_join!(
        axum::serve(api_listener, app).into_future(),
        axum::serve(page_listener, spa::page(&api)).into_future(),
    )?;
    Ok(())
}

/// The origin of a port, and its listener.
async fn listen(variable: &str, port: &str) -> Result<(String, TcpListener), Box<dyn Error>> {
    let port = env::var(variable).unwrap_or(port.to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    Ok((format!("http://localhost:{port}"), listener))
}

/// The key of `SESSION_KEY`; without one, a key for trying out.
fn key() -> Result<Key, Box<dyn Error>> {
    match Key::from_env("SESSION_KEY") {
        Err(error) if error.is_missing() => {
            eprintln!("no SESSION_KEY: sessions end with this program");
            Ok(Key::generate())
        }
        key => Ok(key?),
    }
}
