//! Shared caches in front of the site, and the users behind them. No check of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use harness::{Apache, Nginx, free_ports};

use crate::curl::{Answer, Curl};
use crate::settings::Settings;
use crate::stage::Stage;
use crate::token;

/// What applications send with pages that may be stored.
pub(super) const STORABLE: [&str; 4] =
    ["max-age=60", "public", "public, max-age=60", "s-maxage=60"];

pub(super) struct Cache {
    port: u16,
    /// Paths below which the cache has other rules.
    pub(super) strict: &'static [&'static str],
    /// Paths below which the cache stores `Set-Cookie`.
    pub(super) careless: &'static [&'static str],
    /// Paths below which the cache ignores `Vary` as well.
    pub(super) blind: &'static [&'static str],
    _server: Program,
    _folder: Folder,
}

enum Program {
    Apache { _apache: Apache },
    Nginx { _nginx: Nginx },
}

impl Cache {
    /// Apache's mod_cache_disk.
    pub(super) fn apache(stage: &Stage) -> Result<Self> {
        let [port] = free_ports()?;
        let folder = Folder::create()?;
        let config = configured(stage, "apache/stored.conf", port, &folder)?;
        let file = stage.file("apache.conf");
        Ok(Self {
            port,
            strict: &[],
            careless: &[""],
            blind: &[],
            _server: Program::Apache {
                _apache: Apache::start(&file, &config, port)?,
            },
            _folder: folder,
        })
    }

    /// nginx's proxy_cache.
    pub(super) fn nginx(stage: &Stage) -> Result<Self> {
        let [port] = free_ports()?;
        let folder = Folder::create()?;
        let config = configured(stage, "nginx/stored.conf", port, &folder)?;
        let file = stage.file("nginx.conf");
        Ok(Self {
            port,
            strict: &["", "/parts"],
            careless: &["/careless"],
            blind: &["/blind"],
            _server: Program::Nginx {
                _nginx: Nginx::start(&file, &config)?,
            },
            _folder: folder,
        })
    }

    /// Every path below which pages of different users are told apart.
    pub(super) fn paths(&self) -> impl Iterator<Item = &'static str> {
        self.strict.iter().chain(self.careless).copied()
    }

    /// A page with this `Cache-Control`. `round` makes its address one that was never asked for.
    pub(super) fn url(&self, page: &Page<'_>, round: &str) -> String {
        let Page {
            below,
            order,
            cache_control,
            later,
        } = page;
        let cache_control = cache_control.replace(' ', "%20");
        let path = format!("{below}/cached/{order}/{cache_control}/{later}/{round}");
        format!("http://localhost:{}{path}", self.port)
    }
}

fn configured(stage: &Stage, file: &str, port: u16, folder: &Folder) -> Result<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let config = fs::read_to_string(file)?
        .replace("@LISTEN@", &port.to_string())
        .replace("@SITE@", &stage.site.plain.to_string())
        .replace("@CACHE@", &folder.0.display().to_string());
    Ok(config)
}

/// A temporary folder that every user of the machine may write to: the servers give up root's rights.
struct Folder(PathBuf);

impl Folder {
    fn create() -> Result<Self> {
        let [unique] = free_ports()?;
        let name = format!("axum-cookie-session-{}-{unique}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What is asked of the site.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) below: &'a str,
    /// Where the application sets `Cache-Control`: `before` or `after` the session, or in a `layer`;
    /// or `no-store` for a config that has `no_store`.
    pub(super) order: &'a str,
    pub(super) cache_control: &'a str,
    pub(super) later: u64,
}

impl<'a> Page<'a> {
    pub(super) fn new(below: &'a str, cache_control: &'a str) -> Self {
        Self {
            below,
            order: "before",
            cache_control,
            later: 0,
        }
    }
}

/// A user with a cookie jar.
pub(super) struct User<'a> {
    pub(super) name: &'static str,
    curl: Curl<'a>,
}

impl<'a> User<'a> {
    /// A user without a session.
    pub(super) fn anonymous(stage: &'a Stage, name: &'static str) -> Self {
        Self {
            name,
            curl: stage.curl(),
        }
    }

    /// Somebody who has signed in, past the cache.
    pub(super) fn signed_in(stage: &'a Stage, name: &'static str) -> Result<Self> {
        let user = Self::anonymous(stage, name);
        let page = Settings::default().at("/login", &[("user", name)]);
        user.curl.get(&stage.site.plain_url("localhost", &page))?;
        ensure!(user.holds()? == name, "{name} is not signed in");
        Ok(user)
    }

    /// Has the handler do this to the session, in a request with these headers besides.
    pub(super) fn asks(&self, url: &str, act: &str, headers: &[&str]) -> Result<Answer> {
        let act = format!("Act: {act} {}", self.name);
        let headers = headers.iter().map(ToString::to_string);
        let headers: Vec<_> = headers.chain([act]).collect();
        self.curl.ask(url, &headers)
    }

    /// Whose session the jar holds.
    pub(super) fn holds(&self) -> Result<String> {
        match self.curl.token() {
            Ok(token) => {
                let user = token::payload(&token)?["user"].take();
                Ok(user
                    .as_str()
                    .unwrap_or("a session without a user")
                    .to_owned())
            }
            Err(_) => Ok("nothing".to_owned()),
        }
    }

    /// The page, the `Set-Cookie` and the jar are this user's own.
    pub(super) fn is_answered(&self, answer: &Answer, statuses: &[u16]) -> Result<()> {
        let name = self.name;
        ensure!(statuses.contains(&answer.status), "{name}: {answer:?}");
        let is_own = match answer.status {
            304 => answer.body.is_empty(),
            _ => answer.body.starts_with(&format!("page of {name}")),
        };
        ensure!(is_own, "{name} is shown another's page: {answer:?}");
        if let Some(set_cookie) = answer.header("Set-Cookie") {
            let token = set_cookie.split(['=', ';']).nth(1).context("no value")?;
            let user = token::payload(token)?["user"].take();
            ensure!(user == name, "{name} gets {user}'s cookie: {answer:?}");
        }
        let holds = self.holds()?;
        ensure!(holds == name, "{name} holds {holds}'s session: {answer:?}");
        Ok(())
    }
}

/// How the cache came by an answer.
pub(super) fn is_hit(answer: &Answer) -> bool {
    let cache = answer.header("X-Cache").unwrap_or_default();
    cache.starts_with("HIT") || cache.starts_with("REVALIDATE")
}
