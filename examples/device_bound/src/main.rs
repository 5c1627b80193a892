//! Serves the application over TLS, as browsers bind sessions over nothing else.

use std::env;
use std::error::Error;
use std::net::TcpListener;

use axum_cookie_session::Key;
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, PublicKeyData, generate_simple_self_signed};
use sha2::{Digest, Sha256};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned()])?;
    let trusted = STANDARD.encode(Sha256::digest(signing_key.subject_public_key_info()));
    let tls = RustlsConfig::from_der(vec![cert.der().to_vec()], signing_key.serialize_der());

    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}"))?;
    listener.set_nonblocking(true)?;
    println!("listening on https://localhost:{port}");
    println!(
        "chromium --enable-features=DeviceBoundSessions:RefreshQuota/false,EnableBoundSessionCredentialsSoftwareKeysForManualTesting \\
  --user-data-dir=\"$(mktemp -d)\" --ignore-certificate-errors-spki-list={trusted} https://localhost:{port}"
    );
    let app = device_bound::app(key()?)?;
    let server = from_tcp_rustls(listener, tls.await?)?;
    Ok(server.serve(app.into_make_service()).await?)
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
