//! Serves the notes. See README.md.

use std::env;
use std::error::Error;

use axum_cookie_session::Key;
use sqlite::{AppState, Notes, app};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().init();
    let key = match Key::from_env("SESSION_KEY") {
        Err(error) if error.is_missing() => {
            eprintln!("no SESSION_KEY: sessions end with this program");
            eprintln!("make one that lasts: export SESSION_KEY=\"$(openssl rand -base64 48)\"");
            Key::generate()
        }
        key => key?,
    };
    let url = env::var("DATABASE_URL").unwrap_or("sqlite::memory:".to_owned());
    let notes = Notes::open(&url).await.map_err(|error| {
        // Not what a wrong URL holds, in which there may be a password.
        let why = match &error {
            sqlx::Error::Database(error) => error.message(),
            sqlx::Error::Configuration(_) => "the URL is not understood",
            _ => "it does not answer",
        };
        format!("DATABASE_URL cannot be opened as a SQLite database: {why}")
    })?;
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app(AppState::new(key, notes)?)).await?)
}
