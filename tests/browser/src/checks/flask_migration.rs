use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use harness::{Nginx, Process, free_ports};

use crate::browser::Browser;
use crate::stage::{KEY, Stage};

const SECRET: &str = "the secret that Flask has";

/// Flask, axum and nginx, as in `examples/flask_migration`.
struct Site {
    url: String,
    _nginx: Nginx,
    _processes: [Process; 2],
}

pub(super) fn play(stage: &Stage, has_moved: bool) -> Result<()> {
    let site = Site::start(stage, has_moved)?;
    let browser = stage.browser()?;
    match has_moved {
        false => one_login(stage, &site, &browser),
        true => goes_on(&site, &browser),
    }
}

fn one_login(stage: &Stage, site: &Site, browser: &Browser<'_>) -> Result<()> {
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
    only_cookie(browser, "session")?;

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
fn goes_on(site: &Site, browser: &Browser<'_>) -> Result<()> {
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

fn sign_in(site: &Site, browser: &Browser<'_>, user: &str) -> Result<()> {
    browser.open(&site.url("/"))?;
    browser.expect("h1", "Hello, stranger")?;
    browser.type_into("input", user)?;
    browser.click("#login")?;
    browser.expect("h1", &format!("Hello, {user}"))
}

fn only_cookie(browser: &Browser<'_>, name: &str) -> Result<()> {
    let cookies = browser.cookies()?;
    let [cookie] = &cookies[..] else {
        anyhow::bail!("{} cookies and not one", cookies.len());
    };
    ensure!(
        cookie.name() == name && cookie.http_only() == Some(true),
        "{name} is another"
    );
    let shown = browser.script("return document.cookie")?;
    ensure!(shown == "", "document.cookie shows {shown}");
    Ok(())
}

impl Site {
    fn start(stage: &Stage, has_moved: bool) -> Result<Self> {
        let [flask, axum, nginx] = free_ports()?;
        Ok(Self {
            url: format!("http://localhost:{nginx}"),
            _nginx: start_nginx(stage, flask, axum, nginx)?,
            _processes: [
                start_flask(stage, flask)?,
                start_axum(stage, axum, has_moved)?,
            ],
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

fn start_flask(stage: &Stage, port: u16) -> Result<Process> {
    let mut command = Command::new(python_with_flask(stage)?);
    command
        .arg(example("flask/app.py"))
        .env("SECRET_KEY", SECRET)
        .env("PORT", port.to_string());
    let ready = |written: &str| written.contains("Running on").then_some(());
    Ok(Process::start(&mut command, &stage.file("flask.log"), ready)?.0)
}

fn start_axum(stage: &Stage, port: u16, has_moved: bool) -> Result<Process> {
    let mut command = Command::new(stage.examples.path("flask_migration")?);
    command
        .env("SECRET_KEY", SECRET)
        .env("PORT", port.to_string())
        .env_remove("SESSION_KEY");
    if has_moved {
        command.env("SESSION_KEY", KEY);
    }
    let ready = |written: &str| written.contains("listening on").then_some(());
    Ok(Process::start(&mut command, &stage.file("axum.log"), ready)?.0)
}

/// With the example's configuration, on other ports.
fn start_nginx(stage: &Stage, flask: u16, axum: u16, nginx: u16) -> Result<Nginx> {
    let config = fs::read_to_string(example("nginx.conf"))?
        .replace(":5000", &format!(":{flask}"))
        .replace(":3000", &format!(":{axum}"))
        .replace(":8080", &format!(":{nginx}"));
    Nginx::start(&stage.file("nginx.conf"), &config)
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

fn example(file: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    root.join("flask_migration").join(file)
}
