use anyhow::{Context, Result, ensure};

use super::shopper::{Form, Shopper, Sites, settings};
use crate::proxy::Proxy;
use crate::settings::Settings;
use crate::site::{ELSEWHERE, SHOP};
use crate::stage::Stage;

/// A proxy strips `Sec-Fetch-Site`: the library cannot tell the sites apart.
pub(super) fn stripped(stage: &Stage) -> Result<()> {
    let proxy = Proxy::start(stage)?;
    let behind = |prefix: &str| Sites {
        shop: proxy.url(prefix),
        elsewhere: stage.site.url(ELSEWHERE, ""),
    };
    let browser = stage.browser()?;
    for same_site in ["Lax", "Strict"] {
        // A proxy that leaves the header alone changes nothing.
        let ada = Shopper::signed_in(&browser, &behind(""), settings(same_site, false))?;
        let before = ada.token()?;
        for form in Form::UNCHECKED {
            ada.is_sent(form, "CrossSite")?;
            ensure!(
                ada.token()? == before,
                "{} replaced or removed the session",
                ada.describe(form)
            );
        }
        browser.forget_cookies()?;
    }
    written(stage, &behind("/unmarked"), |same_site| {
        settings(same_site, false)
    })
}

/// Browsers send no `Sec-Fetch-Site` to a host that has no TLS.
pub(super) fn without_tls(stage: &Stage) -> Result<()> {
    let sites = Sites {
        shop: stage.site.plain_url(SHOP, ""),
        elsewhere: stage.site.plain_url(ELSEWHERE, ""),
    };
    written(stage, &sites, |same_site| Settings {
        same_site: same_site.to_owned(),
        secure: false,
        ..Settings::named("session")
    })
}

/// Each form replaces or removes the session, as in old browsers.
fn written(stage: &Stage, sites: &Sites, settings: impl Fn(&str) -> Settings) -> Result<()> {
    let browser = stage.browser()?;
    for same_site in ["Lax", "Strict"] {
        for form in Form::UNCHECKED {
            let ada = Shopper::signed_in(&browser, sites, settings(same_site))?;
            ada.is_sent(form, "New")?;
            let held = ada.holds(&form.written(None));
            held.with_context(|| ada.describe(form))?;
            browser.forget_cookies()?;
        }
    }
    Ok(())
}
