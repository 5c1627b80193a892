//! What the applications run on.

use anyhow::Result;
use harness::{Keeps, Redis};
use tempfile::{TempDir, tempdir};
use tokio::runtime::{Builder, Runtime};
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};

use crate::compare::app::{App, Reply};

pub(crate) struct World {
    pub(crate) runtime: Runtime,
    /// To Redis.
    pub(crate) pool: Pool,
    _redis: Redis,
    _folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let folder = tempdir()?;
        let redis = Redis::start(folder.path().join("redis"), Keeps::Nothing)?;
        let pool = runtime.block_on(async {
            let pool = Pool::new(Config::from_url(&redis.url())?, None, None, None, 1)?;
            pool.init().await?;
            anyhow::Ok(pool)
        })?;
        Ok(Self {
            runtime,
            pool,
            _redis: redis,
            _folder: folder,
        })
    }

    pub(crate) fn send(&self, app: &dyn App, path: &str, cookies: &str) -> Result<Reply> {
        self.runtime.block_on(app.send(path, cookies))
    }
}
