use anyhow::{Result, ensure};

use crate::browser::Browser;
use crate::settings::Settings;
use crate::site::{ELSEWHERE, EVIL, SHOP};
use crate::stage::Stage;

/// How a page of another host asks the shop for a page.
#[derive(Debug, Clone, Copy)]
enum Request {
    Post,
    Form,
    Link,
    Frame,
    /// A page of the shop inside one of another host.
    Embedded,
    Script,
    /// A script that does not ask for cookies.
    Fetch,
}

pub(super) fn post(stage: &Stage) -> Result<()> {
    let visitor = Visitor::of_the_shop(stage)?;
    // None comes along: the forms do work.
    visitor.sees(ELSEWHERE, Request::Post, "none")?;
    visitor.sees(ELSEWHERE, Request::Script, "none")?;
    visitor.sees(ELSEWHERE, Request::Frame, "none")
}

pub(super) fn link(stage: &Stage) -> Result<()> {
    let visitor = Visitor::of_the_shop(stage)?;
    visitor.sees(ELSEWHERE, Request::Link, "lax none")?;
    visitor.sees(ELSEWHERE, Request::Form, "lax none")
}

/// A sibling host is the same site: SameSite does not keep its forms out.
pub(super) fn sibling(stage: &Stage) -> Result<()> {
    let visitor = Visitor::of_the_shop(stage)?;
    visitor.sees(EVIL, Request::Post, "strict lax none")
}

/// A script of another origin, be it of the same site, brings cookies only where it asks for them.
pub(super) fn fetch(stage: &Stage) -> Result<()> {
    let visitor = Visitor::of_the_shop(stage)?;
    visitor.sees(SHOP, Request::Fetch, "strict lax none")?;
    visitor.sees(EVIL, Request::Fetch, "")?;
    visitor.sees(EVIL, Request::Script, "strict lax none")?;
    visitor.sees(ELSEWHERE, Request::Fetch, "")
}

pub(super) fn embedded(stage: &Stage) -> Result<()> {
    let visitor = Visitor::of_the_shop(stage)?;
    visitor.sees(ELSEWHERE, Request::Embedded, "none")
}

struct Visitor<'a> {
    stage: &'a Stage,
    browser: Browser<'a>,
}

impl<'a> Visitor<'a> {
    /// Has three cookies of the shop, each named after its SameSite.
    fn of_the_shop(stage: &'a Stage) -> Result<Self> {
        let browser = stage.browser()?;
        for same_site in ["Strict", "Lax", "None"] {
            let settings = Settings {
                same_site: same_site.to_owned(),
                ..Settings::named(&same_site.to_lowercase())
            };
            browser.open(&stage.site.url(SHOP, &settings.at("/login", &[])))?;
        }
        let visitor = Self { stage, browser };
        visitor.sees(SHOP, Request::Post, "strict lax none")?;
        Ok(visitor)
    }

    /// Which cookies come along when a page of this host sends the request.
    fn sees(&self, host: &str, request: Request, expected: &str) -> Result<()> {
        let target = self.stage.site.url(SHOP, "/sent");
        self.browser.open(&self.stage.site.url(host, "/"))?;
        let script = match request {
            Request::Post => submit("post", &target, "_self"),
            Request::Form => submit("get", &target, "_self"),
            Request::Link => format!(
                "const link = document.createElement('a');
                 link.href = '{target}'; link.textContent = 'shop';
                 document.body.append(link); link.click()"
            ),
            Request::Frame => format!(
                "const frame = document.createElement('iframe'); frame.name = 'frame';
                 document.body.append(frame); {}",
                submit("post", &target, "frame")
            ),
            Request::Embedded => format!(
                "const frame = document.createElement('iframe'); frame.src = '{target}';
                 document.body.append(frame)"
            ),
            Request::Fetch => {
                format!("await fetch('{target}', {{ method: 'POST', mode: 'no-cors' }})")
            }
            // It may not read the answer, and need not.
            Request::Script => format!(
                "await fetch('{target}', {{ method: 'POST', mode: 'no-cors', credentials: 'include' }})"
            ),
        };
        self.browser.script(&script)?;
        let names = self.stage.site.sent()?;
        ensure!(
            names == expected,
            "{request:?} of {host}: {names:?} came along, not {expected:?}"
        );
        Ok(())
    }
}

fn submit(method: &str, target: &str, frame: &str) -> String {
    format!(
        "const form = document.createElement('form');
         form.method = '{method}'; form.action = '{target}'; form.target = '{frame}';
         document.body.append(form); form.submit()"
    )
}
