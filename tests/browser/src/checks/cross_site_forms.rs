use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::shopper::{Form, Shopper, Sites, settings};
use crate::stage::Stage;

/// The user's session stays as it was, byte for byte, and a browser without one gets none.
pub(super) fn withheld(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for sites in Sites::all(stage) {
        for same_site in ["Lax", "Strict"] {
            let settings = settings(same_site, false);
            let nobody = Shopper::anonymous(&browser, &sites, settings.clone());
            for form in Form::UNCHECKED {
                nobody.is_sent(form, "CrossSite")?;
                let held = nobody.holds(&Value::Null);
                held.with_context(|| nobody.describe(form))?;
            }
            let ada = Shopper::signed_in(&browser, &sites, settings)?;
            let before = ada.token()?;
            for form in Form::UNCHECKED {
                ada.is_sent(form, "CrossSite")?;
                ensure!(
                    ada.token()? == before,
                    "{} replaced or removed the session",
                    ada.describe(form)
                );
            }
            ada.open("/who")?;
            browser.expect("h1", "ada")?;
        }
        browser.forget_cookies()?;
    }
    Ok(())
}

/// Such a page sends `Origin: null`.
pub(super) fn without_referrer(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for sites in Sites::all(stage) {
        for same_site in ["Lax", "Strict"] {
            let ada = Shopper::signed_in(&browser, &sites, settings(same_site, false))?;
            let before = ada.token()?;
            for form in Form::UNCHECKED {
                browser.open(&format!("{}/", sites.elsewhere))?;
                browser.script(
                    "const meta = document.createElement('meta');
                     meta.name = 'referrer'; meta.content = 'no-referrer';
                     document.head.append(meta)",
                )?;
                ada.submits(form, "CrossSite")?;
                browser.expect("p", "Some(Ok(\"null\"))")?;
                ensure!(
                    ada.token()? == before,
                    "{} replaced or removed the session",
                    ada.describe(form)
                );
            }
        }
        browser.forget_cookies()?;
    }
    Ok(())
}

/// The cookie comes along, so the handler changes the user's own session.
pub(super) fn carried(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for sites in Sites::all(stage) {
        for allow in [false, true] {
            for form in Form::UNCHECKED {
                let ada = Shopper::signed_in(&browser, &sites, settings("None", allow))?;
                ada.is_sent(form, "Valid")?;
                let held = ada.holds(&form.written(Some("ada")));
                held.with_context(|| ada.describe(form))?;
                browser.forget_cookies()?;
            }
            let nobody = Shopper::anonymous(&browser, &sites, settings("None", allow));
            nobody.is_sent(Form::WrongPassword, "New")?;
            nobody.holds(&Form::WrongPassword.written(None))?;
            browser.forget_cookies()?;
        }
    }
    Ok(())
}

/// The answer replaces or removes the session of the user, as the setting's name says.
pub(super) fn allowed(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for sites in Sites::all(stage) {
        for same_site in ["Lax", "Strict"] {
            for form in Form::UNCHECKED {
                let ada = Shopper::signed_in(&browser, &sites, settings(same_site, true))?;
                ada.is_sent(form, "New")?;
                let held = ada.holds(&form.written(None));
                held.with_context(|| ada.describe(form))?;
                browser.forget_cookies()?;
            }
        }
    }
    Ok(())
}

/// The handler of the callback has checked the `state`, and calls `allow_cross_site`.
pub(super) fn checked(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for sites in Sites::all(stage) {
        for same_site in ["Lax", "Strict", "None"] {
            let settings = settings(same_site, false);
            let status = match same_site {
                "None" => "Valid",
                _ => "CrossSite",
            };
            let ada = Shopper::signed_in(&browser, &sites, settings.clone())?;
            ada.is_sent(Form::CheckedCallback, status)?;
            ada.holds(&json!({ "user": "mallory" }))?;
            ada.open("/who")?;
            browser.expect("h1", "mallory")?;
            browser.forget_cookies()?;

            let status = match same_site {
                "None" => "New",
                _ => "CrossSite",
            };
            let nobody = Shopper::anonymous(&browser, &sites, settings);
            nobody.is_sent(Form::CheckedCallback, status)?;
            nobody.holds(&json!({ "user": "mallory" }))?;
            browser.forget_cookies()?;
        }
    }
    Ok(())
}

/// The shop's own forms are not affected.
pub(super) fn own(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for sites in Sites::all(stage) {
        for same_site in ["Lax", "Strict", "None"] {
            for form in [Form::WrongPassword, Form::Logout] {
                let ada = Shopper::signed_in(&browser, &sites, settings(same_site, false))?;
                browser.open(&format!("{}/", sites.shop))?;
                ada.submits(form, "Valid")?;
                let held = ada.holds(&form.written(Some("ada")));
                held.with_context(|| ada.describe(form))?;
                browser.forget_cookies()?;
            }
            // A first visit that begins with a form.
            let nobody = Shopper::anonymous(&browser, &sites, settings(same_site, false));
            browser.open(&format!("{}/", sites.shop))?;
            nobody.submits(Form::RightPassword, "New")?;
            nobody.holds(&json!({ "user": "mallory" }))?;
            browser.forget_cookies()?;
        }
    }
    Ok(())
}
