//! An nginx that stands between the visitor and the site.

use std::fs;
use std::path::Path;

use anyhow::Result;
use harness::{Nginx, free_ports};

use crate::server::Server;
use crate::settings::Settings;
use crate::site::SHOP;
use crate::stage::Stage;

pub(crate) struct Proxy {
    default: u16,
    larger: u16,
    plain: u16,
    _counter: Server,
    nginx: Nginx,
}

impl Proxy {
    pub(crate) fn start(stage: &Stage) -> Result<Self> {
        let counter = stage.serve("counter")?;
        let [default, larger, plain] = free_ports()?;
        let files = stage.certificate.write(&stage.dir)?;
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("nginx/proxy.conf");
        let config = fs::read_to_string(config)?
            .replace("@DEFAULT@", &default.to_string())
            .replace("@LARGER@", &larger.to_string())
            .replace("@PLAIN@", &plain.to_string())
            .replace("@SITE@", &stage.site.port.to_string())
            .replace("@COUNTER@", &counter.port().to_string())
            .replace("@CERTIFICATE@", &files[0].display().to_string())
            .replace("@KEY@", &files[1].display().to_string());
        Ok(Self {
            default,
            larger,
            plain,
            nginx: Nginx::start(&stage.file("nginx.conf"), &config)?,
            _counter: counter,
        })
    }

    /// A page behind nginx's default sizes.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{SHOP}:{}{path}", self.default)
    }

    /// A page behind larger sizes.
    pub(crate) fn larger(&self, path: &str) -> String {
        format!("https://{SHOP}:{}{path}", self.larger)
    }

    /// A page without TLS: the counter, and below `/site` the site.
    pub(crate) fn plain(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.plain)
    }

    /// Whether nginx has logged this.
    pub(crate) fn has_logged(&self, text: &str) -> Result<bool> {
        self.nginx.has_logged(text)
    }
}

/// A page under these settings, below a prefix.
pub(crate) fn below(prefix: &str, settings: &Settings, page: &str) -> String {
    format!("{prefix}{}", settings.at(page, &[]))
}
