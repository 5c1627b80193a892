use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use harness::{Nginx, free_ports};

use crate::browser::Browser;
use crate::certificate::Certificate;
use crate::settings::Settings;
use crate::site::SHOP;
use crate::stage::Stage;
use crate::token;

const PUBLIC: &str = "public, max-age=600";

/// A page without a `Cache-Control`, which nginx is told to keep, and one that asks to be kept.
const KEPT: [&[(&str, &str)]; 2] = [&[], &[("cache_control", PUBLIC)]];

/// nginx's `proxy_cache` in front of the site.
struct Cache {
    port: u16,
    _nginx: Nginx,
}

/// Pages that only read their session, and return it.
pub(super) fn read(stage: &Stage) -> Result<()> {
    let cache = Cache::start(stage, &stage.certificate)?;
    let [ada, bob] = [cache.visitor(stage, "ada")?, cache.visitor(stage, "bob")?];
    let stranger = stage.browser()?;
    for asked in KEPT {
        cache.shows(&ada, "/who", asked, "ada", "MISS")?;
        cache.shows(&bob, "/who", asked, "bob", "MISS")?;
        cache.shows(&stranger, "/who", asked, "nobody", "MISS")?;
        // It is a cache.
        cache.shows(&ada, "/who", asked, "ada", "HIT")?;
        cache.shows(&bob, "/who", asked, "bob", "HIT")?;
    }

    ada.open(&cache.url("/logout", &[]))?;
    for asked in KEPT {
        cache.shows(&ada, "/who", asked, "nobody", "HIT")?;
        cache.shows(&bob, "/who", asked, "bob", "HIT")?;
    }
    ensure!(user(&bob)? == "bob", "bob has another's session");
    Ok(())
}

/// Pages that set the cookie.
pub(super) fn written(stage: &Stage) -> Result<()> {
    let cache = Cache::start(stage, &stage.certificate)?;
    let [ada, bob] = [cache.visitor(stage, "ada")?, cache.visitor(stage, "bob")?];
    let stranger = stage.browser()?;
    let mut visits = 0;
    for asked in KEPT {
        for _ in 0..2 {
            visits += 1;
            cache.shows(&ada, "/visits", asked, &format!("ada {visits}"), "MISS")?;
            cache.shows(&bob, "/visits", asked, &format!("bob {visits}"), "MISS")?;
            // Each time one who was never here.
            stranger.forget_cookies()?;
            cache.shows(&stranger, "/visits", asked, "nobody 1", "MISS")?;
        }
    }
    ensure!(user(&ada)? == "ada", "ada has another's session");
    ensure!(user(&bob)? == "bob", "bob has another's session");
    Ok(())
}

/// What the documentation warns of.
pub(super) fn not_returned(stage: &Stage) -> Result<()> {
    let cache = Cache::start(stage, &stage.certificate)?;
    let [ada, bob] = [cache.visitor(stage, "ada")?, cache.visitor(stage, "bob")?];
    for asked in KEPT {
        cache.shows(&ada, "/peek", asked, "ada", "MISS")?;
        cache.shows(&bob, "/peek", asked, "ada", "HIT")?;
    }
    ensure!(user(&bob)? == "bob", "bob has another's session");
    Ok(())
}

impl Cache {
    fn start(stage: &Stage, certificate: &Certificate) -> Result<Self> {
        let [port] = free_ports()?;
        let files = certificate.write(&stage.dir)?;
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("nginx/cache.conf");
        let config = fs::read_to_string(config)?
            .replace("@LISTEN@", &port.to_string())
            .replace("@SITE@", &stage.site.port.to_string())
            .replace("@CACHE@", &stage.file("cache").display().to_string())
            .replace("@CERTIFICATE@", &files[0].display().to_string())
            .replace("@KEY@", &files[1].display().to_string());
        Ok(Self {
            port,
            _nginx: Nginx::start(&stage.file("nginx.conf"), &config)?,
        })
    }

    fn url(&self, page: &str, asked: &[(&str, &str)]) -> String {
        let path = Settings::default().at(page, asked);
        format!("https://{SHOP}:{}{path}", self.port)
    }

    /// One who has signed in through the cache.
    fn visitor<'a>(&self, stage: &'a Stage, user: &str) -> Result<Browser<'a>> {
        let browser = stage.browser()?;
        browser.open(&self.url("/login", &[("user", user)]))?;
        Ok(browser)
    }

    /// The heading of a page that this visitor opens, and whether the cache had it.
    fn shows(
        &self,
        visitor: &Browser<'_>,
        page: &str,
        asked: &[(&str, &str)],
        heading: &str,
        status: &str,
    ) -> Result<()> {
        // What the visitor's own browser still has is another matter.
        visitor.forget_pages()?;
        visitor.open(&self.url(page, asked))?;
        visitor.expect("h1", heading)?;
        let seen = visitor.script(
            "return performance.getEntriesByType('navigation')[0].serverTiming[0].description",
        )?;
        ensure!(seen == status, "{page} {asked:?} of {heading}: {seen}");
        Ok(())
    }
}

/// Whose session a browser holds.
fn user(browser: &Browser<'_>) -> Result<String> {
    let stored = browser.stored()?;
    let [cookie] = &stored[..] else {
        anyhow::bail!("{} cookies", stored.len());
    };
    let user = token::payload(&cookie.value)?["user"].take();
    Ok(user.as_str().context("no user")?.to_owned())
}
