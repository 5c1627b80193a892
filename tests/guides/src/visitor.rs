//! A visitor's way through the small application that every page shows.

use std::collections::BTreeMap;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::test::{self, TestRequest};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http;
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use tower::ServiceExt;

/// Method, path, status and, where it matters, the body.
type Step = (&'static str, &'static str, u16, &'static str);

const WAY: [Step; 10] = [
    ("GET", "/", 200, "visit number 1"),
    ("GET", "/", 200, "visit number 2"),
    ("GET", "/account", 401, ""),
    ("POST", "/login", 303, ""),
    ("GET", "/account", 200, "Welcome. You are ada."),
    ("GET", "/account", 200, "You are ada."),
    ("POST", "/cart", 200, "1 items"),
    ("POST", "/cart", 200, "2 items"),
    ("POST", "/logout", 303, ""),
    ("GET", "/account", 401, ""),
];

/// A browser that knows one site.
#[derive(Debug, Default)]
pub struct Visitor {
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub fn header(&self) -> String {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// # Panics
    ///
    /// Where one has no name and value.
    pub fn keep<'a>(&mut self, set_cookies: impl Iterator<Item = &'a [u8]>) {
        for set_cookie in set_cookies {
            let text = String::from_utf8_lossy(set_cookie);
            let (pair, attributes) = text.split_once(';').unwrap_or((&text, ""));
            let Some((name, value)) = pair.split_once('=') else {
                panic!("no name=value in {text}");
            };
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Status and body of a response of axum.
    ///
    /// # Panics
    ///
    /// Where method or path are none, or the body ends with an error.
    pub async fn send(&mut self, app: &Router, method: &str, path: &str) -> (u16, String) {
        self.send_form(app, method, path, "").await
    }

    /// The same with a form.
    ///
    /// # Panics
    ///
    /// Where method or path are none, or the body ends with an error.
    pub async fn send_form(
        &mut self,
        app: &Router,
        method: &str,
        path: &str,
        form: &'static str,
    ) -> (u16, String) {
        let request = http::Request::builder().method(method).uri(path);
        let request = request.header(COOKIE, self.header());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(form));
        let request = request.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let Ok(response) = app.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let set_cookies = parts.headers.get_all(SET_COOKIE);
        self.keep(set_cookies.iter().map(|value| value.as_bytes()));
        let body = to_bytes(body, 65536).await;
        let body = body.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let body = String::from_utf8_lossy(&body).into_owned();
        (parts.status.as_u16(), body)
    }
}

/// Browser, method, path, form, status and, where it matters, the body.
type LoginStep = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    u16,
    &'static str,
);

const LOGINS: [LoginStep; 18] = [
    ("phone", "GET", "/account", "", 401, ""),
    ("phone", "GET", "/orders", "", 401, ""),
    (
        "phone",
        "POST",
        "/login",
        "name=ada&password=wrong",
        401,
        "",
    ),
    (
        "phone",
        "POST",
        "/login",
        "name=ada&password=secret",
        303,
        "",
    ),
    ("phone", "GET", "/account", "", 200, "You are ada."),
    ("phone", "GET", "/orders", "", 200, "all orders"),
    (
        "desk",
        "POST",
        "/login",
        "name=ada&password=secret",
        303,
        "",
    ),
    (
        "tablet",
        "POST",
        "/login",
        "name=grace&password=secret",
        303,
        "",
    ),
    ("tablet", "GET", "/orders", "", 403, ""),
    (
        "desk",
        "POST",
        "/password",
        "name=ada&password=better",
        303,
        "",
    ),
    ("desk", "GET", "/account", "", 200, "You are ada."),
    ("phone", "GET", "/account", "", 401, ""),
    ("tablet", "GET", "/account", "", 200, "You are grace."),
    (
        "phone",
        "POST",
        "/login",
        "name=ada&password=secret",
        401,
        "",
    ),
    (
        "phone",
        "POST",
        "/login",
        "name=ada&password=better",
        303,
        "",
    ),
    ("phone", "POST", "/logout", "", 303, ""),
    ("phone", "GET", "/account", "", 401, ""),
    ("desk", "GET", "/account", "", 200, "You are ada."),
];

/// Ada's two browsers and Grace's, around a change of Ada's password.
///
/// # Panics
///
/// Where the application answers other than it should.
pub async fn walk_logins(app: Router) {
    let mut browsers = BTreeMap::<_, Visitor>::new();
    for (browser, method, path, form, expected, text) in LOGINS {
        let visitor = browsers.entry(browser).or_default();
        let (status, body) = visitor.send_form(&app, method, path, form).await;
        check((method, path, expected, text), status, &body);
    }
}

fn check(step: Step, status: u16, body: &str) {
    let (method, path, expected, text) = step;
    assert_eq!(status, expected, "{method} {path}: {body}");
    assert!(text.is_empty() || body == text, "{method} {path}: {body}");
}

/// # Panics
///
/// Where the application answers other than it should.
pub async fn walk(app: Router) {
    let mut visitor = Visitor::default();
    for step in WAY {
        let (status, body) = visitor.send(&app, step.0, step.1).await;
        check(step, status, &body);
    }
}

/// # Panics
///
/// Where the application answers other than it should.
pub async fn walk_axum_06(app: axum_06::Router) {
    let mut visitor = Visitor::default();
    for step in WAY {
        let request = axum_06::http::Request::builder().method(step.0).uri(step.1);
        let request = request.header("cookie", visitor.header());
        let request = request.body(hyper_014::Body::empty());
        let request = request.expect("WAY has methods and paths, and cookies came in headers");
        let Ok(response) = app.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let set_cookies = parts.headers.get_all("set-cookie");
        visitor.keep(set_cookies.iter().map(|value| value.as_bytes()));
        let body = hyper_014::body::to_bytes(body).await;
        let body = body.unwrap_or_else(|error| panic!("{} {}: {error}", step.0, step.1));
        check(step, parts.status.as_u16(), &String::from_utf8_lossy(&body));
    }
}

/// # Panics
///
/// Where the application answers other than it should.
pub async fn walk_actix<S, B>(app: S)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let mut visitor = Visitor::default();
    for step in WAY {
        let request =
            TestRequest::with_uri(step.1).method(step.0.parse().expect("WAY has methods"));
        let request = match visitor.header() {
            header if header.is_empty() => request,
            header => request.insert_header(("cookie", header)),
        };
        let response = test::call_service(&app, request.to_request()).await;
        let set_cookies = response.headers().get_all("set-cookie");
        visitor.keep(set_cookies.map(|value| value.as_bytes()));
        let status = response.status().as_u16();
        let body = test::read_body(response).await;
        check(step, status, &String::from_utf8_lossy(&body));
    }
}
