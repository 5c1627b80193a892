use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::shopper::{Form, Shopper, Sites, settings};
use crate::browser::Browser;
use crate::stage::Stage;

/// The worker hands the browser's request on, or the browser sends it ahead of the worker.
pub(super) fn handed_on(stage: &Stage) -> Result<()> {
    for sites in Sites::all(stage) {
        for way in ["pass", "preload"] {
            let browser = stage.browser()?;
            register(&browser, &sites, way)?;
            for same_site in ["Lax", "Strict"] {
                let ada = Shopper::signed_in(&browser, &sites, settings(same_site, false))?;
                let before = ada.token()?;
                for form in Form::UNCHECKED {
                    ada.is_sent(form, "CrossSite")
                        .with_context(|| format!("worker: {way}"))?;
                    worked(&browser)?;
                    ensure!(
                        ada.token()? == before,
                        "{} replaced or removed the session, worker: {way}",
                        ada.describe(form)
                    );
                }
            }
        }
    }
    Ok(())
}

/// The worker makes a request of its own, which is one of the shop's.
pub(super) fn made_again(stage: &Stage) -> Result<()> {
    for sites in Sites::all(stage) {
        let browser = stage.browser()?;
        register(&browser, &sites, "remake")?;
        for same_site in ["Lax", "Strict"] {
            for form in Form::UNCHECKED {
                let ada = Shopper::signed_in(&browser, &sites, settings(same_site, false))?;
                ada.is_sent(form, "Valid")?;
                worked(&browser)?;
                let held = ada.holds(&form.written(Some("ada")));
                held.with_context(|| ada.describe(form))?;
            }
        }
    }
    Ok(())
}

fn register(browser: &Browser<'_>, sites: &Sites, way: &str) -> Result<()> {
    browser.open(&format!("{}/", sites.shop))?;
    let state = browser.script(&format!(
        "await navigator.serviceWorker.register('/worker.js?way={way}');
         const {{ active }} = await navigator.serviceWorker.ready;
         while (active.state !== 'activated') {{
             await new Promise(resolve => active.addEventListener('statechange', resolve));
         }}
         return active.state"
    ))?;
    ensure!(state == json!("activated"), "the worker is {state}");
    Ok(())
}

/// The worker did answer for the page that is open.
fn worked(browser: &Browser<'_>) -> Result<()> {
    let start =
        browser.script("return performance.getEntriesByType('navigation')[0].workerStart")?;
    ensure!(start.as_f64().unwrap_or(0.0) > 0.0, "no worker: {start}");
    Ok(())
}
