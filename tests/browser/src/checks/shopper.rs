//! A user of the shop, and the other site whose pages send requests to it. No check of its own.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::app::forms::{PASSWORD, STATE};
use crate::browser::Browser;
use crate::settings::Settings;
use crate::site::{ELSEWHERE, SHOP};
use crate::stage::Stage;
use crate::token;

/// The shop, and another site.
#[derive(Debug, Clone)]
pub(super) struct Sites {
    pub(super) shop: String,
    pub(super) elsewhere: String,
}

impl Sites {
    /// Two hosts over TLS.
    pub(super) fn over_tls(stage: &Stage) -> Self {
        Self {
            shop: stage.site.url(SHOP, ""),
            elsewhere: stage.site.url(ELSEWHERE, ""),
        }
    }

    /// Two names of loopback without TLS, which browsers trust all the same.
    pub(super) fn on_loopback(stage: &Stage) -> Self {
        Self {
            shop: stage.site.plain_url("localhost", ""),
            elsewhere: stage.site.plain_url("127.0.0.1", ""),
        }
    }

    pub(super) fn all(stage: &Stage) -> [Self; 2] {
        [Self::on_loopback(stage), Self::over_tls(stage)]
    }
}

/// A form that the other site submits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    WrongPassword,
    /// The attacker's own password, which signs the user in as the attacker.
    RightPassword,
    Logout,
    Callback,
    /// The callback of a sign-in that the user began: the handler calls `allow_cross_site`.
    CheckedCallback,
}

impl Form {
    /// The forms whose handlers do not check the sender.
    pub(super) const UNCHECKED: [Self; 4] = [
        Self::WrongPassword,
        Self::RightPassword,
        Self::Logout,
        Self::Callback,
    ];

    fn page(self) -> &'static str {
        match self {
            Self::WrongPassword | Self::RightPassword => "/login",
            Self::Logout => "/logout",
            Self::Callback | Self::CheckedCallback => "/callback",
        }
    }

    fn field(self) -> (&'static str, &'static str) {
        match self {
            Self::RightPassword => ("password", PASSWORD),
            Self::CheckedCallback => ("state", STATE),
            _ => ("password", "guess"),
        }
    }

    /// The session after the handler's changes to the session of this user.
    pub(super) fn written(self, user: Option<&str>) -> Value {
        let message = json!([["error", "Wrong password."]]);
        match (self, user) {
            (Self::WrongPassword, Some(user)) => json!({ "user": user, "_flashes": message }),
            (Self::WrongPassword, None) => json!({ "_flashes": message }),
            (Self::Logout, _) => Value::Null,
            _ => json!({ "user": "mallory" }),
        }
    }
}

/// A browser and the session that it holds under one config.
pub(super) struct Shopper<'a> {
    pub(super) browser: &'a Browser<'a>,
    pub(super) sites: Sites,
    pub(super) settings: Settings,
}

impl<'a> Shopper<'a> {
    /// A user without a session.
    pub(super) fn anonymous(browser: &'a Browser<'a>, sites: &Sites, settings: Settings) -> Self {
        Self {
            browser,
            sites: sites.clone(),
            settings,
        }
    }

    /// Ada, who has signed in.
    pub(super) fn signed_in(
        browser: &'a Browser<'a>,
        sites: &Sites,
        settings: Settings,
    ) -> Result<Self> {
        let shopper = Self::anonymous(browser, sites, settings);
        shopper.open("/login")?;
        shopper.holds(&json!({ "user": "ada" }))?;
        Ok(shopper)
    }

    pub(super) fn url(&self, page: &str) -> String {
        self.sites.shop.clone() + &self.settings.at(page, &[])
    }

    /// Types the address of a page.
    pub(super) fn open(&self, page: &str) -> Result<()> {
        self.browser.open(&self.url(page))
    }

    /// Opens the other site, which submits a form. The answer tells the status of the session.
    pub(super) fn is_sent(&self, form: Form, status: &str) -> Result<()> {
        self.browser.open(&format!("{}/", self.sites.elsewhere))?;
        self.submits(form, status)
    }

    /// Has the page that is open submit a form.
    pub(super) fn submits(&self, form: Form, status: &str) -> Result<()> {
        let (name, value) = form.field();
        self.browser.script(&format!(
            "const form = document.createElement('form');
             form.method = 'post'; form.action = '{}';
             const field = document.createElement('input');
             field.name = '{name}'; field.value = '{value}';
             form.append(field); document.body.append(form); form.submit()",
            self.url(form.page())
        ))?;
        let answer = self.browser.expect("h1", status);
        answer.with_context(|| self.describe(form))
    }

    /// Opens the other site, and follows its link to a page of the shop.
    pub(super) fn follows_link(&self, page: &str) -> Result<()> {
        self.browser.open(&format!("{}/", self.sites.elsewhere))?;
        self.clicks(page)
    }

    /// Has the page that is open show a link, and follows it.
    pub(super) fn clicks(&self, page: &str) -> Result<()> {
        self.browser.script(&format!(
            "const link = document.createElement('a');
             link.href = '{}'; link.textContent = 'shop';
             document.body.replaceChildren(link)",
            self.url(page)
        ))?;
        self.browser.click("a")
    }

    /// The one cookie of this config.
    pub(super) fn token(&self) -> Result<Option<String>> {
        let stored = self.browser.stored()?.into_iter();
        let mut tokens: Vec<String> = stored
            .filter(|cookie| cookie.name == self.settings.name)
            .map(|cookie| cookie.value)
            .collect();
        ensure!(tokens.len() <= 1, "{} cookies", tokens.len());
        Ok(tokens.pop())
    }

    /// Compares the session in the browser with this one; null stands for no cookie.
    pub(super) fn holds(&self, expected: &Value) -> Result<()> {
        let held = match self.token()? {
            Some(token) => token::payload(&token)?,
            None => Value::Null,
        };
        ensure!(
            held == *expected,
            "the browser holds {held}, not {expected}: {} {:?}",
            self.sites.shop,
            self.settings
        );
        Ok(())
    }

    pub(super) fn describe(&self, form: Form) -> String {
        let Settings {
            same_site,
            allow_cross_site_writes,
            ..
        } = &self.settings;
        format!(
            "{form:?} at {} with SameSite={same_site}, allow_cross_site_writes({allow_cross_site_writes})",
            self.sites.shop
        )
    }
}

/// Settings under a name of their own, so that one browser can hold all sessions.
pub(super) fn settings(same_site: &str, allow_cross_site_writes: bool) -> Settings {
    Settings {
        same_site: same_site.to_owned(),
        allow_cross_site_writes,
        ..Settings::named(&format!("__Host-{same_site}-{allow_cross_site_writes}"))
    }
}
