use std::time::Duration;

use anyhow::{Result, ensure};
use axum_cookie_session::{ConfigError, Key, SessionConfig};

use super::every_config::{BATCH, allowed, refused};
use crate::browser::Browser;
use crate::settings::{Settings, query};
use crate::site::SHOP;
use crate::stage::{KEY, Stage};

/// Attributes that contradict each other: Chromium drops every such cookie.
pub(super) fn combinations(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    browser.open(&stage.site.url(SHOP, "/"))?;
    for (configs, kept) in [(allowed()?, true), (refused()?, false)] {
        for configs in configs.chunks(BATCH) {
            let raw = |settings: &Settings| raw(stage, settings);
            browser.fetch(configs.iter().map(raw).collect())?;
            let stored = browser.stored()?;
            for settings in configs {
                let is_kept = stored.iter().any(|cookie| cookie.name == settings.name);
                let text = settings.set_cookie("value");
                ensure!(is_kept == kept, "kept: {is_kept}, allowed: {kept}: {text}");
            }
            browser.forget_cookies()?;
        }
    }
    Ok(())
}

/// What becomes of a cookie with a name, Path or Domain that `build()` refuses.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// It is dropped: no session would ever start.
    Dropped,
    /// It is kept under another name, Path or Domain: as another cookie.
    Altered,
    /// No HTTP header can hold it.
    Unsendable,
    /// It is kept as it was sent. `build()` keeps to RFC 6265, section 4.1.1, which forbids servers
    /// such a name because other readers of the header part it elsewhere, and to a limit of its own.
    Kept,
}

pub(super) fn names(stage: &Stage) -> Result<()> {
    let long = "n".repeat(1025);
    let rows = [
        ("", Fate::Kept),
        ("a=b", Fate::Altered),
        ("a;b", Fate::Altered),
        (" a", Fate::Altered),
        ("a ", Fate::Altered),
        ("a\tb", Fate::Dropped),
        ("a\nb", Fate::Unsendable),
        ("a\u{1}b", Fate::Unsendable),
        ("a\u{7f}b", Fate::Unsendable),
        ("a b", Fate::Kept),
        ("a,b", Fate::Kept),
        ("a\"b", Fate::Kept),
        ("a(b", Fate::Kept),
        ("é", Fate::Kept),
        (&long, Fate::Kept),
    ];
    let rows = rows.map(|(name, fate)| (Settings::named(name), fate));
    all(stage, &rows, |error| {
        matches!(error, ConfigError::InvalidName { .. })
    })
}

pub(super) fn paths(stage: &Stage) -> Result<()> {
    let long = format!("/{}", "a".repeat(1024));
    let rows = [
        ("", Fate::Altered),
        ("shop", Fate::Altered),
        (" /", Fate::Altered),
        ("/ ", Fate::Altered),
        ("/;Domain=example.test", Fate::Altered),
        (&long, Fate::Altered),
        ("/a\tb", Fate::Dropped),
        ("/a\u{1}", Fate::Unsendable),
        ("/é", Fate::Kept),
    ];
    let rows = rows.map(|(path, fate)| (with_path(path), fate));
    all(stage, &rows, |error| {
        matches!(
            error,
            ConfigError::RelativePath { .. } | ConfigError::InvalidPath { .. }
        )
    })
}

pub(super) fn domains(stage: &Stage) -> Result<()> {
    let long = format!("{}.example.test", "a".repeat(1024));
    let rows = [
        ("", Fate::Altered),
        (" example.test", Fate::Altered),
        ("example.test ", Fate::Altered),
        ("example.test;Path=/shop", Fate::Altered),
        (&long, Fate::Altered),
        (".", Fate::Dropped),
        ("..example.test", Fate::Dropped),
        ("example.test.", Fate::Dropped),
        ("example .test", Fate::Dropped),
        ("example.test:443", Fate::Dropped),
        ("https://example.test", Fate::Dropped),
        ("exämple.test", Fate::Dropped),
        ("example\ttest", Fate::Dropped),
        ("example.test\u{1}", Fate::Unsendable),
    ];
    let rows = rows.map(|(domain, fate)| (with_domain(domain), fate));
    all(stage, &rows, |error| {
        matches!(error, ConfigError::InvalidDomain { .. })
    })
}

/// What a timeout under one second would send.
pub(super) fn no_lifetime(stage: &Stage) -> Result<()> {
    let browser = stage.browser()?;
    browser.open(&stage.site.url(SHOP, "/"))?;
    for (seconds, kept) in [(60, true), (0, false)] {
        let raw = query(&[("raw", &format!("session=value; Max-Age={seconds}"))]);
        browser.fetch(vec![stage.site.url(SHOP, &format!("/raw?{raw}"))])?;
        let is_kept = !browser.stored()?.is_empty();
        ensure!(is_kept == kept, "Max-Age={seconds}: kept is {is_kept}");
        browser.forget_cookies()?;
    }
    let key = Key::new(KEY)?;
    let refused = SessionConfig::builder(key)
        .idle_timeout(Duration::ZERO)
        .build();
    ensure!(refused.is_err(), "build() allows no lifetime");
    Ok(())
}

fn with_path(path: &str) -> Settings {
    Settings {
        path: path.to_owned(),
        ..Settings::named("session")
    }
}

fn with_domain(domain: &str) -> Settings {
    Settings {
        domain: Some(domain.to_owned()),
        ..Settings::named("session")
    }
}

fn all(
    stage: &Stage,
    rows: &[(Settings, Fate)],
    is_expected: impl Fn(&ConfigError) -> bool,
) -> Result<()> {
    let browser = stage.browser()?;
    // A cookie whose Path is ignored gets that of the page.
    browser.open(&stage.site.url(SHOP, "/app"))?;
    for (settings, expected) in rows {
        let text = settings.set_cookie("value");
        let refused = settings
            .build()
            .err()
            .is_some_and(|error| is_expected(&error));
        ensure!(refused, "build() allows {text}");
        let fate = fate(stage, &browser, settings)?;
        ensure!(fate == *expected, "{fate:?} and not {expected:?}: {text}");
        browser.forget_cookies()?;
    }
    Ok(())
}

fn fate(stage: &Stage, browser: &Browser<'_>, settings: &Settings) -> Result<Fate> {
    if http::HeaderValue::from_bytes(settings.set_cookie("value").as_bytes()).is_err() {
        return Ok(Fate::Unsendable);
    }
    browser.fetch(vec![raw(stage, settings)])?;
    let stored = browser.stored()?;
    let [cookie] = &stored[..] else {
        ensure!(stored.is_empty(), "{} cookies", stored.len());
        return Ok(Fate::Dropped);
    };
    let domain = match &settings.domain {
        Some(domain) => format!(".{domain}"),
        None => SHOP.to_owned(),
    };
    let as_sent = cookie.name == settings.name
        && cookie.value == "value"
        && cookie.path == settings.path
        && cookie.domain == domain;
    Ok(if as_sent { Fate::Kept } else { Fate::Altered })
}

/// Under `/app`, which is the Path of a cookie without one.
fn raw(stage: &Stage, settings: &Settings) -> String {
    let query = query(&[("raw", &settings.set_cookie("value"))]);
    stage.site.url(SHOP, &format!("/app/raw?{query}"))
}
