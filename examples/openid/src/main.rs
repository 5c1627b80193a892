//! Serves the application. See README.md.

use std::env;
use std::error::Error;
use std::time::SystemTime;

use axum_cookie_session::Key;
use openid::{ResponseMode, Settings, app};
use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    // The defaults are those of `provider/provider.js`.
    let settings = Settings {
        issuer: IssuerUrl::new(setting("ISSUER", "http://127.0.0.1:3001"))?,
        client_id: ClientId::new(setting("CLIENT_ID", "example")),
        client_secret: ClientSecret::new(setting("CLIENT_SECRET", "a secret to try it out")),
        origin: setting("ORIGIN", &format!("http://localhost:{port}")),
        response_mode: match setting("RESPONSE_MODE", "query").as_str() {
            "query" => ResponseMode::Query,
            "form_post" => ResponseMode::FormPost,
            "form_post_twice" => ResponseMode::FormPostTwice,
            _ => return Err("RESPONSE_MODE is query, form_post or form_post_twice".into()),
        },
    };
    let app = app(key()?, settings, SystemTime::now)?;
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("listening on http://localhost:{port}");
    Ok(axum::serve(listener, app).await?)
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or(default.to_owned())
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
