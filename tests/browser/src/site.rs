//! The site that is visited under real host names, over TLS.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use anyhow::{Context, Result};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use tokio::runtime::Builder;

use crate::app::app;
use crate::certificate::Certificate;
use crate::stage::PATIENCE;

/// The visitor's site.
pub(crate) const SHOP: &str = "shop.example.test";
/// A host of the same site in somebody else's hands.
pub(crate) const EVIL: &str = "evil.example.test";
/// The domain that both are below.
pub(crate) const PARENT: &str = "example.test";
/// Another site.
pub(crate) const ELSEWHERE: &str = "elsewhere.test";

pub(crate) const HOSTS: &[&str] = &[SHOP, EVIL, PARENT, ELSEWHERE];

/// A thread that serves until this is dropped.
pub(crate) struct Site {
    pub(crate) port: u16,
    seen: Receiver<String>,
    handle: Handle<SocketAddr>,
}

impl Site {
    pub(crate) fn start(certificate: &Certificate) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let (chain, key) = (vec![certificate.certificate_der()], certificate.key_der());
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = Handle::new();
        let stop = handle.clone();
        let (told, seen) = channel();
        thread::spawn(move || {
            runtime.block_on(async {
                let tls = RustlsConfig::from_der(chain, key).await?;
                let server = from_tcp_rustls(listener, tls)?.handle(stop);
                server.serve(app(told).into_make_service()).await
            })
        });
        Ok(Self { port, seen, handle })
    }

    pub(crate) fn url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.port)
    }

    /// The names of the cookies that came with the next request for `/sent`.
    pub(crate) fn sent(&self) -> Result<String> {
        self.seen.recv_timeout(PATIENCE).context("no request came")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.handle.shutdown();
    }
}
