//! A Redis server that runs as long as this program.

use anyhow::{Context, Result};
use harness::Keeps;
use tempfile::{TempDir, tempdir};
use tokio::runtime::Runtime;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};

pub(crate) struct Redis {
    server: harness::Redis,
    pub(crate) pool: Pool,
    _folder: TempDir,
}

impl Redis {
    pub(crate) fn start(runtime: &Runtime) -> Result<Self> {
        let folder = tempdir()?;
        let server = harness::Redis::start(folder.path().join("redis"), Keeps::Nothing)
            .context("without Redis, run the program without a command and with --without redis")?;
        let pool = runtime.block_on(async {
            let pool = Pool::new(Config::from_url(&server.url())?, None, None, None, 1)?;
            pool.init().await?;
            anyhow::Ok(pool)
        })?;
        Ok(Self {
            server,
            pool,
            _folder: folder,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.server.pid()
    }
}
