use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use super::every_config::{BATCH, allowed};
use crate::settings::Settings;
use crate::site::{PARENT, SHOP};
use crate::stage::Stage;
use crate::stored::Stored;

const FOURTEEN_DAYS: f64 = (14 * 24 * 60 * 60) as f64;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    browser.open(&stage.site.url(SHOP, "/"))?;
    let mut configs = allowed()?;
    // Every character that a token may hold.
    configs.push(Settings::named("!#$%&'*+-.^_`|~09AZaz"));
    for configs in configs.chunks(BATCH) {
        let login = |settings: &Settings| stage.site.url(SHOP, &settings.at("/login", &[]));
        let sent = browser.fetch(configs.iter().map(login).collect())?;
        let stored = browser.stored()?;
        ensure!(
            stored.len() == configs.len(),
            "{} stored of {}",
            stored.len(),
            configs.len()
        );
        for (settings, sent) in configs.iter().zip(&sent) {
            let kept = stored.iter().find(|cookie| cookie.name == settings.name);
            let kept = kept.with_context(|| format!("not stored: {sent}"))?;
            ensure!(is_as_sent(kept, settings, sent)?, "{kept:?} of {sent}");
        }
        browser.forget_cookies()?;
    }
    Ok(())
}

fn is_as_sent(kept: &Stored, settings: &Settings, sent: &str) -> Result<bool> {
    let (pair, _) = sent.split_once("; ").context("no attributes")?;
    let domain = match &settings.domain {
        Some(domain) => format!(".{domain}"),
        None => SHOP.to_owned(),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64();
    let lifetime = match settings.persistent {
        false => kept.expires < 0.0,
        true => (kept.expires - now - FOURTEEN_DAYS).abs() <= 60.0,
    };
    let partition = match &kept.partition_key {
        Some(key) => settings.partitioned && key["topLevelSite"] == format!("https://{PARENT}"),
        None => !settings.partitioned,
    };
    Ok(pair == format!("{}={}", kept.name, kept.value)
        && kept.path == settings.path
        && kept.domain == domain
        && kept.secure == settings.secure
        && kept.http_only == settings.http_only
        && kept.same_site.as_ref() == Some(&settings.same_site)
        && lifetime
        && partition)
}
