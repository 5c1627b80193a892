use anyhow::{Result, ensure};

use crate::browser::Browser;
use crate::settings::Settings;
use crate::site::{PARENT, SHOP};
use crate::stage::Stage;
use crate::stored::Stored;
use crate::token;

/// Settings before and after a change of the place, under one name.
struct Change {
    what: &'static str,
    before: Settings,
    after: Settings,
}

impl Change {
    /// Every change, in both directions. The server's clock has gone on since the old cookie.
    fn all() -> Vec<Self> {
        let plain = Settings::named("session");
        let domain = Settings {
            domain: Some(PARENT.to_owned()),
            ..plain.clone()
        };
        let path = Settings {
            path: "/app".to_owned(),
            ..plain.clone()
        };
        let host = Settings::default();
        let partitioned = Settings {
            partitioned: true,
            ..host.clone()
        };
        let moves = [
            ("Domain added", &plain, &domain),
            ("Domain removed", &domain, &plain),
            ("Path made longer", &plain, &path),
            ("Path made shorter", &path, &plain),
            ("Partitioned added", &host, &partitioned),
            ("Partitioned removed", &partitioned, &host),
        ];
        let change = |(what, before, after): (_, &Settings, &Settings)| Self {
            what,
            before: before.clone(),
            after: Settings {
                later: 10,
                ..after.clone()
            },
        };
        moves.map(change).into()
    }

    /// These settings, of which the old ones are a fallback config.
    fn with_fallback(&self) -> Settings {
        self.after.with_fallback(&self.before)
    }
}

/// Counts twice at the old place, and then goes on under the new settings.
pub(super) fn counts_on(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for change in Change::all() {
        for after in [change.after.clone(), change.with_fallback()] {
            let user = User::counted(stage, &browser, &change)?;
            for visits in 3..=5 {
                user.sees(&after, "/visits", &format!("ada {visits}"))?;
            }
            let newest = user.jar()?.iter().any(|cookie| is_at(cookie, &after));
            ensure!(newest, "{}: no cookie at the new place", change.what);
        }
    }
    Ok(())
}

/// One write under a config that names the old place leaves the new cookie alone.
pub(super) fn one_is_left(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for change in Change::all() {
        let after = change.with_fallback();
        let user = User::counted(stage, &browser, &change)?;
        user.sees(&after, "/visits", "ada 3")?;
        user.has_one_cookie(&after)?;

        // A refresh is a write that the application has not asked for.
        let refreshing = Settings {
            later: 2 * 24 * 60 * 60,
            ..after.clone()
        };
        let user = User::counted(stage, &browser, &change)?;
        user.sees(&refreshing, "/who", "ada")?;
        user.has_one_cookie(&refreshing)?;

        // Without a fallback config the library does not know the old place.
        let user = User::counted(stage, &browser, &change)?;
        user.sees(&change.after, "/visits", "ada 3")?;
        let left = user.jar()?.len();
        ensure!(left == 2, "{}: {left} cookies", change.what);
    }
    Ok(())
}

/// Signing out under a config that names the old place leaves no cookie, whatever was written before.
pub(super) fn signs_out(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for change in Change::all() {
        let after = change.with_fallback();
        for (visits, page) in [(0, "/logout"), (1, "/logout"), (1, "/clear")] {
            let user = User::counted(stage, &browser, &change)?;
            for _ in 0..visits {
                user.open(&after, "/visits")?;
            }
            user.open(&after, page)?;
            let left = user.jar()?;
            ensure!(left.is_empty(), "{} {page}: {left:?}", change.what);
            user.sees(&after, "/who", "nobody")?;
        }
    }
    Ok(())
}

/// The config does not name the old place: its cookie outlives the sign-out, as documented.
pub(super) fn comes_back(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    for change in Change::all() {
        let user = User::counted(stage, &browser, &change)?;
        user.sees(&change.after, "/visits", "ada 3")?;
        user.open(&change.after, "/logout")?;
        user.sees(&change.after, "/who", "ada")?;
        // The fallback config repairs it.
        let after = change.with_fallback();
        user.open(&after, "/logout")?;
        user.sees(&after, "/who", "nobody")?;
    }
    Ok(())
}

struct User<'a> {
    stage: &'a Stage,
    browser: &'a Browser<'a>,
    what: &'static str,
}

impl<'a> User<'a> {
    /// Ada, who has signed in at the old place and was counted twice.
    fn counted(stage: &'a Stage, browser: &'a Browser<'a>, change: &Change) -> Result<Self> {
        browser.forget_cookies()?;
        let what = change.what;
        let user = Self {
            stage,
            browser,
            what,
        };
        user.open(&change.before, "/login")?;
        user.sees(&change.before, "/visits", "ada 1")?;
        user.sees(&change.before, "/visits", "ada 2")?;
        user.has_one_cookie(&change.before)?;
        Ok(user)
    }

    /// Below `/app`, where the browser sends the cookies of either Path.
    fn open(&self, settings: &Settings, page: &str) -> Result<()> {
        let path = settings.at(&format!("/app{page}"), &[]);
        self.browser.open(&self.stage.site.url(SHOP, &path))
    }

    fn sees(&self, settings: &Settings, page: &str, heading: &str) -> Result<()> {
        self.open(settings, page)?;
        let seen = self.browser.texts("h1")?;
        ensure!(
            seen == [heading],
            "{}: {seen:?}, not {heading:?}; fallback config: {}",
            self.what,
            settings.fallback.is_some()
        );
        Ok(())
    }

    fn jar(&self) -> Result<Vec<Stored>> {
        self.browser.stored()
    }

    fn has_one_cookie(&self, settings: &Settings) -> Result<()> {
        let jar = self.jar()?;
        ensure!(
            jar.len() == 1 && is_at(&jar[0], settings),
            "{}: {jar:?}",
            self.what
        );
        ensure!(token::payload(&jar[0].value)?["user"] == "ada", "not ada's");
        Ok(())
    }
}

fn is_at(cookie: &Stored, settings: &Settings) -> bool {
    let domain = match &settings.domain {
        Some(domain) => format!(".{domain}"),
        None => SHOP.to_owned(),
    };
    cookie.name == settings.name
        && cookie.domain == domain
        && cookie.path == settings.path
        && cookie.partition_key.is_some() == settings.partitioned
}
