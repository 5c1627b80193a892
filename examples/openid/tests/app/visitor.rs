//! A browser: it keeps cookies, and says where a request comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use axum::http::request::Builder;
use axum::http::{Request, StatusCode};
use axum_cookie_session::Key;
use http_body_util::BodyExt;
use openid::{ResponseMode, Settings, app};
use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use tower::ServiceExt;

use crate::provider::{CLIENT, Provider, SECRET};

pub(crate) const SESSION: &str = "__Host-session";
pub(crate) const SIGN_IN: &str = "__Host-sign-in";

/// One site, for all visitors of a test.
#[derive(Clone)]
pub(crate) struct Site {
    app: Router,
    ahead: Arc<AtomicU64>,
}

impl Site {
    pub(crate) fn new(issuer: &str, response_mode: ResponseMode) -> Self {
        let settings = Settings {
            issuer: IssuerUrl::new(issuer.to_owned()).unwrap(),
            client_id: ClientId::new(CLIENT.to_owned()),
            client_secret: ClientSecret::new(SECRET.to_owned()),
            origin: "https://shop.example".to_owned(),
            response_mode,
        };
        let ahead = Arc::new(AtomicU64::new(0));
        let seconds = ahead.clone();
        let clock =
            move || SystemTime::now() + Duration::from_secs(seconds.load(Ordering::Relaxed));
        Self {
            app: app(Key::generate(), settings, clock).unwrap(),
            ahead,
        }
    }

    pub(crate) fn later(&self, seconds: u64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn visitor(&self) -> Visitor {
        Visitor {
            site: self.clone(),
            cookies: BTreeMap::new(),
            none: BTreeSet::new(),
        }
    }

    /// The provider's server calls this one, without a browser.
    pub(crate) async fn back_channel(&self, token: &str) -> StatusCode {
        let request = Request::post("/back-channel-logout")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("logout_token={token}")));
        let response = self.app.clone().oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.headers().get(SET_COOKIE), None);
        response.status()
    }
}

#[derive(Clone)]
pub(crate) struct Visitor {
    site: Site,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The names of those that are `SameSite=None`.
    none: BTreeSet<String>,
}

pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) text: String,
}

impl Visitor {
    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), "", false).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Page {
        let request = Request::post(path).header("sec-fetch-site", "same-origin");
        self.send(request, form, false).await
    }

    /// A form that another site's page posts: only cookies that are `SameSite=None` come along.
    pub(crate) async fn post_from_elsewhere(&mut self, path: &str, form: &str) -> Page {
        let request = Request::post(path)
            .header("sec-fetch-site", "cross-site")
            .header(ORIGIN, "https://accounts.example");
        self.send(request, form, true).await
    }

    async fn send(&mut self, request: Builder, form: &str, is_cross_site: bool) -> Page {
        let mut request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in &self.cookies {
            if !is_cross_site || self.none.contains(name) {
                request = request.header(COOKIE, format!("{name}={value}"));
            }
        }
        let request = request.body(Body::from(form.to_owned())).unwrap();
        let response = self.site.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for header in parts.headers.get_all(SET_COOKIE) {
            let header = header.to_str().unwrap();
            let pair = header.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(pair.len() <= 4097);
            if header.contains("SameSite=None") {
                self.none.insert(name.to_owned());
            }
            match value {
                "" => self.cookies.remove(name),
                _ => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let body = body.collect().await.unwrap().to_bytes();
        let location = parts.headers.get(LOCATION).map(|to| to.to_str().unwrap());
        Page {
            status: parts.status.as_u16(),
            location: location.unwrap_or_default().to_owned(),
            text: String::from_utf8(body.into()).unwrap(),
        }
    }

    /// Goes to the provider and agrees: the fields of its answer.
    pub(crate) async fn go(&mut self, provider: &Provider) -> String {
        let page = self.post("/sign-in", "").await;
        assert_eq!(page.status, 303, "{}", page.text);
        provider.agree(&page.location)
    }

    pub(crate) async fn sign_in(&mut self, provider: &Provider) {
        let fields = self.go(provider).await;
        let page = self.get(&format!("/callback?{fields}")).await;
        assert_eq!(
            (page.status, page.location.as_str()),
            (303, "/"),
            "{}",
            page.text
        );
    }

    pub(crate) async fn is_signed_in(&mut self) -> bool {
        let page = self.get("/").await;
        let anonymous = page.text.contains("You are not signed in");
        assert!(anonymous || page.text.contains("Hello, "));
        !anonymous
    }

    /// The cookie of the session, without the one of the sign-ins.
    pub(crate) fn session(&self) -> Option<String> {
        self.cookies.get(SESSION).cloned()
    }
}
