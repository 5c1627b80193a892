//! axum-extra's `PrivateCookieJar`.

use axum_extra::extract::cookie::{Cookie, PrivateCookieJar};

use crate::contender::jar::{self, Jar};
use crate::contender::{Contender, NEW, OLD};

pub(crate) const CONTENDER: Contender = Contender {
    name: "private jar",
    usual: |_| jar::app::<PrivateCookieJar>(OLD),
    rotated: |_| {
        let app = jar::app::<PrivateCookieJar>;
        Some([app(OLD), app(NEW)])
    },
    expired: |_| jar::expired::<PrivateCookieJar>(),
    manifest: r#"axum-extra = { version = "0.12", features = ["cookie-private"] }
serde_json = "1""#,
};

impl Jar for PrivateCookieJar {
    fn get(&self, name: &str) -> Option<Cookie<'static>> {
        self.get(name)
    }

    fn add(self, cookie: Cookie<'static>) -> Self {
        self.add(cookie)
    }

    fn remove(self, cookie: Cookie<'static>) -> Self {
        self.remove(cookie)
    }
}
