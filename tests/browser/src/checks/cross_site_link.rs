use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::shopper::{Shopper, Sites, settings};
use crate::stage::Stage;

/// A link of another site to a page that counts, for a user who has signed in.
pub(super) fn signed_in(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for sites in Sites::all(stage) {
        // The Strict cookie stays at home: the page starts at 1, and leaves the session alone.
        let ada = Shopper::signed_in(&browser, &sites, settings("Strict", false))?;
        let before = ada.token()?;
        ada.follows_link("/visits")?;
        browser.expect("h1", "nobody 1")?;
        ensure!(ada.token()? == before, "the link replaced the session");
        ada.open("/visits")?;
        browser.expect("h1", "ada 1")?;

        for same_site in ["Lax", "None"] {
            let ada = Shopper::signed_in(&browser, &sites, settings(same_site, false))?;
            ada.follows_link("/visits")?;
            browser.expect("h1", "ada 1")?;
            ada.holds(&json!({ "user": "ada", "visits": 1 }))?;
        }

        // The setting lets the page of a Strict config replace the session.
        let ada = Shopper::signed_in(&browser, &sites, settings("Strict", true))?;
        ada.follows_link("/visits")?;
        browser.expect("h1", "nobody 1")?;
        ada.holds(&json!({ "visits": 1 }))?;
        browser.forget_cookies()?;
    }
    Ok(())
}

/// A link of another site to a page that counts, for a browser without a session.
pub(super) fn landing(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for sites in Sites::all(stage) {
        for same_site in ["Lax", "None"] {
            let nobody = Shopper::anonymous(&browser, &sites, settings(same_site, false));
            nobody.follows_link("/visits")?;
            browser.expect("h1", "nobody 1")?;
            nobody.holds(&json!({ "visits": 1 }))?;
        }

        let nobody = Shopper::anonymous(&browser, &sites, settings("Strict", false));
        nobody.follows_link("/visits")?;
        browser.expect("h1", "nobody 1")?;
        nobody.holds(&Value::Null)?;
        // A reload repeats the request of the other site.
        browser.reload()?;
        browser.expect("h1", "nobody 1")?;
        nobody.holds(&Value::Null)?;
        // The next click is the shop's own.
        nobody.clicks("/visits")?;
        browser.expect("h1", "nobody 1")?;
        nobody.holds(&json!({ "visits": 1 }))?;
        browser.forget_cookies()?;
    }
    Ok(())
}
