//! The application of a contender in a separate process.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, anyhow};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

use crate::contender;
use crate::machine::{cpu_time, spawn_on};
use crate::redis::Redis;
use crate::world::World;

/// The first line that a server prints.
#[derive(Serialize, Deserialize)]
struct Announcement {
    address: SocketAddr,
    redis: Option<u32>,
}

/// The server's side. It serves on one thread until standard input ends, so it doesn't outlive the
/// process that started it.
pub(crate) fn serve(world: &World, contender: &str) -> Result<()> {
    let router = contender::router(world, contender)?;
    world.runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let announcement = Announcement {
            address: listener.local_addr()?,
            redis: world.redis.as_ref().map(Redis::pid),
        };
        println!("{}", serde_json::to_string(&announcement)?);
        let input_ends = spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink()));
        tokio::select! {
            served = async { axum::serve(listener, router).await } => served?,
            ended = input_ends => {
                ended??;
            }
        }
        Ok(())
    })
}

/// The other side. The server runs until this is dropped.
pub(super) struct Server {
    pub(super) contender: &'static str,
    pub(super) address: SocketAddr,
    pub(super) redis: Option<u32>,
    process: Child,
}

/// CPU time so far, in seconds.
pub(super) struct Cpu {
    pub(super) server: f64,
    pub(super) redis: Option<f64>,
}

impl Server {
    pub(super) fn start(core: usize, contender: &'static str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["serve", contender])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process = spawn_on(core, &mut command)?;
        let mut line = String::new();
        let output = process.stdout.take().expect("a pipe, as asked for above");
        BufReader::new(output).read_line(&mut line)?;
        let announced = serde_json::from_str(&line);
        let Ok(Announcement { address, redis }) = announced else {
            let status = process.wait()?;
            return Err(anyhow!("{contender}: the server did not start: {status}"));
        };
        Ok(Self {
            contender,
            address,
            redis,
            process,
        })
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(super) fn cpu(&self) -> Result<Cpu> {
        let seconds = |pid| Ok::<_, anyhow::Error>(cpu_time(pid)?.as_secs_f64());
        let server = seconds(self.pid()).context(self.contender)?;
        let redis = self
            .redis
            .map(seconds)
            .transpose()
            .context("redis-server")?;
        Ok(Cpu { server, redis })
    }

    /// The application, over HTTP.
    pub(super) fn app(&self) -> Router {
        let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
        let address = self.address;
        let forward = async move |mut request: Request| {
            let uri = format!("http://{address}{}", request.uri());
            *request.uri_mut() = Uri::try_from(uri).expect("an address and a path");
            let response = client.request(request).await;
            response.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))
        };
        Router::new().fallback(forward)
    }
}

impl Drop for Server {
    /// `wait` closes the standard input first.
    fn drop(&mut self) {
        let _ = self.process.wait();
    }
}
