//! An address behind which servers change, and a connection once made stays with its server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Proxy {
    pub(crate) port: u16,
    target: Arc<AtomicU16>,
}

impl Proxy {
    pub(crate) async fn to(port: u16) -> Self {
        let target = Arc::new(AtomicU16::new(port));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Self {
            port,
            target: Arc::clone(&target),
        };
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let port = target.load(Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
                    copy_bidirectional(&mut client, &mut server).await
                });
            }
        });
        proxy
    }

    pub(crate) fn switch(&self, port: u16) {
        self.target.store(port, Ordering::Relaxed);
    }
}
