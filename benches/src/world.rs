//! What outlives the applications: the runtime, and Redis.

use std::rc::Rc;

use anyhow::Result;
use tokio::runtime::{Builder, Runtime};

use crate::redis::Redis;

pub(crate) struct World {
    pub(crate) runtime: Rc<Runtime>,
    /// None where the user left it out.
    pub(crate) redis: Option<Redis>,
}

impl World {
    pub(crate) fn start(with_redis: bool) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let redis = with_redis.then(|| Redis::start(&runtime)).transpose()?;
        Ok(Self {
            runtime: Rc::new(runtime),
            redis,
        })
    }
}
