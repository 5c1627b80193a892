use std::process::Command;

use anyhow::{Result, ensure};

use crate::browser::Browser;
use crate::migration::{Migration, Parts, example, only_cookie};
use crate::stage::{KEY, Stage};

const EXAMPLE: &str = "rails_migration";
const SECRET: &str = "the secret_key_base that Rails has";
const COOKIE: &str = "_site_session";

pub(super) fn plain(stage: &Stage) -> Result<()> {
    one_login(stage, false)
}

pub(super) fn over_tls(stage: &Stage) -> Result<()> {
    one_login(stage, true)
}

fn one_login(stage: &Stage, has_tls: bool) -> Result<()> {
    let site = start(stage, has_tls, &[])?;
    let browser = &stage.browser()?;
    // Anonymous users are sent from axum to Rails, which shows axum's message.
    browser.open(&site.url("/new/settings"))?;
    browser.expect("[role=status]", "Please sign in.")?;

    // In on Rails' page, and known on axum's, which shows Rails' message.
    sign_in(&site, browser, "René")?;
    browser.expect("[role=status]", "You are signed in.")?;
    browser.expect("#theme", "light")?;
    stage.picture(browser, "migration-axum-rails")?;
    browser.reload()?;
    browser.expect("h1", "Settings of René")?;
    ensure!(messages(browser)? == 0, "axum shows Rails' message again");

    // Changed on axum's page, and seen on Rails', with the message.
    browser.type_into("input[name=theme]", "dark")?;
    browser.click("#save")?;
    browser.expect("h1", "Hello, René")?;
    browser.expect("[role=status]", "Theme saved.")?;
    browser.expect("#theme", "dark")?;
    stage.picture(browser, "migration-rails")?;
    browser.reload()?;
    browser.expect("#theme", "dark")?;
    ensure!(messages(browser)? == 0, "Rails shows axum's message again");
    only_cookie(browser, COOKIE, has_tls)?;

    // Out on Rails' page. Its form has a token that axum kept in the session.
    browser.click("#logout")?;
    signed_out(&site, browser)?;

    // Out on axum's page.
    sign_in(&site, browser, "ada")?;
    browser.click("#logout")?;
    signed_out(&site, browser)
}

/// The next step of the move, in which axum writes sessions of its own.
pub(super) fn moved(stage: &Stage) -> Result<()> {
    let site = start(stage, false, &[("SESSION_KEY", KEY)])?;
    let browser = &stage.browser()?;
    sign_in(&site, browser, "ada")?;
    let cookies = browser.cookies()?;
    let is_ours = cookies
        .iter()
        .any(|cookie| cookie.name() == "__Host-session");
    ensure!(is_ours, "axum has written no session of its own");

    // A logout of ours ends Rails' session too.
    browser.click("#logout")?;
    signed_out(&site, browser)
}

fn sign_in(site: &Migration, browser: &Browser<'_>, user: &str) -> Result<()> {
    browser.open(&site.url("/"))?;
    browser.expect("h1", "Hello, stranger")?;
    browser.type_into("input[name=user]", user)?;
    browser.click("#login")?;
    browser.expect("h1", &format!("Settings of {user}"))
}

/// Fails unless both sides see it.
fn signed_out(site: &Migration, browser: &Browser<'_>) -> Result<()> {
    browser.expect("h1", "Hello, stranger")?;
    browser.open(&site.url("/new/settings"))?;
    browser.expect("h1", "Hello, stranger")
}

fn messages(browser: &Browser<'_>) -> Result<usize> {
    Ok(browser.texts("[role=status]")?.len())
}

fn start(stage: &Stage, has_tls: bool, more: &[(&str, &str)]) -> Result<Migration> {
    let mut rails = Command::new(&stage.tools.ruby);
    rails.arg(example(EXAMPLE, "rails/app.rb"));
    let name = if has_tls { "production" } else { "development" };
    let environment = [("SECRET_KEY_BASE", SECRET), ("RAILS_ENV", name)];
    let parts = Parts {
        example: EXAMPLE,
        other: rails,
        ready: "WEBrick::HTTPServer#start",
        environment: &[&environment, more].concat(),
        has_tls,
    };
    Migration::start(stage, parts)
}
