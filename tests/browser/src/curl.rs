//! A visitor whose browser is curl.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::browser::COOKIE;

/// A response, with its headers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: String,
    pub(crate) body: String,
}

impl Answer {
    /// The last header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().rev().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) struct Curl<'a> {
    program: &'a Path,
    jar: PathBuf,
}

impl<'a> Curl<'a> {
    pub(crate) fn new(program: &'a Path, jar: PathBuf) -> Self {
        Self { program, jar }
    }

    /// The page at an address.
    pub(crate) fn get(&self, url: &str) -> Result<String> {
        self.run(&[url])
    }

    /// The answer to a request with these headers besides.
    pub(crate) fn ask(&self, url: &str, headers: &[String]) -> Result<Answer> {
        let headers = headers.iter().flat_map(|header| ["--header", header]);
        let arguments: Vec<&str> = ["--include", url].into_iter().chain(headers).collect();
        let text = self.run(&arguments)?;
        let (head, body) = text.split_once("\r\n\r\n").context("no headers")?;
        let (line, headers) = head.split_once("\r\n").context("no headers")?;
        let status = line.split(' ').nth(1).context("no status")?;
        Ok(Answer {
            status: status.parse()?,
            headers: headers.to_owned(),
            body: body.to_owned(),
        })
    }

    /// The page at an address over TLS, sent with these cookies and no others.
    pub(crate) fn steal(&self, url: &str, resolve: &str, cookies: &str) -> Result<String> {
        let cookies = format!("Cookie: {cookies}");
        self.run(&[
            "--insecure",
            "--resolve",
            resolve,
            url,
            "--header",
            &cookies,
        ])
    }

    /// The page to which the answer to an empty form leads.
    pub(crate) fn post(&self, url: &str) -> Result<String> {
        self.run(&["--location", "--data", "", url])
    }

    /// The token in the jar.
    pub(crate) fn token(&self) -> Result<String> {
        let jar = fs::read_to_string(&self.jar)?;
        let line = jar.lines().find_map(|line| {
            let (_, value) = line.split_once(&format!("\t{COOKIE}\t"))?;
            Some(value.to_owned())
        });
        line.with_context(|| format!("there is no {COOKIE} in the jar"))
    }

    /// Replaces the token in the jar.
    pub(crate) fn set_token(&self, token: &str) -> Result<()> {
        let jar = fs::read_to_string(&self.jar)?;
        fs::write(&self.jar, jar.replace(&self.token()?, token))?;
        Ok(())
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(self.program)
            // Not what ~/.curlrc says.
            .arg("--disable")
            .args([
                "--silent",
                "--show-error",
                "--fail",
                "--noproxy",
                "*",
                "--max-time",
                "20",
            ])
            .arg("-c")
            .arg(&self.jar)
            .arg("-b")
            .arg(&self.jar)
            .args(arguments)
            .output()
            .context("cannot run curl")?;
        let error = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}", error.trim());
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// The number on the counter's page.
pub(crate) fn visits(page: &str) -> Result<u32> {
    let (_, rest) = page.split_once("<h1>Visit number ").context("no counter")?;
    let (number, _) = rest.split_once("</h1>").context("no counter")?;
    Ok(number.parse()?)
}
