//! A site of another framework that moves to axum: both behind nginx, as in the examples.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use harness::{Nginx, Process, free_ports};

use crate::browser::Browser;
use crate::site::SHOP;
use crate::stage::Stage;

/// What differs between the examples.
pub(crate) struct Parts<'a> {
    /// The example's name.
    pub(crate) example: &'a str,
    /// Runs the other framework's server.
    pub(crate) other: Command,
    /// What this server writes when it is ready.
    pub(crate) ready: &'static str,
    /// For both servers.
    pub(crate) environment: &'a [(&'a str, &'a str)],
    /// Whether nginx ends TLS.
    pub(crate) has_tls: bool,
}

/// Runs until it is dropped.
pub(crate) struct Migration {
    url: String,
    _nginx: Nginx,
    _processes: [Process; 2],
}

impl Migration {
    pub(crate) fn start(stage: &Stage, parts: Parts<'_>) -> Result<Self> {
        let [other, axum, nginx] = free_ports()?;
        let start = |mut command: Command, port: u16, log: &str, ready: &'static str| {
            command
                .env_remove("SESSION_KEY")
                .envs(parts.environment.iter().copied())
                .env("PORT", port.to_string());
            let ready = |written: &str| written.contains(ready).then_some(());
            Ok::<_, anyhow::Error>(Process::start(&mut command, &stage.file(log), ready)?.0)
        };
        // The example's configuration, on other ports.
        let listen = match parts.has_tls {
            false => format!("listen 127.0.0.1:{nginx};"),
            true => {
                let [certificate, key] = stage.certificate.write(&stage.dir)?;
                let (certificate, key) = (certificate.display(), key.display());
                format!(
                    "listen 127.0.0.1:{nginx} ssl; \
                     ssl_certificate {certificate}; ssl_certificate_key {key};"
                )
            }
        };
        let config = fs::read_to_string(example(parts.example, "nginx.conf"))?
            .replace(":5000", &format!(":{other}"))
            .replace(":3000", &format!(":{axum}"))
            .replace("listen 127.0.0.1:8080;", &listen);
        let ours = Command::new(stage.examples.path(parts.example)?);
        let origin = match parts.has_tls {
            false => "http://localhost".to_owned(),
            true => format!("https://{SHOP}"),
        };
        Ok(Self {
            url: format!("{origin}:{nginx}"),
            _nginx: Nginx::start(&stage.file("nginx.conf"), &config)?,
            _processes: [
                start(parts.other, other, "other.log", parts.ready)?,
                start(ours, axum, "axum.log", "listening on")?,
            ],
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// A file of an example.
pub(crate) fn example(name: &str, file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    root.join(name).join(file)
}

/// Fails unless the browser has this cookie alone, and hides it from scripts.
pub(crate) fn only_cookie(browser: &Browser<'_>, name: &str, secure: bool) -> Result<()> {
    let cookies = browser.cookies()?;
    let [cookie] = &cookies[..] else {
        anyhow::bail!("{} cookies and not one", cookies.len());
    };
    ensure!(
        cookie.name() == name
            && cookie.http_only() == Some(true)
            && cookie.secure() == Some(secure),
        "{name} is another"
    );
    let shown = browser.script("return document.cookie")?;
    ensure!(shown == "", "document.cookie shows {shown}");
    Ok(())
}
