//! A user who keeps one cookie, or has a copy of another user's.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use ureq::Agent;
use ureq::http::Response;
use ureq::http::header::{COOKIE, SET_COOKIE};

pub(crate) struct Client(Agent);

pub(crate) struct Reply {
    pub(crate) status: u16,
    /// `name=value` of the one `Set-Cookie`, or what it removes.
    pub(crate) cookie: Option<String>,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(5)))
            .build();
        Self(config.into())
    }

    pub(crate) fn get(&self, at: SocketAddr, cookie: &str) -> Result<Reply> {
        let request = self.0.get(format!("http://{at}/")).header(COOKIE, cookie);
        reply(request.call()?)
    }

    pub(crate) fn post(
        &self,
        at: SocketAddr,
        path: &str,
        cookie: &str,
        form: &str,
    ) -> Result<Reply> {
        let request = self.0.post(format!("http://{at}{path}"));
        let request = request
            .header(COOKIE, cookie)
            .header("Content-Type", "application/x-www-form-urlencoded");
        reply(request.send(form)?)
    }
}

fn reply(mut response: Response<ureq::Body>) -> Result<Reply> {
    let cookie = response.headers().get(SET_COOKIE);
    let cookie = cookie.map(|cookie| cookie.to_str()).transpose()?;
    let cookie = cookie.map(|cookie| cookie.split(';').next().unwrap_or(cookie).to_owned());
    Ok(Reply {
        status: response.status().as_u16(),
        cookie,
        body: response.body_mut().read_to_string().context("no body")?,
    })
}
