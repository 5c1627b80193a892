//! What the applications run on.

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};

use crate::app::{App, Reply};
use crate::redis::Redis;

pub(crate) struct World {
    pub(crate) runtime: Runtime,
    /// `None` if the command doesn't use it.
    pub(crate) redis: Option<Redis>,
}

impl World {
    pub(crate) fn start(with_redis: bool) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let redis = with_redis.then(|| Redis::start(&runtime)).transpose()?;
        Ok(Self { runtime, redis })
    }

    pub(crate) fn send(&self, app: &dyn App, path: &str, cookies: &str) -> Result<Reply> {
        self.runtime.block_on(app.send(path, cookies))
    }

    /// See [`App::repeat`].
    pub(crate) fn repeat(&self, app: &dyn App, path: &str, cookies: &str, times: u32) {
        self.runtime.block_on(app.repeat(path, cookies, times));
    }
}
