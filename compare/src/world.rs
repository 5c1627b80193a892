//! What the applications run on.

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};

use crate::app::{App, Reply};
use crate::redis::Redis;

pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) redis: Redis,
}

impl World {
    pub(crate) fn new() -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let redis = Redis::start(&runtime)?;
        Ok(Self { runtime, redis })
    }

    pub(crate) fn send(&self, app: &dyn App, path: &str, cookies: &str) -> Reply {
        self.runtime.block_on(app.send(path, cookies))
    }
}
