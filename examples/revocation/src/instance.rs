//! One instance of the site, in a process of its own.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use axum_cookie_session::Key;
use tokio::net::TcpListener;

use crate::app::{AppState, app, revocation};

const LISTENING: &str = "listening on http://localhost:";

/// Until it is dropped.
pub(crate) struct Instance {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Instance {
    /// Starts this program once more, on a free port.
    pub(crate) fn start(redis_url: &str, key: &str, fail_open: bool) -> Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .arg("serve")
            .env("REDIS_URL", redis_url)
            .env("SESSION_KEY", key)
            .env("PORT", "0")
            .env("FAIL_OPEN", if fail_open { "1" } else { "0" })
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start an instance")?;
        let output = process.stdout.take().context("it was asked for")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let mut instance = Self {
            process,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let port = line.trim().strip_prefix(LISTENING);
        let port = port.with_context(|| format!("an instance says {line:?}"))?;
        instance.address.set_port(port.parse()?);
        Ok(instance)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn redis_url() -> String {
    env::var("REDIS_URL").unwrap_or("redis://127.0.0.1:6379".to_owned())
}

/// What the process does.
pub(crate) async fn serve() -> Result<()> {
    let key = Key::from_env("SESSION_KEY")?;
    let fail_open = env::var("FAIL_OPEN").is_ok_and(|value| value == "1");
    let state = AppState::new(key, revocation(&redis_url())?, fail_open)?;
    let port = env::var("PORT").unwrap_or("3000".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("{LISTENING}{}", listener.local_addr()?.port());
    Ok(axum::serve(listener, app(state)).await?)
}
