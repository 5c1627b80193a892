//! The site that is visited: under real host names over TLS, and on loopback without TLS.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use anyhow::{Context, Result};
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use axum_server::{Handle, from_tcp};
use tokio::runtime::Builder;

use crate::app::app;
use crate::certificate::Certificate;
use crate::stage::PATIENCE;

/// The visitor's site.
pub(crate) const SHOP: &str = "shop.example.test";
/// A host of the same site that belongs to an attacker.
pub(crate) const EVIL: &str = "evil.example.test";
/// The domain that both are below.
pub(crate) const PARENT: &str = "example.test";
/// Another site.
pub(crate) const ELSEWHERE: &str = "elsewhere.test";

pub(crate) const HOSTS: &[&str] = &[SHOP, EVIL, PARENT, ELSEWHERE];

/// A thread that serves until this is dropped.
pub(crate) struct Site {
    pub(crate) port: u16,
    /// The port without TLS.
    pub(crate) plain: u16,
    seen: Receiver<String>,
    handle: Handle<SocketAddr>,
}

impl Site {
    pub(crate) fn start(certificate: &Certificate) -> Result<Self> {
        let (listener, port) = listen()?;
        let (plain_listener, plain) = listen()?;
        let (chain, key) = (vec![certificate.certificate_der()], certificate.key_der());
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = Handle::new();
        let stop = handle.clone();
        let (told, seen) = channel();
        thread::spawn(move || {
            runtime.block_on(async {
                let tls = RustlsConfig::from_der(chain, key).await?;
                let app = app(told).into_make_service();
                let server = from_tcp_rustls(listener, tls)?.handle(stop.clone());
                let plain_server = from_tcp(plain_listener)?.handle(stop);
                tokio::try_join!(server.serve(app.clone()), plain_server.serve(app))
            })
        });
        Ok(Self {
            port,
            plain,
            seen,
            handle,
        })
    }

    pub(crate) fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.port)
    }

    pub(crate) fn plain_url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.plain)
    }

    /// The names of the cookies that came with the next request for `/sent`.
    pub(crate) fn sent(&self) -> Result<String> {
        self.seen.recv_timeout(PATIENCE).context("no request came")
    }
}

fn listen() -> Result<(TcpListener, u16)> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

impl Drop for Site {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}
