//! A visitor: a real HTTP client that keeps cookies.
//!
//! Cookies do not separate by port, so that all servers of this machine share them.

use std::cell::RefCell;
use std::panic::Location;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cookie_store::CookieStore;
use serde_json::Value;
use ureq::http::Response;
use ureq::http::header::{COOKIE, SET_COOKIE};
use ureq::{Agent, Body};
use url::Url;

use crate::server::Server;

pub(crate) struct Browser {
    agent: Agent,
    /// Not the agent's own jar: it does not send a name with a colon, and browsers do.
    jar: RefCell<CookieStore>,
}

pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// The cookies that came with it, as `name=value`.
    pub(crate) cookies: Vec<String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_idle_connections(0)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(30)));
        Self {
            agent: config.build().into(),
            jar: RefCell::default(),
        }
    }

    /// Has the cookies given, as `name=value`, also if they expired elsewhere.
    pub(crate) fn holding(cookies: &[String], server: &Server) -> Result<Self> {
        let browser = Self::new();
        browser.keep(cookies, &url(server, "/")?)?;
        Ok(browser)
    }

    /// What it would send now, as `name=value`, in the order of the names.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let jar = self.jar.borrow();
        let cookies = jar.iter_unexpired();
        let cookies = cookies.map(|cookie| format!("{}={}", cookie.name(), cookie.value()));
        let mut cookies: Vec<String> = cookies.collect();
        cookies.sort_unstable();
        cookies
    }

    /// Keeps what came as `Set-Cookie`.
    fn keep(&self, cookies: &[String], url: &Url) -> Result<()> {
        for cookie in cookies {
            // It is an error to remove a cookie that is not there.
            let removed = cookie_store::CookieError::Expired;
            match self.jar.borrow_mut().parse(cookie, url) {
                Err(error) if error != removed => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    #[track_caller]
    pub(crate) fn get(&self, server: &Server, path: &str, query: &[(&str, &str)]) -> Result<Page> {
        let url = url(server, path)?;
        let request = self.agent.get(url.as_str()).header(COOKIE, self.header());
        let answer = request.query_pairs(query.iter().copied()).call();
        self.page(answer, &url)?.ok(server, path)
    }

    #[track_caller]
    pub(crate) fn post(&self, server: &Server, path: &str, query: &[(&str, &str)]) -> Result<Page> {
        self.try_post(server, path, query)?.ok(server, path)
    }

    /// Like `post`, for answers that may be an error.
    pub(crate) fn try_post(
        &self,
        server: &Server,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Page> {
        let url = url(server, path)?;
        let request = self.agent.post(url.as_str()).header(COOKIE, self.header());
        let answer = request.query_pairs(query.iter().copied()).send_empty();
        self.page(answer, &url)
    }

    fn header(&self) -> String {
        self.cookies().join("; ")
    }

    fn page(&self, answer: Result<Response<Body>, ureq::Error>, url: &Url) -> Result<Page> {
        let mut answer = answer.with_context(|| format!("no answer to {}", url.path()))?;
        let mut cookies = Vec::new();
        for header in answer.headers().get_all(SET_COOKIE) {
            cookies.push(header.to_str()?.to_owned());
        }
        self.keep(&cookies, url)?;
        let pair = |cookie: &String| cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(Page {
            status: answer.status().as_u16(),
            body: answer.body_mut().read_to_string()?,
            cookies: cookies.iter().map(pair).collect(),
        })
    }

    #[track_caller]
    pub(crate) fn login(&self, server: &Server, user: &str) -> Result<Page> {
        self.post(server, "/login", &[("user", user)])
    }

    #[track_caller]
    pub(crate) fn logout(&self, server: &Server) -> Result<Page> {
        self.post(server, "/logout", &[])
    }

    /// The user who is logged in; `""` if there is none.
    #[track_caller]
    pub(crate) fn is(&self, server: &Server, user: &str) -> Result<Page> {
        self.shows(server, "/whoami", user)
    }

    /// Counts one up, to `n`.
    #[track_caller]
    pub(crate) fn counts(&self, server: &Server, n: u32) -> Result<Page> {
        self.shows(server, "/count", &n.to_string())
    }

    #[track_caller]
    pub(crate) fn writes(&self, server: &Server, key: &str, value: &Value) -> Result<Page> {
        self.post(
            server,
            "/set",
            &[("key", key), ("value", &value.to_string())],
        )
    }

    #[track_caller]
    pub(crate) fn reads(&self, server: &Server, key: &str, value: &Value) -> Result<Page> {
        let page = self.get(server, "/get", &[("key", key)])?;
        let (at, found) = (&server.name, page.json()?);
        ensure!(
            same(&found, value),
            "{}: {key:?} at {at} is {found}, not {value}",
            Location::caller()
        );
        Ok(page)
    }

    #[track_caller]
    pub(crate) fn shows(&self, server: &Server, path: &str, expected: &str) -> Result<Page> {
        let page = self.get(server, path, &[])?;
        let (at, body) = (&server.name, &page.body);
        ensure!(
            body == expected,
            "{}: {path} at {at} is {body:?}, not {expected:?}",
            Location::caller()
        );
        Ok(page)
    }
}

impl Page {
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("no JSON: {:?}", self.body))
    }

    #[track_caller]
    fn ok(self, server: &Server, path: &str) -> Result<Self> {
        let (at, status) = (&server.name, self.status);
        ensure!(
            status == 200,
            "{}: {path} at {at} answers {status}: {}",
            Location::caller(),
            self.body
        );
        Ok(self)
    }
}

fn url(server: &Server, path: &str) -> Result<Url> {
    Ok(Url::parse(&format!("http://{}{path}", server.address))?)
}

/// Whether both are the same JSON to JavaScript too, which writes 1.0 as 1.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let matches = |(key, a): (&String, &Value)| b.get(key).is_some_and(|b| same(a, b));
            a.len() == b.len() && a.iter().all(matches)
        }
        (ours, theirs) => ours == theirs,
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::HeaderMap;
    use axum::http::header::COOKIE;
    use axum::response::AppendHeaders;
    use axum::routing::get;
    use tokio::runtime::Runtime;

    use super::*;

    /// As Express writes them, and Flask, Django's removed one, and one of old Koa.
    const COOKIES: [&str; 6] = [
        "a.sig=-_~!#$&'()*+./:<=>?@[]^`{|}",
        "a=eyJhIjoiKy8ifQ==",
        "b=.eJyr.aA.x-_%2F%3d",
        "c=\"\"",
        "d=\"quoted\"",
        "koa:sess=eyJ9",
    ];

    #[test]
    fn sends_cookies_as_they_came() -> Result<()> {
        let set = || async { AppendHeaders(COOKIES.map(|cookie| (SET_COOKIE, cookie))) };
        let echo =
            |headers: HeaderMap| async move { headers[COOKIE].to_str().expect("ASCII").to_owned() };
        let app = Router::new()
            .route("/set", get(set))
            .route("/echo", get(echo));
        let runtime = Runtime::new()?;
        let server = Server::task("echo", app, &runtime)?;

        let browser = Browser::new();
        assert_eq!(browser.get(&server, "/set", &[])?.cookies, COOKIES);
        assert_eq!(browser.cookies(), COOKIES);
        let page = browser.get(&server, "/echo", &[])?;
        let mut sent: Vec<_> = page.body.split("; ").collect();
        sent.sort_unstable();
        assert_eq!(sent, COOKIES);

        let page = Browser::holding(&browser.cookies(), &server)?.get(&server, "/echo", &[])?;
        assert_eq!(page.body.len(), COOKIES.join("; ").len());
        Ok(())
    }
}
