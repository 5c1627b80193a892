use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::browser::Browser;
use crate::migration::{Migration, Parts, example, only_cookie};
use crate::stage::{KEY, Stage};

const EXAMPLE: &str = "flask_migration";
const SECRET: &str = "the secret that Flask has";

pub(super) fn play(stage: &Stage, has_moved: bool) -> Result<()> {
    let site = start(stage, has_moved)?;
    let browser = stage.browser()?;
    match has_moved {
        false => one_login(stage, &site, &browser),
        true => goes_on(&site, &browser),
    }
}

fn one_login(stage: &Stage, site: &Migration, browser: &Browser<'_>) -> Result<()> {
    // In on Flask's page, and known on axum's.
    sign_in(site, browser, "René")?;
    browser.click("a")?;
    browser.expect("h1", "Settings of René")?;
    browser.expect("#theme", "light")?;
    stage.picture(browser, "migration-axum")?;

    // Changed on axum's page, and seen on Flask's, with the message.
    browser.type_into("input", "dark")?;
    browser.click("#save")?;
    browser.expect("[role=status]", "Theme saved.")?;
    browser.expect("#theme", "dark")?;
    stage.picture(browser, "migration-flask")?;
    only_cookie(browser, "session", true)?;

    // Out on Flask's page.
    browser.click("#logout")?;
    browser.expect("h1", "Hello, stranger")?;
    browser.open(&site.url("/new/settings"))?;
    browser.expect("h1", "Hello, stranger")?;

    // Out on axum's page.
    sign_in(site, browser, "ada")?;
    browser.click("a")?;
    browser.expect("h1", "Settings of ada")?;
    browser.click("#logout")?;
    browser.expect("h1", "Hello, stranger")?;
    ensure!(browser.cookies()?.is_empty(), "a cookie stays");
    Ok(())
}

/// The next step of the move, in which axum writes sessions of its own.
fn goes_on(site: &Migration, browser: &Browser<'_>) -> Result<()> {
    sign_in(site, browser, "ada")?;
    browser.click("a")?;
    browser.expect("h1", "Settings of ada")?;
    let names: Vec<_> = browser
        .cookies()?
        .iter()
        .map(|cookie| cookie.name().to_owned())
        .collect();
    ensure!(names.contains(&"__Host-session".to_owned()), "{names:?}");

    // A logout of ours ends Flask's session too.
    browser.click("#logout")?;
    browser.expect("h1", "Hello, stranger")?;
    ensure!(browser.cookies()?.is_empty(), "a cookie stays");
    Ok(())
}

fn sign_in(site: &Migration, browser: &Browser<'_>, user: &str) -> Result<()> {
    browser.open(&site.url("/"))?;
    browser.expect("h1", "Hello, stranger")?;
    browser.type_into("input", user)?;
    browser.click("#login")?;
    browser.expect("h1", &format!("Hello, {user}"))
}

fn start(stage: &Stage, has_moved: bool) -> Result<Migration> {
    let mut flask = Command::new(python_with_flask(stage)?);
    flask.arg(example(EXAMPLE, "flask/app.py"));
    let environment = [("SECRET_KEY", SECRET), ("SESSION_KEY", KEY)];
    let parts = Parts {
        example: EXAMPLE,
        other: flask,
        ready: "Running on",
        environment: &environment[..=usize::from(has_moved)],
        has_tls: false,
    };
    Migration::start(stage, parts)
}

/// A Python of its own, with the newest Flask; kept for the next run.
fn python_with_flask(stage: &Stage) -> Result<PathBuf> {
    let venv = stage.dir.with_file_name("browser-flask");
    let python = venv.join("bin/python");
    let works = |python: &Path| {
        let imported = Command::new(python).args(["-c", "import flask"]).output();
        imported.is_ok_and(|output| output.status.success())
    };
    if !works(&python) {
        run(Command::new(&stage.tools.python)
            .args(["-m", "venv", "--clear"])
            .arg(&venv))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "flask"]))?;
        ensure!(works(&python), "Flask was installed and cannot be imported");
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}
