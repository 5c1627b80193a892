//! A Redis server of our own, for as long as the program runs.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};

use crate::debian;

pub(crate) struct Redis {
    server: Child,
    pub(crate) pool: Pool,
}

impl Redis {
    pub(crate) fn start(runtime: &Runtime) -> Result<Self> {
        debian::need("redis-server", "redis-server")
            .context("only the bare command does without Redis: --without redis")?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            .args(["--port", &port.to_string()])
            .stdout(Stdio::null())
            .spawn()
            .context("redis-server did not start")?;
        match connect(runtime, &mut server, port) {
            Ok(pool) => Ok(Self { server, pool }),
            Err(error) => {
                let _ = server.kill();
                let _ = server.wait();
                Err(error)
            }
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.server.id()
    }
}

fn connect(runtime: &Runtime, server: &mut Child, port: u16) -> Result<Pool> {
    for _ in 0..50 {
        thread::sleep(Duration::from_millis(100));
        if let Some(status) = server.try_wait()? {
            bail!("redis-server ended on port {port}: {status}");
        }
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return runtime.block_on(async {
                let config = Config::from_url(&format!("redis://127.0.0.1:{port}"))?;
                let pool = Pool::new(config, None, None, None, 1)?;
                pool.init().await?;
                Ok(pool)
            });
        }
    }
    bail!("redis-server does not listen on port {port}")
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
