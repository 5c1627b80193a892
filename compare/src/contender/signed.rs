//! axum-extra's `SignedCookieJar`.

use axum_extra::extract::cookie::{Cookie, SignedCookieJar};

use crate::contender::jar::{self, Jar};
use crate::contender::{Contender, NEW, OLD};

pub(crate) const CONTENDER: Contender = Contender {
    name: "signed jar",
    usual: |_| jar::app::<SignedCookieJar>(OLD),
    rotated: |_| {
        let app = jar::app::<SignedCookieJar>;
        Some([app(OLD), app(NEW)])
    },
    expired: |_| jar::expired::<SignedCookieJar>(),
    manifest: r#"axum-extra = { version = "0.12", features = ["cookie-signed"] }
serde_json = "1""#,
};

impl Jar for SignedCookieJar {
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
