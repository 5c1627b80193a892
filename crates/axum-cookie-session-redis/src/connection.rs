//! Connection to Redis that is made when it is needed, and made again when it failed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, Pipeline, RedisResult, RetryMethod};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};

use crate::error::RevocationError;

/// Between two questions to a server that says it is starting.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Connection {
    server: Server,
    timeout: Duration,
    current: Mutex<Option<Arc<Link>>>,
}

#[cfg_attr(
    feature = "cluster",
    allow(clippy::large_enum_variant, reason = "a process has one of them")
)]
pub(crate) enum Server {
    Single(Client),
    #[cfg(feature = "cluster")]
    Cluster(redis::cluster::ClusterClient),
}

struct Link {
    socket: Socket,
    /// Set when a query failed or took too long. The server may be frozen, or gone without a word,
    /// and its successor is reached by a new connection alone.
    is_broken: AtomicBool,
}

#[derive(Clone)]
enum Socket {
    Single(MultiplexedConnection),
    #[cfg(feature = "cluster")]
    Cluster(redis::cluster_async::ClusterConnection),
}

impl Connection {
    pub(crate) fn new(server: Server, timeout: Duration) -> Self {
        Self {
            server,
            timeout,
            current: Mutex::default(),
        }
    }

    /// Sends commands that may be sent twice, within the timeout.
    ///
    /// A connection that was kept may have been closed since its last use, so a failure on it is
    /// tried once more on a new one. A server that has just started is waited for.
    pub(crate) async fn query<T: FromRedisValue>(
        &self,
        commands: &Pipeline,
    ) -> Result<T, RevocationError> {
        let deadline = Instant::now() + self.timeout;
        let mut is_last = false;
        loop {
            let (answer, is_new) = self.try_query(commands, deadline).await?;
            let error = match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let is_starting = matches!(error.retry_method(), RetryMethod::WaitAndRetry);
            if is_starting && Instant::now() + PAUSE < deadline {
                sleep(PAUSE).await;
            } else if is_new || is_last {
                return Err(RevocationError::redis(&error));
            } else {
                is_last = true;
            }
        }
    }

    /// The answer, and whether the connection was new. The error says that there is no time left.
    async fn try_query<T: FromRedisValue>(
        &self,
        commands: &Pipeline,
        deadline: Instant,
    ) -> Result<(RedisResult<T>, bool), RevocationError> {
        let late = |_| RevocationError::timed_out(self.timeout);
        let (link, is_new) = match timeout_at(deadline, self.link()).await.map_err(late)? {
            Ok(link) => link,
            Err(error) => return Ok((Err(error), true)),
        };
        let answer = timeout_at(deadline, link.socket.clone().query(commands)).await;
        if !matches!(answer, Ok(Ok(_))) {
            link.is_broken.store(true, Ordering::Relaxed);
        }
        answer.map(|answer| (answer, is_new)).map_err(late)
    }

    /// The connection, and whether it is new. Requests that need a new one wait for the same.
    async fn link(&self) -> RedisResult<(Arc<Link>, bool)> {
        let mut current = self.current.lock().await;
        if let Some(link) = current.as_ref()
            && !link.is_broken.load(Ordering::Relaxed)
        {
            return Ok((Arc::clone(link), false));
        }
        *current = None;
        let link = Arc::new(Link {
            socket: self.server.connect().await?,
            is_broken: AtomicBool::new(false),
        });
        *current = Some(Arc::clone(&link));
        Ok((link, true))
    }
}

impl Server {
    async fn connect(&self) -> RedisResult<Socket> {
        #[cfg(feature = "rustls")]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Fails if another thread was faster, whose choice is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        match self {
            Self::Single(client) => {
                // The deadline of the query covers both.
                let config = AsyncConnectionConfig::new()
                    .set_connection_timeout(None)
                    .set_response_timeout(None);
                let socket = client.get_multiplexed_async_connection_with_config(&config);
                socket.await.map(Socket::Single)
            }
            #[cfg(feature = "cluster")]
            Self::Cluster(client) => client.get_async_connection().await.map(Socket::Cluster),
        }
    }
}

impl Socket {
    async fn query<T: FromRedisValue>(&mut self, commands: &Pipeline) -> RedisResult<T> {
        match self {
            Self::Single(socket) => commands.query_async(socket).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(socket) => commands.query_async(socket).await,
        }
    }
}
