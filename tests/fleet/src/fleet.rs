//! Three instances and the nginx in front of them.

use anyhow::Result;
use harness::{Nginx, free_ports};
use tempfile::TempDir;

use crate::instance::{Instance, Settings};
use crate::nginx;

pub(crate) const OLD: &str = "the old key of the fleet: 32 bytes and more";
pub(crate) const NEW: &str = "the new key of the fleet: 32 bytes and more";

/// The version of signed tokens, and of those that are encrypted too.
pub(crate) const SIGNED: &str = "1";
pub(crate) const ENCRYPTED: &str = "3";

/// Seconds by which the instances' clocks are ahead.
const AHEAD: [i64; 3] = [-15, 0, 15];

pub(crate) struct Fleet {
    pub(crate) instances: Vec<Instance>,
    pub(crate) url: String,
    _nginx: Nginx,
    _dir: TempDir,
}

impl Fleet {
    /// The last instance runs the second release.
    pub(crate) async fn start() -> Result<Self> {
        let [front, ports @ ..] = free_ports::<4>()?;
        let mut instances = Vec::new();
        for (at, (port, ahead)) in ports.into_iter().zip(AHEAD).enumerate() {
            let settings = Settings {
                keys: vec![OLD],
                versions: vec![SIGNED],
                release: if at == 2 { 2 } else { 1 },
                ahead,
            };
            instances.push(Instance::start(port, settings).await?);
        }
        let dir = tempfile::tempdir()?;
        let config = nginx::config(front, &ports)?;
        Ok(Self {
            _nginx: Nginx::start(&dir.path().join("nginx.conf"), &config)?,
            _dir: dir,
            instances,
            url: format!("http://127.0.0.1:{front}"),
        })
    }
}
