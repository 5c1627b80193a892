use anyhow::{Result, ensure};

use super::every_config::{BATCH, allowed};
use crate::settings::Settings;
use crate::site::SHOP;
use crate::stage::Stage;

pub(super) fn play(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    browser.open(&stage.site.url(SHOP, "/"))?;
    // `clear` needs the session to come along; a logout removes it from any path.
    for (login, goodbye) in [("/app/login", "/app/clear"), ("/app/login", "/logout")] {
        for configs in allowed()?.chunks(BATCH) {
            let all = |page: &str| {
                let url = |settings: &Settings| stage.site.url(SHOP, &settings.at(page, &[]));
                browser.fetch(configs.iter().map(url).collect())
            };
            all(login)?;
            let count = browser.stored()?.len();
            ensure!(
                count == configs.len(),
                "{count} stored of {}",
                configs.len()
            );
            let sent = all(goodbye)?;
            let stay = browser.stored()?;
            ensure!(
                stay.is_empty(),
                "after {goodbye} {stay:?} stay; sent was {sent:?}"
            );
        }
    }
    Ok(())
}
